/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/step/crontab.c"

#include "tests/fuzz/fuzz.h"

/* Only minutes change, and the second time nothing does. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *old = fuzz_text(data, size);
	autofree char *new = spread(old, 105), *again = spread(new, 105);

	fuzz_assert(str_eq(new, again));
	return 0;
}
