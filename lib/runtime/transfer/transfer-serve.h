/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of a transfer (lib/rootfs/transfer.h) that is in the container. */
#ifndef LIB_RUNTIME_TRANSFER_TRANSFER_SERVE_H
#define LIB_RUNTIME_TRANSFER_TRANSFER_SERVE_H

#include <limits.h>
#include <stdint.h>

#define TRANSFER_NAME_MAX 256

/* The first bytes that the host sends. */
struct transfer_order {
	uint32_t push; /* 1: receive PATH; 0: send it */
	int32_t perms; /* TRANSFER_KEEP, or a mode */
	uint32_t fresh_mode;
	char user[TRANSFER_NAME_MAX], group[TRANSFER_NAME_MAX]; /* of the container; "": keep */
	char path[PATH_MAX];
};

/*
 * Take an order from in, and carry it out as container root.  root is the container's root folder,
 * or a descriptor of "/" inside.  The last record says whether it has succeeded; nothing else is
 * reported.  When in ends, or out is closed, this cleans up and returns.
 */
void transfer_serve(int root, int in, int out);

#endif
