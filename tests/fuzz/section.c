/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/text-section.c"

#include "tests/fuzz/fuzz.h"

static bool has_marker(const char *text)
{
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (section_is_begin(line) || section_is_end(line))
			return true;
	}
	return false;
}

/* hosts and resolv.conf: a section put twice stands once; taken away, the rest is there. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char body[] = "nameserver 192.0.2.1\n";
	autofree char *old = fuzz_text(data, size);
	autofree char *theirs = section_strip(old);

	for (enum section_place place = SECTION_APPEND; place <= SECTION_REPLACE; place++) {
		autofree char *new = section_set(old, body, place);
		autofree char *again = section_set(new, body, place);
		autofree char *gone = section_set(new, "", place);
		autofree char *gone_again = section_set(gone, "", place);

		fuzz_assert(has_marker(new));
		fuzz_assert(str_eq(new, again));
		fuzz_assert(!has_marker(gone));
		fuzz_assert(str_eq(gone, gone_again));
	}
	fuzz_assert(!has_marker(theirs));
	return 0;
}
