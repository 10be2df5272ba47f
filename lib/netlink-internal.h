/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files share that speak rtnetlink by libmnl. */
#ifndef LIB_NETLINK_INTERNAL_H
#define LIB_NETLINK_INTERNAL_H

struct mnl_socket;
struct nlmsghdr;

struct netlink {
	struct mnl_socket *socket;
	unsigned sequence; /* of the last request; the next one takes ++sequence */
};

/* A request that wants an acknowledgement; the header of its family comes next. */
struct nlmsghdr *netlink_request(struct netlink *nl, char *buffer, unsigned type);

/* Send and run the callback over the answers until the acknowledgement, or the end of a dump.  0 or
 * -errno. */
int netlink_exchange(struct netlink *nl, const struct nlmsghdr *message,
		     int (*callback)(const struct nlmsghdr *message, void *data), void *data);

#endif
