/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/netstate.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/net/netlink-internal.h"
#include "lib/net/netlink.h"

struct pass;
typedef void take_fn(struct pass *p, const struct nlmsghdr *message);

struct pass {
	struct netstate_link *links;
	size_t n;
	struct netstate_port *port; /* alternatively: the port of this link */
	int index;
	/* For the current dump: */
	unsigned type;
	size_t header;
	take_fn *take;
};

/* Attributes of a message by number; their users check the sizes. */
#define ATTRS_MAX 64
struct attrs {
	const struct nlattr *at[ATTRS_MAX];
};

static int take_attr(const struct nlattr *attr, void *data)
{
	struct attrs *attrs = data;
	unsigned type = mnl_attr_get_type(attr);

	if (type < ATTRS_MAX)
		attrs->at[type] = attr;
	return MNL_CB_OK;
}

static void take_attrs(const struct nlmsghdr *message, size_t header, struct attrs *ret)
{
	memset(ret, 0, sizeof *ret);
	mnl_attr_parse(message, (unsigned)header, take_attr, ret);
}

static uint32_t get_u32(const struct attrs *attrs, unsigned type)
{
	const struct nlattr *attr = attrs->at[type];

	return attr && mnl_attr_get_payload_len(attr) >= 4 ? mnl_attr_get_u32(attr) : 0;
}

static bool get_ip(const struct attrs *attrs, unsigned type, int family, struct ip *ret)
{
	const struct nlattr *attr = attrs->at[type];
	size_t len = family == AF_INET ? 4 : 16;

	if (!attr || mnl_attr_get_payload_len(attr) != len)
		return false;
	*ret = (struct ip){ .family = family };
	memcpy(ret->byte, mnl_attr_get_payload(attr), len);
	return true;
}

static void get_hwaddr(const struct attrs *attrs, unsigned type, char ret[18])
{
	const struct nlattr *attr = attrs->at[type];
	const unsigned char *b;

	ret[0] = '\0';
	if (!attr || mnl_attr_get_payload_len(attr) != 6)
		return;
	b = mnl_attr_get_payload(attr);
	snprintf(ret, 18, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
}

static struct netstate_link *find(struct pass *p, int index)
{
	for (size_t i = 0; index > 0 && i < p->n; i++)
		if (p->links[i].index == index)
			return &p->links[i];
	return NULL;
}

/* Make room for one more element and increment *n; at the limit, only increment *more. */
static void *add(void *array, size_t *n, size_t *more, size_t size)
{
	void **v = array;

	if (*n == NETSTATE_MAX) {
		++*more;
		return NULL;
	}
	if (!*v)
		*v = xcalloc(NETSTATE_MAX, size);
	return (char *)*v + (*n)++ * size;
}

static int take_port_kind(const struct nlattr *attr, void *data)
{
	struct netstate_link *link = data;

	if (mnl_attr_get_type(attr) == IFLA_INFO_SLAVE_KIND &&
	    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		snprintf(link->port_of, sizeof link->port_of, "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

/* ---- the messages ---- */

static void take_link(struct pass *p, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	const char *name;
	struct attrs attrs;

	take_attrs(message, sizeof *info, &attrs);
	if (!attrs.at[IFLA_IFNAME] ||
	    mnl_attr_validate(attrs.at[IFLA_IFNAME], MNL_TYPE_NUL_STRING) < 0)
		return;
	name = mnl_attr_get_str(attrs.at[IFLA_IFNAME]);
	for (size_t i = 0; i < p->n; i++) {
		struct netstate_link *link = &p->links[i];

		if (!str_eq(link->name, name))
			continue;
		link->index = info->ifi_index;
		link->peer = (int)get_u32(&attrs, IFLA_LINK);
		link->mtu = get_u32(&attrs, IFLA_MTU);
		link->up = info->ifi_flags & IFF_UP;
		link->carrier = info->ifi_flags & IFF_LOWER_UP;
		get_hwaddr(&attrs, IFLA_ADDRESS, link->hwaddr);
		link->port_of[0] = '\0';
		if (attrs.at[IFLA_LINKINFO])
			mnl_attr_parse_nested(attrs.at[IFLA_LINKINFO], take_port_kind, link);
	}
}

static void take_address(struct pass *p, const struct nlmsghdr *message)
{
	const struct ifaddrmsg *info = mnl_nlmsg_get_payload(message);
	struct netstate_link *link = find(p, (int)info->ifa_index);
	struct netstate_address *address;
	struct attrs attrs;
	uint32_t flags;
	struct ip ip;

	if (!link || (info->ifa_family != AF_INET && info->ifa_family != AF_INET6))
		return;
	take_attrs(message, sizeof *info, &attrs);
	/* With a peer, IFA_ADDRESS is the peer's address. */
	if (!get_ip(&attrs, IFA_LOCAL, info->ifa_family, &ip) &&
	    !get_ip(&attrs, IFA_ADDRESS, info->ifa_family, &ip))
		return;
	address = add(&link->address, &link->n_addresses, &link->more_addresses, sizeof *address);
	if (!address)
		return;
	flags = attrs.at[IFA_FLAGS] ? get_u32(&attrs, IFA_FLAGS) : info->ifa_flags;
	*address = (struct netstate_address){
		.cidr = { ip, info->ifa_prefixlen },
		.global = info->ifa_scope < RT_SCOPE_LINK,
		.tentative = (flags & IFA_F_TENTATIVE) && !(flags & IFA_F_OPTIMISTIC),
		.failed = flags & IFA_F_DADFAILED,
		.dynamic = !(flags & IFA_F_PERMANENT),
	};
}

static void take_route(struct pass *p, const struct nlmsghdr *message)
{
	const struct rtmsg *info = mnl_nlmsg_get_payload(message);
	struct netstate_route *route;
	struct netstate_link *link;
	struct attrs attrs;

	take_attrs(message, sizeof *info, &attrs);
	link = find(p, (int)get_u32(&attrs, RTA_OIF));
	if (!link || info->rtm_type != RTN_UNICAST || info->rtm_table != RT_TABLE_MAIN ||
	    (info->rtm_flags & RTM_F_CLONED) ||
	    (info->rtm_family != AF_INET && info->rtm_family != AF_INET6))
		return;
	route = add(&link->route, &link->n_routes, &link->more_routes, sizeof *route);
	if (!route)
		return;
	*route = (struct netstate_route){
		.to = { { .family = info->rtm_family }, info->rtm_dst_len },
		.kernel = info->rtm_protocol == RTPROT_KERNEL && info->rtm_dst_len &&
			  !attrs.at[RTA_GATEWAY],
		.advertised = info->rtm_protocol == RTPROT_RA,
		.metric = get_u32(&attrs, RTA_PRIORITY),
	};
	get_ip(&attrs, RTA_DST, info->rtm_family, &route->to.ip);
	get_ip(&attrs, RTA_GATEWAY, info->rtm_family, &route->via);
}

static const char *neighbour_state(unsigned state)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[] = {
		{ NUD_REACHABLE, "reachable" }, { NUD_PERMANENT, "permanent" },
		{ NUD_STALE, "stale" },		{ NUD_DELAY, "stale" },
		{ NUD_PROBE, "stale" },		{ NUD_INCOMPLETE, "incomplete" },
		{ NUD_FAILED, "failed" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (state & names[i].bit)
			return names[i].name;
	return NULL;
}

static void take_neighbour(struct pass *p, const struct nlmsghdr *message)
{
	const struct ndmsg *info = mnl_nlmsg_get_payload(message);
	struct netstate_link *link = find(p, info->ndm_ifindex);
	const char *state = neighbour_state(info->ndm_state);
	struct netstate_neighbour *neighbour;
	struct attrs attrs;
	struct ip ip;

	if (!link || !state || (info->ndm_family != AF_INET && info->ndm_family != AF_INET6))
		return;
	take_attrs(message, sizeof *info, &attrs);
	if (!get_ip(&attrs, NDA_DST, info->ndm_family, &ip))
		return;
	neighbour = add(&link->neighbour, &link->n_neighbours, &link->more_neighbours,
			sizeof *neighbour);
	if (!neighbour)
		return;
	*neighbour = (struct netstate_neighbour){ .ip = ip, .state = state };
	get_hwaddr(&attrs, NDA_LLADDR, neighbour->hwaddr);
}

/* ---- a dump ---- */

static int take_message(const struct nlmsghdr *message, void *data)
{
	struct pass *p = data;

	if (mnl_nlmsg_get_payload_len(message) >= p->header)
		p->take(p, message);
	return MNL_CB_OK;
}

static void forget_port(struct netstate_port *port, unsigned type)
{
	if (type == RTM_GETQDISC)
		port->rate = 0;
	else
		port->tag = port->n_trunks = 0;
}

static void forget(void *data)
{
	struct pass *p = data;

	if (p->port)
		forget_port(p->port, p->type);
	for (size_t i = 0; i < p->n; i++) {
		struct netstate_link *link = &p->links[i];

		switch (p->type) {
		case RTM_GETLINK:
			link->index = 0;
			break;
		case RTM_GETADDR:
			link->n_addresses = link->more_addresses = 0;
			break;
		case RTM_GETROUTE:
			link->n_routes = link->more_routes = 0;
			break;
		default:
			link->n_neighbours = link->more_neighbours = 0;
		}
	}
}

static int dump(struct netlink *nl, unsigned type, size_t header, take_fn *take, struct pass *p)
{
	char buffer[128] = { 0 };
	struct nlmsghdr *message = netlink_request(nl, buffer, type);
	int r;

	mnl_nlmsg_put_extra_header(message, header);
	if (type == RTM_GETLINK && p->port) {
		((struct ifinfomsg *)mnl_nlmsg_get_payload(message))->ifi_family = AF_BRIDGE;
		mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_BRVLAN_COMPRESSED);
	}
	p->type = type;
	p->header = header;
	p->take = take;
	r = netlink_dump(nl, message, take_message, forget, p);
	/* If the namespace keeps changing, return the last state. */
	return r == -EAGAIN ? 0 : r;
}

int netstate_read(struct netlink *nl, unsigned parts, struct netstate_link *links, size_t n,
		  struct err *e)
{
	struct pass pass = { .links = links, .n = n };
	int r = dump(nl, RTM_GETLINK, sizeof(struct ifinfomsg), take_link, &pass);

	if (r == 0 && (parts & NETSTATE_ADDRESSES))
		r = dump(nl, RTM_GETADDR, sizeof(struct ifaddrmsg), take_address, &pass);
	if (r == 0 && (parts & NETSTATE_ROUTES))
		r = dump(nl, RTM_GETROUTE, sizeof(struct rtmsg), take_route, &pass);
	if (r == 0 && (parts & NETSTATE_NEIGHBOURS))
		r = dump(nl, RTM_GETNEIGH, sizeof(struct ndmsg), take_neighbour, &pass);
	if (r == 0)
		return 0;
	errno = -r;
	return err_sys(e, "netlink", "read the state of the interfaces");
}

/* ---- a port ---- */

static int take_tbf(const struct nlattr *attr, void *data)
{
	struct netstate_port *port = data;
	struct tc_tbf_qopt options;

	if (mnl_attr_get_type(attr) == TCA_TBF_PARMS &&
	    mnl_attr_get_payload_len(attr) >= sizeof options) {
		memcpy(&options, mnl_attr_get_payload(attr), sizeof options);
		if (!port->rate)
			port->rate = options.rate.rate;
	} else if (mnl_attr_get_type(attr) == TCA_TBF_RATE64 &&
		   mnl_attr_get_payload_len(attr) >= 8) {
		port->rate = mnl_attr_get_u64(attr);
	}
	return MNL_CB_OK;
}

static void take_qdisc(struct pass *p, const struct nlmsghdr *message)
{
	const struct tcmsg *info = mnl_nlmsg_get_payload(message);
	const struct nlattr *kind;
	struct attrs attrs;

	take_attrs(message, sizeof *info, &attrs);
	kind = attrs.at[TCA_KIND];
	if (info->tcm_ifindex == p->index && kind && attrs.at[TCA_OPTIONS] &&
	    mnl_attr_validate(kind, MNL_TYPE_NUL_STRING) >= 0 &&
	    str_eq(mnl_attr_get_str(kind), "tbf"))
		mnl_attr_parse_nested(attrs.at[TCA_OPTIONS], take_tbf, p->port);
}

/* A range is sent as two entries: begin and end. */
static int take_vlan(const struct nlattr *attr, void *data)
{
	struct netstate_port *port = data;
	struct bridge_vlan_info vlan;

	if (mnl_attr_get_type(attr) != IFLA_BRIDGE_VLAN_INFO ||
	    mnl_attr_get_payload_len(attr) < sizeof vlan)
		return MNL_CB_OK;
	memcpy(&vlan, mnl_attr_get_payload(attr), sizeof vlan);
	if (vlan.flags & BRIDGE_VLAN_INFO_PVID)
		port->tag = vlan.vid;
	else if ((vlan.flags & BRIDGE_VLAN_INFO_RANGE_END) && port->n_trunks)
		port->trunks[port->n_trunks - 1].last = vlan.vid;
	else if (port->n_trunks < NETSTATE_VLANS)
		port->trunks[port->n_trunks++] = (struct vlan_range){ vlan.vid, vlan.vid };
	return MNL_CB_OK;
}

static void take_port(struct pass *p, const struct nlmsghdr *message)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(message);
	struct attrs attrs;

	take_attrs(message, sizeof *info, &attrs);
	if (info->ifi_index == p->index && attrs.at[IFLA_AF_SPEC])
		mnl_attr_parse_nested(attrs.at[IFLA_AF_SPEC], take_vlan, p->port);
}

int netstate_read_port(struct netlink *nl, int index, struct netstate_port *ret, struct err *e)
{
	struct pass pass = { .port = ret, .index = index };
	int r;

	*ret = (struct netstate_port){ 0 };
	r = dump(nl, RTM_GETQDISC, sizeof(struct tcmsg), take_qdisc, &pass);
	if (r == 0)
		r = dump(nl, RTM_GETLINK, sizeof(struct ifinfomsg), take_port, &pass);
	if (r == 0)
		return 0;
	errno = -r;
	return err_sys(e, "netlink", "read the state of a port");
}

void netstate_done(struct netstate_link *links, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(links[i].address);
		free(links[i].route);
		free(links[i].neighbour);
		links[i].address = NULL;
		links[i].route = NULL;
		links[i].neighbour = NULL;
	}
}

/* ---- changes ---- */

int netstate_watch(struct netlink *nl, struct err *e)
{
	static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR,
				      RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE };

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		int group = groups[i];

		if (mnl_socket_setsockopt(nl->socket, NETLINK_ADD_MEMBERSHIP, &group,
					  sizeof group) < 0)
			return err_sys(e, "netlink", "subscribe to changes");
	}
	return 0;
}

int netstate_fd(const struct netlink *nl)
{
	return mnl_socket_get_fd(nl->socket);
}

void netstate_forget(struct netlink *nl)
{
	char data[32768];
	int fd = netstate_fd(nl);

	/* ENOBUFS, an overflow, also means that something changed. */
	for (unsigned i = 0; i < 1000; i++)
		if (recv(fd, data, sizeof data, MSG_DONTWAIT) < 0 && errno != ENOBUFS)
			break;
}
