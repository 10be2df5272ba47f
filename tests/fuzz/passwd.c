/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/step/password.c"

#include "tests/fuzz/fuzz.h"

/* passwd(5) and shadow(5): root's line alone changes, and stays one line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *old = fuzz_text(data, size), *new = NULL, *again = NULL;
	bool found = false;

	new = set_fields(old, "$y$hash", "12345", &found);
	fuzz_assert(found || !new);
	if (!new)
		return 0;
	again = set_fields(new, "$y$hash", "12345", &found);
	fuzz_assert(found && !again);
	for (const char *a = old, *b = new; a && b; a = strchr(a, '\n'), b = strchr(b, '\n')) {
		a += *a == '\n';
		b += *b == '\n';
		fuzz_assert(str_after(a, "root:") || strncmp(a, b, strcspn(a, "\n")) == 0);
	}
	return 0;
}
