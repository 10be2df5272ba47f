/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/report.c"

#include "tests/fuzz/fuzz.h"

/* The findings of a start, in a file that container root may write. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	autostrv char **lines = strv_split(text, "\n");
	struct report r = { 0 };

	for (char **line = lines; *line; line++)
		add_line(&r, *line);
	for (size_t i = 0; i < r.n_notes; i++)
		fuzz_assert(!has_control(r.notes[i].text));
	report_done(&r);
	return 0;
}
