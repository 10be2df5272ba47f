/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/conf.c"

#include "tests/fuzz/fuzz.h"

/* What has been read is written as what reads the same. */
static void check_text(const struct conf_file *f)
{
	autofree char *text = conf_text(f), *again = NULL;
	struct conf_file *second = NULL;
	struct err e;

	fuzz_assert(conf_parse(text, strlen(text), "again", 105, &second, &e) == 0);
	again = conf_text(second);
	fuzz_assert(str_eq(text, again));
	for (const struct conf_option *o = conf_options; o->name; o++) {
		autofree char *one = conf_get(f, o->name), *two = conf_get(second, o->name);

		fuzz_assert(str_eq(one, two));
		fuzz_assert(!one || !has_control(one));
	}
	conf_free(second);
}

/* Merging makes all that waits, or leaves the file as it is. */
static void check_pending(struct conf_file *f)
{
	autofree char *before = conf_text(f), *after = NULL;
	struct err e = { 0 };
	int r = conf_pending_merge(f, &e);

	after = conf_text(f);
	if (r < 0)
		fuzz_assert(e.cause[0] && str_eq(before, after));
	else
		fuzz_assert(!conf_has_pending(f));
}

/* After an edit, the file has the value, another option has not changed, and it reads the same. */
static void check_edits(const struct conf_file *from)
{
	static const char *const edits[][2] = {
		{ "cores", "3" }, { "description", "a\n[pve:pending]\nb" }, { "onboot", "1" },
		{ "cores", NULL },
	};
	struct conf_file *f = conf_copy(from);
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(edits); i++) {
		const char *option = edits[i][0], *value = edits[i][1];
		autofree char *before = conf_text(f), *tty = conf_get(f, "tty"), *now = NULL;
		autofree char *after = NULL, *tty_now = NULL;
		int r = value ? conf_set(f, option, value, &e) : conf_unset(f, option, &e);

		after = conf_text(f);
		now = conf_get(f, option);
		tty_now = conf_get(f, "tty");
		fuzz_assert(r == 0 || (e.cause[0] && str_eq(before, after)));
		fuzz_assert(r < 0 || !value || strchr(value, '\n') || str_eq(now, value));
		fuzz_assert(str_eq(tty, tty_now));
	}
	if (conf_pending_put(f, "tty", "4", &e) == 0) {
		fuzz_assert(conf_has_pending(f));
		check_text(f);
		fuzz_assert(conf_pending_drop(f, "tty", &e) == 0);
	}
	check_text(f);
	conf_free(f);
}

/* Whatever is in it, what is told of it is fit to be shown. */
static void check_findings(const uint8_t *data, size_t size)
{
	struct conf_findings list;

	conf_check((const char *)data, size, 105, &list);
	for (size_t i = 0; i < list.n; i++)
		fuzz_assert(!has_control(list.v[i].key) && !has_control(list.v[i].text) &&
			    *list.v[i].text);
	conf_findings_done(&list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_file *f = NULL;
	struct err e = { 0 };

	check_findings(data, size);
	if (conf_parse((const char *)data, size, "fuzz", 105, &f, &e) < 0) {
		fuzz_assert(e.cause[0] && !has_control(e.cause) && !has_control(e.object));
		return 0;
	}
	check_text(f);
	check_edits(f);
	check_pending(f);
	conf_free(f);
	return 0;
}
