/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/os-release.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	struct os_release os = { 0 };

	os_release_parse(text, &os);
	fuzz_assert(!os.id || !has_control(os.id));
	fuzz_assert(!os.pretty || !has_control(os.pretty));
	for (char **like = os.like; like && *like; like++)
		fuzz_assert(!has_control(*like));
	os_release_major(&os);
	os_release_done(&os);
	return 0;
}
