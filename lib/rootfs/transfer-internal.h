/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files transfer*.c of lib/rootfs. */
#ifndef LIB_ROOTFS_TRANSFER_INTERNAL_H
#define LIB_ROOTFS_TRANSFER_INTERNAL_H

#include <sys/types.h>

#define TRANSFER_DEPTH 256 /* each folder takes two descriptors */

/* openat2(2), for the root as of transfer_open(): a descriptor or -errno. */
int transfer_resolve(int root, const char *path, int flags);
/* "a FIFO" */
const char *transfer_kind(mode_t mode);

#endif
