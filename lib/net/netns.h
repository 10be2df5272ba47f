/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Access to a container's network namespace from outside: no program runs in it. */
#ifndef LIB_NET_NETNS_H
#define LIB_NET_NETNS_H

#include <sys/types.h>

struct err;
struct netlink;

/*
 * Open a conversation with the kernel (lib/net/netlink.h) in the network namespace of a process: a
 * container's init from runtime_init_pidfd(), which no other process can replace.  Fails if that is
 * the caller's own namespace, since then it is not a container's.
 *
 * The calling thread is in that namespace only for one socket(2) and one bind(2).
 */
int netns_open_pidfd(int pidfd, struct netlink **ret, struct err *e);

/* Open a non-blocking socket in the namespace; returns its descriptor. */
int netns_socket(int pidfd, int family, int type, int protocol, struct err *e);

/* Write to a file of /proc/sys/net in the namespace. */
int netns_sysctl(int pidfd, const char *path, const char *value, struct err *e);

/* Like netns_open_pidfd(), for a pid that cannot be reused meanwhile: of a hook's container. */
int netns_open(pid_t pid, struct netlink **ret, struct err *e);

#endif
