/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/storage-cfg.c"
#include "lib/storage/storage-key.c"

#include "tests/fuzz/fuzz.h"

/* A path or name of a storage is never one that leads elsewhere. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	struct parser p = { .file = "storage.cfg" };
	struct err e = { 0 };

	p.list = xcalloc(1, sizeof *p.list);
	if (parse_lines(&p, text, &e) == 0)
		for (size_t i = 0; i < p.n; i++) {
			fuzz_assert(storage_name_valid(p.list[i].id));
			fuzz_assert(!p.list[i].ops || is_path(p.list[i].path));
		}
	storage_list_free(p.list);
	return 0;
}
