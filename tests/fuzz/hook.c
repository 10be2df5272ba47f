/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hooks/hook.c"

#include <string.h>
#include "tests/fuzz/fuzz.h"

/* The hook's environment and arguments, one a line: VARIABLE=VALUE, else an argument. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	autostrv char **lines = strv_split(text, "\n");
	char *argv[8] = { (char *)"hook" };
	struct call call = { 0 };
	unsigned ctid = 0;
	int argc = 1;

	clearenv();
	for (char **line = lines; *line; line++) {
		if (strchr(*line, '=') && **line != '=')
			putenv(*line);
		else if (argc < 7)
			argv[argc++] = *line;
	}
	if (read_call(argc, argv, &call) && is_ours(call.name, &ctid))
		fuzz_assert(ctid >= 100 && ctid <= 999999999);
	clearenv();
	return 0;
}
