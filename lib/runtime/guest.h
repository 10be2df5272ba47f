/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes in a running container's namespaces, without running its programs. */
#ifndef LIB_RUNTIME_GUEST_H
#define LIB_RUNTIME_GUEST_H

#include <stdint.h>
#include <sys/types.h>

struct err;

/*
 * init is a pidfd of the container's init (runtime_init_pidfd()).  While it lives, its pid is not
 * reused.
 */
pid_t guest_pid(int init); /* 0: it has ended */

/*
 * Open the root of init (O_PATH); fails for the host's own root.  Call it in a child without locks:
 * a FUSE file system of the container can block the caller forever.
 */
int guest_open_root(int init, struct err *e);

/*
 * The size of the file system at init's root, and how much of it is used, in bytes.  A child asks,
 * as a FUSE file system may never answer: -ETIMEDOUT after a few seconds.
 */
int guest_disk(int init, uint64_t *ret_used, uint64_t *ret_size, struct err *e);

/* At most 64 characters. */
int guest_set_hostname(int init, const char *name, struct err *e);

/* guest-dhcp.c */
enum { GUEST_IP4 = 1, GUEST_IP6 = 2 };
/* The families for which a command line is a DHCP client of an interface; 0: it is none. */
unsigned guest_dhcp_families(char *const *words, const char *ifname);
/*
 * Stop the container's DHCP clients that serve one of these families of the interface and none of
 * kept: SIGTERM, SIGKILL after three seconds.  Stops at most eight, since any process can pose as
 * a client.  -ETIMEDOUT after half a minute, since a process can make reading its command line
 * block.
 */
int guest_stop_dhcp_clients(int init, const char *ifname, unsigned families, unsigned kept,
			    struct err *e);

#endif
