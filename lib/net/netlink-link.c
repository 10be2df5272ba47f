/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Creates, changes and removes links. */
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/net/netlink-internal.h"
#include "lib/net/netlink.h"

static struct nlmsghdr *link_request(struct netlink *nl, char *buffer, unsigned type,
				     struct ifinfomsg **ret_info)
{
	struct nlmsghdr *message = netlink_request(nl, buffer, type);

	*ret_info = mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg));
	return message;
}

/* what: the operation, as for err_sys(). */
static int change_link(struct netlink *nl, const struct nlmsghdr *message, const char *name,
		       const char *what, struct err *e)
{
	int r = netlink_exchange(nl, message, NULL, NULL);

	if (r == 0)
		return 0;
	errno = -r;
	return err_sys(e, name, "%s", what);
}

static void put_hwaddr(struct nlmsghdr *message, const char *text)
{
	struct ether_addr address;

	if (ether_aton_r(text, &address))
		mnl_attr_put(message, IFLA_ADDRESS, ETH_ALEN, &address);
}

/* A bridge takes the lowest hardware address of its ports, so use a high one. */
static void put_high_hwaddr(struct nlmsghdr *message)
{
	unsigned char address[ETH_ALEN] = { 0 };

	if (getrandom(address, sizeof address, 0) < 0)
		return; /* the kernel generates one */
	address[0] = 0xfe;
	mnl_attr_put(message, IFLA_ADDRESS, sizeof address, address);
}

static void put_change(struct nlmsghdr *message, struct ifinfomsg *info,
		       const struct link_change *change)
{
	if (change->up || change->down) {
		info->ifi_change |= IFF_UP;
		info->ifi_flags |= change->up ? IFF_UP : 0;
	}
	if (change->mtu)
		mnl_attr_put_u32(message, IFLA_MTU, change->mtu);
	if (change->name)
		mnl_attr_put_strz(message, IFLA_IFNAME, change->name);
	if (change->hwaddr)
		put_hwaddr(message, change->hwaddr);
	if (change->netns)
		mnl_attr_put_u32(message, IFLA_NET_NS_PID, (uint32_t)change->netns);
	if (change->master)
		mnl_attr_put_u32(message, IFLA_MASTER,
				 change->master < 0 ? 0 : (uint32_t)change->master);
}

int netlink_set(struct netlink *nl, const struct link *link, const struct link_change *change,
		struct err *e)
{
	struct ifinfomsg *info;
	char buffer[512] = { 0 };
	struct nlmsghdr *message = link_request(nl, buffer, RTM_NEWLINK, &info);

	info->ifi_index = link->index;
	put_change(message, info, change);
	return change_link(nl, message, link->name,
			   change->master > 0 ? "join the bridge" : "change the interface", e);
}

/* Open the nested IFLA_LINKINFO and IFLA_INFO_DATA for the kind's attributes. */
static struct nlmsghdr *begin_add(struct netlink *nl, char *buffer, const char *name,
				  const char *kind, struct nlattr *nest[2])
{
	struct ifinfomsg *info;
	struct nlmsghdr *message = link_request(nl, buffer, RTM_NEWLINK, &info);

	message->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	mnl_attr_put_u32(message, IFLA_GROUP, LINK_GROUP);
	nest[0] = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, kind);
	nest[1] = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	return message;
}

static void end_add(struct nlmsghdr *message, struct nlattr *nest[2])
{
	mnl_attr_nest_end(message, nest[1]);
	mnl_attr_nest_end(message, nest[0]);
}

int netlink_add_veth(struct netlink *nl, const char *name, unsigned mtu,
		     const struct link_change *peer, struct err *e)
{
	struct nlattr *nest[2], *inside;
	char buffer[512] = { 0 };
	struct nlmsghdr *message = begin_add(nl, buffer, name, "veth", nest);

	inside = mnl_attr_nest_start(message, VETH_INFO_PEER);
	put_change(message, mnl_nlmsg_put_extra_header(message, sizeof(struct ifinfomsg)), peer);
	if (!peer->hwaddr)
		put_high_hwaddr(message);
	mnl_attr_nest_end(message, inside);
	end_add(message, nest);
	put_high_hwaddr(message);
	if (mtu)
		mnl_attr_put_u32(message, IFLA_MTU, mtu);
	return change_link(nl, message, name, "make the veth", e);
}

/* Errors are ignored: a host without IPv6 lacks the file. */
static void set_sysctl(const char *family, const char *name, const char *key, const char *value)
{
	autofree char *path = xasprintf("/proc/sys/net/%s/conf/%s/%s", family, name, key);
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, value, 1) < 0)
		return;
}

int netlink_add_bridge(struct netlink *nl, const char *name, struct err *e)
{
	struct nlattr *nest[2];
	char buffer[512] = { 0 };
	struct nlmsghdr *message = begin_add(nl, buffer, name, "bridge", nest);
	int r;

	mnl_attr_put_u8(message, IFLA_BR_MCAST_SNOOPING, 0);
	end_add(message, nest);
	r = change_link(nl, message, name, "make the bridge", e);
	if (r < 0)
		return r;
	set_sysctl("ipv6", name, "disable_ipv6", "1");
	set_sysctl("ipv4", name, "arp_ignore", "1");
	return 0;
}

int netlink_add_vlan(struct netlink *nl, const char *name, const struct link *parent, unsigned tag,
		     struct err *e)
{
	struct nlattr *nest[2];
	char buffer[512] = { 0 };
	struct nlmsghdr *message = begin_add(nl, buffer, name, "vlan", nest);
	int r;

	mnl_attr_put_u16(message, IFLA_VLAN_ID, (uint16_t)tag);
	end_add(message, nest);
	mnl_attr_put_u32(message, IFLA_LINK, (uint32_t)parent->index);
	r = netlink_exchange(nl, message, NULL, NULL);
	if (r == -EOPNOTSUPP) {
		err_set(e, EOPNOTSUPP, name, "this kernel does not support VLANs (8021q)");
		return err_remedy(e, "load the module (modprobe 8021q), or remove the tag");
	}
	if (r < 0) {
		errno = -r;
		return err_sys(e, name, "make VLAN %u on %s", tag, parent->name);
	}
	return 0;
}

int netlink_del(struct netlink *nl, const char *name, struct err *e)
{
	struct ifinfomsg *info;
	char buffer[512] = { 0 };
	struct nlmsghdr *message = link_request(nl, buffer, RTM_DELLINK, &info);
	int r;

	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	r = netlink_exchange(nl, message, NULL, NULL);
	if (r == 0 || r == -ENODEV)
		return 0;
	errno = -r;
	return err_sys(e, name, "remove the interface");
}

static void put_vlans(struct nlmsghdr *message, unsigned first, unsigned last, unsigned flags)
{
	struct bridge_vlan_info info = { .vid = (uint16_t)first, .flags = (uint16_t)flags };

	if (last != first) {
		info.flags |= BRIDGE_VLAN_INFO_RANGE_BEGIN;
		mnl_attr_put(message, IFLA_BRIDGE_VLAN_INFO, sizeof info, &info);
		info.flags ^= BRIDGE_VLAN_INFO_RANGE_BEGIN | BRIDGE_VLAN_INFO_RANGE_END;
		info.vid = (uint16_t)last;
	}
	mnl_attr_put(message, IFLA_BRIDGE_VLAN_INFO, sizeof info, &info);
}

/* SETLINK adds VLANs to a port, DELLINK removes them; vlans NULL: all VLANs. */
static int change_vlans(struct netlink *nl, unsigned type, const struct link *port,
			const struct port_vlans *vlans, struct err *e)
{
	autofree char *buffer = xcalloc(1, 512 + (vlans ? vlans->n_trunks : 0) * 32);
	struct ifinfomsg *info;
	struct nlmsghdr *message = link_request(nl, buffer, type, &info);
	struct nlattr *nest;
	int r;

	info->ifi_family = AF_BRIDGE;
	info->ifi_index = port->index;
	nest = mnl_attr_nest_start(message, IFLA_AF_SPEC);
	if (vlans) {
		for (size_t i = 0; i < vlans->n_trunks; i++)
			put_vlans(message, vlans->trunks[i].first, vlans->trunks[i].last, 0);
		put_vlans(message, vlans->tag, vlans->tag,
			  BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED);
	} else {
		put_vlans(message, 1, 4094, 0);
	}
	mnl_attr_nest_end(message, nest);
	r = netlink_exchange(nl, message, NULL, NULL);
	if (r == -EOPNOTSUPP)
		return err_set(e, EOPNOTSUPP, port->name,
			       "this kernel's bridges do not filter VLANs");
	errno = -r;
	return r < 0 ? err_sys(e, port->name, "set the VLANs of the bridge's port") : 0;
}

int netlink_set_vlans(struct netlink *nl, const struct link *port, const struct port_vlans *vlans,
		      struct err *e)
{
	int r = change_vlans(nl, RTM_DELLINK, port, NULL, e);

	return r < 0 ? r : change_vlans(nl, RTM_SETLINK, port, vlans, e);
}
