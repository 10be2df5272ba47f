/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/ledger.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size), *one = NULL, *two = NULL;
	struct ledger *l = ledger_parse(text), *again;

	fuzz_assert(l->n <= LEDGER_MAX_ENTRIES);
	for (size_t i = 0; i < l->n; i++)
		fuzz_assert(ledger_path_is_fine(l->entry[i].path));
	one = ledger_text(l);
	again = ledger_parse(one);
	two = ledger_text(again);
	fuzz_assert(str_eq(one, two));
	ledger_free(l);
	ledger_free(again);
	return 0;
}
