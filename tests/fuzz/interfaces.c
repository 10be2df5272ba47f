/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/ifupdown/ifupdown-edit.c"

#include "tests/fuzz/fuzz.h"

/* Whatever was there, the second edit finds nothing left to do. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned dialect = size > 1 ? data[0] | (unsigned)data[1] << 8 : 0;
	autofree char *old = size > 2 ? fuzz_text(data + 2, size - 2) : NULL;
	autofree char *new = interfaces_edit(old, fuzz_conf(), dialect & 511, "web", NULL);
	autofree char *again = interfaces_edit(new, fuzz_conf(), dialect & 511, "web", NULL);

	fuzz_assert(new && str_eq(new, again));
	fuzz_assert(interfaces_has(new, "eth0") && interfaces_has(new, "eth1"));
	return 0;
}
