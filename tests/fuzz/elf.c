/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/elf.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	elf_arch_of(data, size);
	return 0;
}
