/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/failure.c"

#include "tests/fuzz/fuzz.h"

/* The failure record that container root may have written. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	char stage[32] = "", *save = NULL;
	struct err e = { 0 };

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(line, stage, &e);
	fuzz_assert(strnlen(stage, sizeof stage) < sizeof stage);
	fuzz_assert(strnlen(e.cause, sizeof e.cause) < sizeof e.cause);
	return 0;
}
