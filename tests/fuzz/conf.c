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
	check_pending(f);
	conf_free(f);
	return 0;
}
