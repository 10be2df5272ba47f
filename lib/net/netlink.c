/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/net/netlink-internal.h"

#define TRIES 10 /* with 150 links and veths coming and going, 1 list in 30 is inconsistent */

int netlink_open(struct netlink **ret, struct err *e)
{
	struct netlink *nl = xcalloc(1, sizeof *nl);

	nl->socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!nl->socket || mnl_socket_bind(nl->socket, 0, MNL_SOCKET_AUTOPID) < 0) {
		int r = err_sys(e, "netlink", "open a route socket");

		netlink_close(nl);
		return r;
	}
	nl->sequence = (unsigned)time(NULL);
	*ret = nl;
	return 0;
}

void netlink_close(struct netlink *nl)
{
	if (nl && nl->socket)
		mnl_socket_close(nl->socket);
	free(nl);
}

struct nlmsghdr *netlink_request(struct netlink *nl, char *buffer, unsigned type)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = (uint16_t)type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = ++nl->sequence;
	return message;
}

/* Parse a datagram of answers.  Returns 0: it was the last; 1: more follow; -errno. */
static int take_messages(const struct netlink *nl, const char *data, int len,
			 netlink_callback *callback, void *arg, bool *torn)
{
	const struct nlmsghdr *message = (const void *)data;

	for (; mnl_nlmsg_ok(message, len); message = mnl_nlmsg_next(message, &len)) {
		/* An answer to an earlier request that was not read to its end. */
		if (message->nlmsg_seq != nl->sequence)
			continue;
		*torn |= message->nlmsg_flags & NLM_F_DUMP_INTR;
		if (message->nlmsg_type == NLMSG_DONE)
			return 0;
		if (message->nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *error = mnl_nlmsg_get_payload(message);

			return mnl_nlmsg_get_payload_len(message) < sizeof *error ? -EPROTO
										  : error->error;
		}
		if (callback && message->nlmsg_type >= NLMSG_MIN_TYPE)
			callback(message, arg);
	}
	return 1;
}

/* Read all answers, even of an inconsistent list, or the next request would get them. */
static int exchange(struct netlink *nl, const struct nlmsghdr *message, netlink_callback *callback,
		    void *data, bool *torn)
{
	char answer[32768];
	int r;

	if (mnl_socket_sendto(nl->socket, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t n = mnl_socket_recvfrom(nl->socket, answer, sizeof answer);

		if (n < 0)
			return -errno;
		r = take_messages(nl, answer, (int)n, callback, data, torn);
	} while (r > 0);
	return r;
}

int netlink_exchange(struct netlink *nl, const struct nlmsghdr *message, netlink_callback *callback,
		     void *data)
{
	bool torn = false;

	return exchange(nl, message, callback, data, &torn);
}

int netlink_dump(struct netlink *nl, struct nlmsghdr *message, netlink_callback *callback,
		 void (*restart)(void *data), void *data)
{
	bool torn = true;
	int r = 0;

	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	for (unsigned i = 0; r == 0 && torn && i < TRIES; i++) {
		torn = false;
		message->nlmsg_seq = ++nl->sequence;
		restart(data);
		r = exchange(nl, message, callback, data, &torn);
	}
	return r == 0 && torn ? -EAGAIN : r;
}

static void take_string(const struct nlattr *attr, char *to, size_t size)
{
	if (mnl_attr_validate(attr, MNL_TYPE_STRING) >= 0)
		snprintf(to, size, "%s", mnl_attr_get_str(attr));
}

static int take_bridge(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_BR_VLAN_FILTERING)
		link->vlan_aware = mnl_attr_get_u8(attr);
	return MNL_CB_OK;
}

/* The kernel sends the kind before its data. */
static int take_info(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
		take_string(attr, link->kind, sizeof link->kind);
	else if (mnl_attr_get_type(attr) == IFLA_INFO_DATA && str_eq(link->kind, "bridge"))
		mnl_attr_parse_nested(attr, take_bridge, link);
	return MNL_CB_OK;
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	switch (mnl_attr_get_type(attr)) {
	case IFLA_MTU:
		link->mtu = mnl_attr_get_u32(attr);
		break;
	case IFLA_MASTER:
		link->master = (int)mnl_attr_get_u32(attr);
		break;
	case IFLA_LINK:
		link->peer = (int)mnl_attr_get_u32(attr);
		break;
	case IFLA_IFNAME:
		take_string(attr, link->name, sizeof link->name);
		break;
	case IFLA_GROUP:
		link->group = mnl_attr_get_u32(attr);
		break;
	case IFLA_LINKINFO:
		mnl_attr_parse_nested(attr, take_info, link);
		break;
	}
	return MNL_CB_OK;
}

static struct link read_link(const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct link link = { .index = info->ifi_index, .up = info->ifi_flags & IFF_UP };

	mnl_attr_parse(message, sizeof *info, take_attr, &link);
	return link;
}

static int take_link(const struct nlmsghdr *message, void *data)
{
	*(struct link *)data = read_link(message);
	return MNL_CB_OK;
}

int netlink_get(struct netlink *nl, const char *name, struct link *ret, struct err *e)
{
	char buffer[512] = { 0 };
	struct nlmsghdr *message = netlink_request(nl, buffer, RTM_GETLINK);
	struct link link = { 0 };
	int r;

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	r = netlink_exchange(nl, message, take_link, &link);
	if (r == -ENODEV)
		return err_set(e, ENODEV, name, "there is no such interface");
	if (r < 0) {
		errno = -r;
		return err_sys(e, name, "look up the interface");
	}
	*ret = link;
	return 0;
}

struct ports {
	int master;
	struct link *v;
	size_t n;
};

/* Kernels that do not support the filter send all links. */
static int take_port(const struct nlmsghdr *message, void *data)
{
	struct ports *ports = data;
	struct link link = read_link(message);

	if (link.master == ports->master) {
		ports->v = xrealloc(ports->v, ports->n + 1, sizeof *ports->v);
		ports->v[ports->n++] = link;
	}
	return MNL_CB_OK;
}

static void forget_ports(void *data)
{
	struct ports *ports = data;

	ports->n = 0;
}

int netlink_ports(struct netlink *nl, const struct link *bridge, struct link **ret, size_t *ret_n,
		  struct err *e)
{
	char buffer[512] = { 0 };
	struct nlmsghdr *message = netlink_request(nl, buffer, RTM_GETLINK);
	struct ports ports = { .master = bridge->index };
	int r;

	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(message, IFLA_MASTER, (uint32_t)bridge->index);
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	r = netlink_dump(nl, message, take_port, forget_ports, &ports);
	if (r < 0) {
		free(ports.v);
		if (r == -EAGAIN)
			return err_set(e, EBUSY, bridge->name, "its ports cannot be listed, as "
				       "interfaces of the host change all the time");
		errno = -r;
		return err_sys(e, bridge->name, "list the ports of the bridge");
	}
	*ret = ports.v;
	*ret_n = ports.n;
	return 0;
}

unsigned netlink_bridge_mtu(const char *name)
{
	struct netlink *nl = NULL;
	struct link link;
	unsigned mtu = 0;

	if (netlink_open(&nl, NULL) == 0 && netlink_get(nl, name, &link, NULL) == 0 &&
	    str_eq(link.kind, "bridge"))
		mtu = link.mtu;
	netlink_close(nl);
	return mtu;
}
