/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single things done inside a running container's namespaces; none of its programs is run. */
#ifndef LIB_RUNTIME_GUEST_H
#define LIB_RUNTIME_GUEST_H

#include <sys/types.h>

struct err;

/*
 * init is a pidfd of the container's init (runtime_init_pidfd()): while it lives, its number, too,
 * is no other process's.
 */
pid_t guest_pid(int init); /* 0: it lives no more */

/*
 * Open the root of init (O_PATH); fails for the host's own root.  Call it in a child without locks:
 * a FUSE file system of the container's own can block the caller for ever.
 */
int guest_open_root(int init, struct err *e);

/* At most 64 characters. */
int guest_set_hostname(int init, const char *name, struct err *e);

/* guest-dhcp.c */
enum { GUEST_IP4 = 1, GUEST_IP6 = 2 };
/* The families that a command line's words serve on an interface; 0: it is no DHCP client of it. */
unsigned guest_dhcp_families(char *const *words, const char *ifname);
/*
 * End the container's DHCP clients that serve the interface with these families alone: SIGTERM, and
 * SIGKILL after three seconds; of eight at most, as any process can call itself one.  -ETIMEDOUT
 * after half a minute, as any can have its command line in memory that does not come.
 */
int guest_stop_dhcp_clients(int init, const char *ifname, unsigned families, struct err *e);

#endif
