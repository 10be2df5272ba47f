/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files that use rtnetlink through libmnl. */
#ifndef LIB_NET_NETLINK_INTERNAL_H
#define LIB_NET_NETLINK_INTERNAL_H

struct mnl_socket;
struct nlmsghdr;

struct netlink {
	struct mnl_socket *socket;
	unsigned sequence; /* of the last request */
};

/*
 * Begin a request with acknowledgement; the caller adds the header of the family.  buffer must be
 * zeroed, since libmnl does not clear the padding of attributes.
 */
struct nlmsghdr *netlink_request(struct netlink *nl, char *buffer, unsigned type);

typedef int netlink_callback(const struct nlmsghdr *message, void *data);

/* Send, and pass the answers to the callback until the acknowledgement.  Returns 0 or -errno. */
int netlink_exchange(struct netlink *nl, const struct nlmsghdr *message, netlink_callback *callback,
		     void *data);

/*
 * Like netlink_exchange(), for a list; the message has the family's header and attributes.  If
 * something changes while the kernel builds the list, it is inconsistent: restart drops the answers
 * so far, and the list is requested again.  -EAGAIN: too many attempts failed.
 */
int netlink_dump(struct netlink *nl, struct nlmsghdr *message, netlink_callback *callback,
		 void (*restart)(void *data), void *data);

#endif
