/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/step/getty-inittab.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *old = fuzz_text(data, size);
	struct setup s = { .conf = fuzz_conf() };
	struct rootfs *root = NULL;
	struct err e;

	/* The dialects ask whether a program is there; in this folder none is. */
	fuzz_assert(rootfs_open("tests/fuzz", &root, &e) == 0);
	s.tree = tree_new(root, true, NULL);

	for (size_t i = 0; i < ARRAY_SIZE(dialects); i++) {
		autofree char *new = make_inittab(&s, &dialects[i], old);
		autofree char *again = make_inittab(&s, &dialects[i], new);

		fuzz_assert(str_eq(new, again));
	}
	tree_free(s.tree);
	rootfs_close(root);
	return 0;
}
