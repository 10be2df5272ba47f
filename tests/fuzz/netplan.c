/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/netplan.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);

	fuzz_assert(!takes(text, "eth0") || strstr(text, "name") || strstr(text, "eth0"));
	return 0;
}
