/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Detects the architecture of a rootfs by the ELF headers (elf(5)) of its programs. */
#ifndef LIB_ROOTFS_ELF_H
#define LIB_ROOTFS_ELF_H

#include <stddef.h>

struct err;
struct rootfs;

/* Debian's name for the architecture of an ELF file, from its first bytes; NULL: unknown. */
const char *elf_arch_of(const void *head, size_t len);

/* Looks at programs that every system has.  -ENOENT: none of them exists. */
int elf_arch(struct rootfs *r, const char **ret, struct err *e);

#endif
