/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net-ifcfg.c"

#include "tests/fuzz/fuzz.h"

/* /etc/sysconfig/network: a shell's assignments, of which one is set. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *old = fuzz_text(data, size);
	autofree char *new = set_yes(old, "NETWORKING");
	autofree char *again = set_yes(new, "NETWORKING");

	fuzz_assert(strstr(new, "NETWORKING=yes\n"));
	fuzz_assert(str_eq(new, again));
	return 0;
}
