/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/elf.h"

#include <elf.h>
#include <errno.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/rootfs/rootfs.h"

/* e_machine is at byte 18 in 32-bit and in 64-bit files. */
#define HEAD_SIZE 20

const char *elf_arch_of(const void *head, size_t len)
{
	static const struct {
		unsigned machine;
		unsigned char class;
		const char *name;
	} machines[] = {
		{ EM_X86_64, ELFCLASS64, "amd64" },   { EM_386, ELFCLASS32, "i386" },
		{ EM_AARCH64, ELFCLASS64, "arm64" },  { EM_ARM, ELFCLASS32, "armhf" },
		{ EM_RISCV, ELFCLASS64, "riscv64" },  { EM_RISCV, ELFCLASS32, "riscv32" },
	};
	const unsigned char *byte = head;
	unsigned machine;

	if (len < HEAD_SIZE || memcmp(byte, ELFMAG, SELFMAG) != 0 || byte[EI_DATA] != ELFDATA2LSB)
		return NULL;
	machine = byte[18] | (unsigned)byte[19] << 8;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (machines[i].machine == machine && machines[i].class == byte[EI_CLASS])
			return machines[i].name;
	return NULL;
}

int elf_arch(struct rootfs *r, const char **ret, struct err *e)
{
	static const char *const programs[] = {
		"/bin/sh", "/usr/bin/sh", "/sbin/init", "/usr/sbin/init",
		"/usr/lib/systemd/systemd", "/lib/systemd/systemd", "/bin/busybox",
		"/usr/bin/env", "/bin/bash",
	};
	const char *foreign = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		unsigned char head[HEAD_SIZE];
		const char *arch;
		size_t len;

		if (rootfs_read_head(r, programs[i], head, sizeof head, &len, NULL) < 0)
			continue;
		arch = elf_arch_of(head, len);
		if (arch) {
			*ret = arch;
			return 0;
		}
		if (len >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
			foreign = programs[i];
	}
	if (foreign)
		return err_set(e, ENOEXEC, foreign, "is for an unknown architecture");
	return err_set(e, ENOENT, NULL, "no program was found that shows the architecture");
}
