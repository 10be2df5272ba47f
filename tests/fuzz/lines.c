/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/text-lines.c"

#include "tests/fuzz/fuzz.h"

/* A shell's assignments, as in /etc/sysconfig/network: of them one is set. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *old = fuzz_text(data, size);
	autofree char *new = lines_assign(old, "NETWORKING", "yes");
	autofree char *again = lines_assign(new, "NETWORKING", "yes");

	fuzz_assert(strstr(new, "NETWORKING=yes\n"));
	fuzz_assert(str_eq(new, again));
	return 0;
}
