/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/netlink.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/err.h"
#include "lib/netlink-internal.h"
#include "lib/util.h"

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

static struct nlmsghdr *request(struct netlink *nl, char *buffer, unsigned type, const char *name)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = (uint16_t)type;
	message->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	message->nlmsg_seq = ++nl->sequence;
	mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	return message;
}

int netlink_exchange(struct netlink *nl, const struct nlmsghdr *message,
		     int (*callback)(const struct nlmsghdr *message, void *data), void *data)
{
	char answer[32768];
	unsigned port = mnl_socket_get_portid(nl->socket);
	int r;

	if (mnl_socket_sendto(nl->socket, message, message->nlmsg_len) < 0)
		return -errno;
	do {
		ssize_t n = mnl_socket_recvfrom(nl->socket, answer, sizeof answer);

		if (n < 0)
			return -errno;
		r = mnl_cb_run(answer, (size_t)n, nl->sequence, port, callback, data);
	} while (r > MNL_CB_STOP);
	return r < 0 ? -errno : 0;
}

static int take_kind(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_STRING) >= 0)
		snprintf(link->kind, sizeof link->kind, "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

static int take_attr(const struct nlattr *attr, void *data)
{
	struct link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_MTU)
		link->mtu = mnl_attr_get_u32(attr);
	else if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
		mnl_attr_parse_nested(attr, take_kind, link);
	return MNL_CB_OK;
}

static int take_link(const struct nlmsghdr *message, void *data)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct link *link = data;

	link->index = info->ifi_index;
	mnl_attr_parse(message, sizeof *info, take_attr, link);
	return MNL_CB_OK;
}

int netlink_get(struct netlink *nl, const char *name, struct link *ret, struct err *e)
{
	char buffer[512];
	struct link link = { 0 };
	int r = netlink_exchange(nl, request(nl, buffer, RTM_GETLINK, name), take_link, &link);

	if (r == -ENODEV)
		return err_set(e, ENODEV, name, "there is no such interface");
	if (r < 0) {
		errno = -r;
		return err_sys(e, name, "look up the interface");
	}
	*ret = link;
	return 0;
}

int netlink_join(struct netlink *nl, const char *name, int master, unsigned mtu, struct err *e)
{
	char buffer[512];
	struct nlmsghdr *message = request(nl, buffer, RTM_NEWLINK, name);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	int r;

	info->ifi_flags = info->ifi_change = IFF_UP;
	mnl_attr_put_u32(message, IFLA_MTU, mtu);
	mnl_attr_put_u32(message, IFLA_MASTER, (uint32_t)master);
	r = netlink_exchange(nl, message, NULL, NULL);
	if (r < 0) {
		errno = -r;
		return err_sys(e, name, "join the bridge");
	}
	return 0;
}

unsigned netlink_bridge_mtu(const char *name)
{
	struct netlink *nl = NULL;
	struct link link;
	struct err ignored;
	unsigned mtu = 0;

	if (netlink_open(&nl, &ignored) == 0 && netlink_get(nl, name, &link, &ignored) == 0 &&
	    str_eq(link.kind, "bridge"))
		mtu = link.mtu;
	netlink_close(nl);
	return mtu;
}
