/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The architecture that a rootfs was built for, by the ELF header (elf(5)) of its programs. */
#ifndef LIB_ROOTFS_ELF_H
#define LIB_ROOTFS_ELF_H

#include <stddef.h>

struct err;
struct rootfs;

/* Debian's name of the architecture of an ELF file's first bytes; NULL: not one that we know. */
const char *elf_arch_of(const void *head, size_t len);

/* Look at the programs that every system has.  -ENOENT: none of them is there. */
int elf_arch(struct rootfs *r, const char **ret, struct err *e);

#endif
