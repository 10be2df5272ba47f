/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/net/net-option.c"

#include <string.h>
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "tests/fuzz/fuzz.h"

static size_t count_lines(const char *text, const char *start)
{
	size_t n = 0;

	for (const char *at = text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		n += str_after(at, start) != NULL;
	}
	return n;
}

/* A value of --net0 makes one network, and is shown as what makes the same one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *value = fuzz_text(data, size), *shown = NULL, *text = NULL, *again = NULL;
	struct conf_file *f = conf_new(105);
	struct err e = { 0 };

	if (conf_set(f, "net0", value, &e) == 0) {
		shown = conf_get(f, "net0");
		text = conf_text(f);
		fuzz_assert(shown && !has_control(shown));
		fuzz_assert(count_lines(text, "lxc.network.type = ") == 1);
		fuzz_assert(conf_set(f, "net0", shown, &e) == 0);
		again = conf_text(f);
		fuzz_assert(str_eq(text, again));
	} else {
		fuzz_assert(e.cause[0]);
	}
	conf_free(f);
	return 0;
}
