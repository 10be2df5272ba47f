/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/netlink-inet.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/net/netlink-internal.h"
#include "lib/net/netlink.h"

static struct nlmsghdr *request(struct netlink *nl, char *buffer, int type, int flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	message->nlmsg_type = (uint16_t)type;
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	message->nlmsg_seq = ++nl->sequence;
	return message;
}

static size_t ip_len(const struct ip *ip)
{
	return ip->family == AF_INET ? 4 : 16;
}

static void put_ip(struct nlmsghdr *message, unsigned type, const struct ip *ip)
{
	mnl_attr_put(message, (uint16_t)type, ip_len(ip), ip->byte);
}

static int fail(int r, const char *what, const struct cidr *what_of, struct err *e)
{
	char text[IP_TEXT_MAX];

	if (r >= 0)
		return 0;
	errno = -r;
	return err_sys(e, NULL, "%s %s/%u", what, ip_format(&what_of->ip, text), what_of->prefix);
}

/* ---- addresses ---- */

static void put_broadcast(struct nlmsghdr *message, const struct cidr *address)
{
	struct ip broadcast = cidr_network(address);

	/* A subnet of two addresses has no broadcast address (RFC 3021). */
	if (address->ip.family != AF_INET || address->prefix > 30)
		return;
	for (unsigned i = address->prefix; i < 32; i++)
		broadcast.byte[i / 8] |= (unsigned char)(0x80 >> i % 8);
	put_ip(message, IFA_BROADCAST, &broadcast);
}

static struct nlmsghdr *address_request(struct netlink *nl, char *buffer, int type, int flags,
					int link, const struct cidr *address)
{
	struct nlmsghdr *message = request(nl, buffer, type, flags);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);

	info->ifa_family = (unsigned char)address->ip.family;
	info->ifa_prefixlen = (unsigned char)address->prefix;
	info->ifa_index = (unsigned)link;
	info->ifa_scope = ip_is_link_local(&address->ip) ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	put_ip(message, IFA_LOCAL, &address->ip);
	put_ip(message, IFA_ADDRESS, &address->ip);
	return message;
}

int netlink_add_address(struct netlink *nl, int link, const struct cidr *address,
			uint32_t lifetime, struct err *e)
{
	char buffer[256] = { 0 };
	struct nlmsghdr *message = address_request(nl, buffer, RTM_NEWADDR,
						   NLM_F_CREATE | NLM_F_REPLACE, link, address);
	uint32_t life = lifetime ? lifetime : UINT32_MAX;
	struct ifa_cacheinfo info = { .ifa_valid = life, .ifa_prefered = life };

	put_broadcast(message, address);
	mnl_attr_put(message, IFA_CACHEINFO, sizeof info, &info);
	return fail(netlink_exchange(nl, message, NULL, NULL), "add address", address, e);
}

int netlink_del_address(struct netlink *nl, int link, const struct cidr *address, struct err *e)
{
	char buffer[256] = { 0 };
	struct nlmsghdr *message = address_request(nl, buffer, RTM_DELADDR, 0, link, address);
	int r = netlink_exchange(nl, message, NULL, NULL);

	return fail(r == -EADDRNOTAVAIL ? 0 : r, "remove address", address, e);
}

/* ---- routes ---- */

static struct nlmsghdr *route_request(struct netlink *nl, char *buffer, int type, int flags,
				      int link, const struct route *route)
{
	struct nlmsghdr *message = request(nl, buffer, type, flags);
	struct rtmsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);
	bool on_link = route->via.family == AF_UNSPEC, add = type == RTM_NEWROUTE;

	info->rtm_family = (unsigned char)route->to.ip.family;
	info->rtm_dst_len = (unsigned char)route->to.prefix;
	info->rtm_table = RT_TABLE_MAIN;
	info->rtm_scope = !add ? RT_SCOPE_NOWHERE : on_link ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
	if (add) {
		info->rtm_type = RTN_UNICAST;
		info->rtm_protocol = RTPROT_STATIC;
	}
	if (route->onlink)
		info->rtm_flags = RTNH_F_ONLINK;
	if (route->to.prefix)
		put_ip(message, RTA_DST, &route->to.ip);
	if (!on_link)
		put_ip(message, RTA_GATEWAY, &route->via);
	mnl_attr_put_u32(message, RTA_OIF, (uint32_t)link);
	if (route->metric)
		mnl_attr_put_u32(message, RTA_PRIORITY, route->metric);
	return message;
}

int netlink_add_route(struct netlink *nl, int link, const struct route *route,
		      enum route_place place, struct err *e)
{
	static const int flags[] = { [ROUTE_REPLACE] = NLM_F_REPLACE, [ROUTE_BEFORE] = 0,
				     [ROUTE_UNLESS] = NLM_F_EXCL };
	char buffer[256] = { 0 };
	struct nlmsghdr *message = route_request(nl, buffer, RTM_NEWROUTE,
						 NLM_F_CREATE | flags[place], link, route);
	int r = netlink_exchange(nl, message, NULL, NULL);

	return fail(r == -EEXIST && place == ROUTE_UNLESS ? 0 : r, "add the route to", &route->to,
		    e);
}

int netlink_del_route(struct netlink *nl, int link, const struct route *route, struct err *e)
{
	char buffer[256] = { 0 };
	struct nlmsghdr *message = route_request(nl, buffer, RTM_DELROUTE, 0, link, route);
	int r = netlink_exchange(nl, message, NULL, NULL);

	return fail(r == -ESRCH ? 0 : r, "remove the route to", &route->to, e);
}

/* ---- the link itself ---- */

static struct nlmsghdr *link_request(struct netlink *nl, char *buffer, int type, int link,
				     struct ifinfomsg **ret_info)
{
	struct nlmsghdr *message = request(nl, buffer, type, 0);
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);

	info->ifi_index = link;
	if (ret_info)
		*ret_info = info;
	return message;
}

int netlink_up(struct netlink *nl, int link, struct err *e)
{
	char buffer[256] = { 0 };
	struct ifinfomsg *info;
	struct nlmsghdr *message = link_request(nl, buffer, RTM_NEWLINK, link, &info);
	int r;

	info->ifi_flags = info->ifi_change = IFF_UP;
	r = netlink_exchange(nl, message, NULL, NULL);
	if (r == 0)
		return 0;
	errno = -r;
	return err_sys(e, NULL, "bring the interface up");
}

static const struct nlattr *find_in(const struct nlattr *nest, unsigned type)
{
	const struct nlattr *attr;

	if (nest)
		mnl_attr_for_each_nested(attr, nest)
			if (mnl_attr_get_type(attr) == type)
				return attr;
	return NULL;
}

struct devconf {
	uint16_t which; /* IPV4_DEVCONF_* */
	bool on;
};

/* IFLA_AF_SPEC { AF_INET { IFLA_INET_CONF: an array } } */
static int take_devconf(const struct nlmsghdr *message, void *data)
{
	const struct nlattr *attr, *conf = NULL;
	struct devconf *devconf = data;

	mnl_attr_for_each(attr, message, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attr) == IFLA_AF_SPEC)
			conf = find_in(find_in(attr, AF_INET), IFLA_INET_CONF);
	if (conf && mnl_attr_get_payload_len(conf) >= 4u * devconf->which) {
		const uint32_t *values = mnl_attr_get_payload(conf);

		devconf->on = values[devconf->which - 1];
	}
	return MNL_CB_OK;
}

/* Set /proc/sys/net/ipv4/conf/LINK/...; name is for messages. */
static int set_devconf(struct netlink *nl, int link, uint16_t which, const char *name, bool on,
		       bool *ret_before, struct err *e)
{
	char buffer[256] = { 0 };
	struct nlmsghdr *message = link_request(nl, buffer, RTM_GETLINK, link, NULL);
	struct devconf before = { .which = which };
	struct nlattr *spec, *inet, *conf;
	int r = netlink_exchange(nl, message, take_devconf, &before);

	if (r == 0 && before.on != on) {
		message = link_request(nl, buffer, RTM_NEWLINK, link, NULL);
		spec = mnl_attr_nest_start(message, IFLA_AF_SPEC);
		inet = mnl_attr_nest_start(message, AF_INET);
		conf = mnl_attr_nest_start(message, IFLA_INET_CONF);
		mnl_attr_put_u32(message, which, on);
		mnl_attr_nest_end(message, conf);
		mnl_attr_nest_end(message, inet);
		mnl_attr_nest_end(message, spec);
		r = netlink_exchange(nl, message, NULL, NULL);
	}
	if (r < 0) {
		errno = -r;
		return err_sys(e, NULL, "set %s", name);
	}
	if (ret_before)
		*ret_before = before.on;
	return 0;
}

int netlink_set_promote(struct netlink *nl, int link, bool on, bool *ret_before, struct err *e)
{
	return set_devconf(nl, link, IPV4_DEVCONF_PROMOTE_SECONDARIES, "promote_secondaries", on,
			   ret_before, e);
}

int netlink_set_announce(struct netlink *nl, int link, bool on, bool *ret_before, struct err *e)
{
	return set_devconf(nl, link, IPV4_DEVCONF_ARP_NOTIFY, "arp_notify", on, ret_before, e);
}

int netlink_set_token(struct netlink *nl, int link, const struct ip *token, struct err *e)
{
	char buffer[256] = { 0 };
	struct nlmsghdr *message = link_request(nl, buffer, RTM_NEWLINK, link, NULL);
	struct nlattr *spec = mnl_attr_nest_start(message, IFLA_AF_SPEC);
	struct nlattr *inet6 = mnl_attr_nest_start(message, AF_INET6);
	int r;

	put_ip(message, IFLA_INET6_TOKEN, token);
	mnl_attr_nest_end(message, inet6);
	mnl_attr_nest_end(message, spec);
	r = netlink_exchange(nl, message, NULL, NULL);
	if (r == 0)
		return 0;
	errno = -r;
	return err_sys(e, NULL, "set the IPv6 token");
}
