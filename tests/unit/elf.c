/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Architectures by ELF header. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/rootfs/elf.h"
#include "lib/rootfs/rootfs.h"

static char dir[] = "/tmp/elf-XXXXXX";
static unsigned char head[20];

static const unsigned char *make_head(unsigned char class, unsigned machine)
{
	memset(head, 0, sizeof head);
	memcpy(head, ELFMAG, SELFMAG);
	head[EI_CLASS] = class;
	head[EI_DATA] = ELFDATA2LSB;
	head[18] = machine & 0xff;
	head[19] = machine >> 8 & 0xff;
	return head;
}

static void headers(void **state)
{
	(void)state;
	assert_string_equal(elf_arch_of(make_head(ELFCLASS64, EM_X86_64), 20), "amd64");
	assert_string_equal(elf_arch_of(make_head(ELFCLASS32, EM_386), 20), "i386");
	assert_string_equal(elf_arch_of(make_head(ELFCLASS64, EM_AARCH64), 20), "arm64");
	assert_string_equal(elf_arch_of(make_head(ELFCLASS32, EM_ARM), 20), "armhf");
	assert_string_equal(elf_arch_of(make_head(ELFCLASS64, EM_RISCV), 20), "riscv64");
	assert_null(elf_arch_of(make_head(ELFCLASS64, EM_S390), 20));
	assert_null(elf_arch_of(make_head(ELFCLASS64, EM_X86_64), 19));
	make_head(ELFCLASS64, EM_X86_64);
	head[EI_DATA] = ELFDATA2MSB;
	assert_null(elf_arch_of(head, 20));
	assert_null(elf_arch_of("#!/bin/sh\nexit 0\n# long enough", 24));
}

/* usr-merged, with an absolute link as some images have it. */
static void links_in_root(void **state)
{
	struct rootfs *root = NULL;
	const char *arch = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(rootfs_open(dir, &root, &e), 0);
	assert_int_equal(elf_arch(root, &arch, &e), -ENOENT);
	assert_int_equal(rootfs_mkdir(root, "/usr/bin", 0755, &e), 0);
	assert_int_equal(rootfs_symlink(root, "/usr/bin", "/bin", &e), 0);
	assert_int_equal(rootfs_symlink(root, "/usr/bin/dash", "/usr/bin/sh", &e), 0);
	make_head(ELFCLASS64, EM_AARCH64);
	assert_int_equal(rootfs_write(root, "/usr/bin/dash", head, sizeof head, 0755, 0, &e), 0);
	assert_int_equal(elf_arch(root, &arch, &e), 0);
	assert_string_equal(arch, "arm64");
	make_head(ELFCLASS64, EM_S390);
	assert_int_equal(rootfs_write(root, "/usr/bin/dash", head, sizeof head, 0755, 0, &e), 0);
	assert_int_equal(elf_arch(root, &arch, &e), -ENOEXEC);
	rootfs_close(root);
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	const char *const rm[] = { "rm", "-rf", "--", dir, NULL };
	struct err e;

	(void)state;
	return run_program(rm, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers),
		cmocka_unit_test(links_in_root),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
