/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/services.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	int verdict = preset_in(text, "systemd-networkd.service");

	fuzz_assert(verdict >= -1 && verdict <= 1);
	return 0;
}
