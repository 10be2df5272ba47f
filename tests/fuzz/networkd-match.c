/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/networkd-match.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	bool exact = false, fits = match_text(text, &fuzz_conf()->nets[0], &exact);

	fuzz_assert(fits || !exact || strchr(text, '['));
	return 0;
}
