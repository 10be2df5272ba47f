/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/confined.c"

#include "tests/fuzz/fuzz.h"

/* What the confined child hands back, which a hostile tree may have taken over. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	struct report report = { 0 };
	struct err e = { 0 };

	if (get_report(text, &report, &e) < 0)
		return 0;
	for (size_t i = 0; i < report.n_notes; i++)
		fuzz_assert(!has_control(report.notes[i].text));
	report_done(&report);
	return 0;
}
