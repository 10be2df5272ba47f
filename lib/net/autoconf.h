/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The IPv6 addresses and routes that the kernel sets by itself: link-local addresses, and those of
 * router advertisements.  After a change of a running container they are as after a start.
 */
#ifndef LIB_NET_AUTOCONF_H
#define LIB_NET_AUTOCONF_H

struct err;
struct netlink;

/* Remove the addresses and routes of advertisements from an interface; none is no error. */
int autoconf_drop(struct netlink *nl, const char *ifname, struct err *e);

/* Ask routers for an advertisement, in the namespace of init; link is the interface's index. */
int autoconf_ask(int pidfd, int link, struct err *e);

/*
 * Give an interface the link-local address of its hardware address now, in place of that of "old",
 * or, if "old" is NULL, where it has none.  Leaves alone an interface that is down, and one whose
 * link-local address a program inside has chosen.
 */
int autoconf_set_link_local(struct netlink *nl, const char *ifname, const char *old,
			    struct err *e);

#endif
