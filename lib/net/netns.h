/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A container's network namespace, from outside: nothing is run in it. */
#ifndef LIB_NET_NETNS_H
#define LIB_NET_NETNS_H

#include <sys/types.h>

struct err;
struct netlink;

/*
 * Open a conversation with the kernel (lib/net/netlink.h) inside the network namespace of a
 * process: of a container's init, by runtime_init_pidfd(), which no other process can take the
 * place of.  The caller's own namespace is refused: whatever the reason, it is not a container's.
 *
 * The calling thread is inside for the time of one socket(2) and one bind(2).
 */
int netns_open_pidfd(int pidfd, struct netlink **ret, struct err *e);

/* A socket in there, which does not block: returns its descriptor. */
int netns_socket(int pidfd, int family, int type, struct err *e);

/* Write to a file of /proc/sys/net as it is in there. */
int netns_sysctl(int pidfd, const char *path, const char *value, struct err *e);

/*
 * As netns_open_pidfd(), of a pid that cannot have been given to another process: a hook's
 * container.
 */
int netns_open(pid_t pid, struct netlink **ret, struct err *e);

#endif
