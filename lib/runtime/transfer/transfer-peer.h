/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts the process in the container that a transfer needs, and ends it. */
#ifndef LIB_RUNTIME_TRANSFER_TRANSFER_PEER_H
#define LIB_RUNTIME_TRANSFER_TRANSFER_PEER_H

#include <sys/types.h>

#include "lib/rootfs/transfer.h"

struct err;
struct idmap;
struct transfer_order;

struct transfer_peer {
	struct transfer t;
	pid_t pid;
	int pidfd;
};

/*
 * Both send the order.  After success, the caller calls transfer_peer_end(), which gives the
 * process five seconds to remove an incomplete file.
 *
 * _enter(): a running container.  The caller holds no lock, since the container can block this for
 * half a minute.
 */
int transfer_peer_enter(unsigned ctid, const struct transfer_order *order,
			struct transfer_peer *ret, struct err *e);
/* _mounted(): a stopped container whose volumes are mounted at rootfs.  map NULL: privileged. */
int transfer_peer_mounted(const char *rootfs, const struct idmap *map,
			  const struct transfer_order *order, struct transfer_peer *ret,
			  struct err *e);
void transfer_peer_end(struct transfer_peer *peer);

#endif
