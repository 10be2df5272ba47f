/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/net/network-config.c"

#include "lib/conf/conf.h"
#include "tests/fuzz/fuzz.h"

/* What is taken makes networks that are shown as values which make the same ones. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_file *f = conf_new(0), *again = conf_new(0);
	autofree char *text = NULL, *copy = NULL;
	struct err e = { 0 };

	if (network_config_parse((const char *)data, size, "F", f, &e) == 0) {
		for (unsigned i = 0; i < conf_values(f)->n_nets; i++) {
			autofree char *option = xasprintf("net%u", i);
			autofree char *value = conf_get(f, option);

			fuzz_assert(value && !has_control(value));
			fuzz_assert(conf_set(again, option, value, &e) == 0);
		}
		copy = conf_get(f, "nameserver");
		fuzz_assert(!copy || conf_set(again, "nameserver", copy, &e) == 0);
		free(copy);
		copy = conf_get(f, "searchdomain");
		fuzz_assert(!copy || conf_set(again, "searchdomain", copy, &e) == 0);
		free(copy);
		text = conf_text(f);
		copy = conf_text(again);
		fuzz_assert(str_eq(text, copy));
	} else {
		fuzz_assert(e.cause[0] && str_after(e.object, "F"));
	}
	conf_free(f);
	conf_free(again);
	return 0;
}
