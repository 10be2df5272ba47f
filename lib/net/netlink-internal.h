/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files share that speak rtnetlink by libmnl. */
#ifndef LIB_NET_NETLINK_INTERNAL_H
#define LIB_NET_NETLINK_INTERNAL_H

struct mnl_socket;
struct nlmsghdr;

struct netlink {
	struct mnl_socket *socket;
	unsigned sequence; /* of the last request; the next one takes ++sequence */
};

/*
 * A request that wants an acknowledgement; the header of its family comes next.  The caller has
 * zeroed buffer, as libmnl leaves the padding of attributes as it was.
 */
struct nlmsghdr *netlink_request(struct netlink *nl, char *buffer, unsigned type);

typedef int netlink_callback(const struct nlmsghdr *message, void *data);

/* Send, and run the callback over the answers until the acknowledgement.  0 or -errno. */
int netlink_exchange(struct netlink *nl, const struct nlmsghdr *message, netlink_callback *callback,
		     void *data);

/*
 * The same for a request for a list, which has its family's header and attributes.  When something
 * changed while the kernel made it, the list is torn: restart drops what the callback has taken,
 * and another one is asked for.  -EAGAIN: the last one was torn as well, as things do not come to
 * rest.
 */
int netlink_dump(struct netlink *nl, struct nlmsghdr *message, netlink_callback *callback,
		 void (*restart)(void *data), void *data);

#endif
