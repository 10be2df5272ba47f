/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of /etc/network/interfaces, interfaces(5): an edit that keeps what others wrote.
 *
 * What has no option in every dialect -- further addresses, an on-link gateway, routes, a token --
 * is a section of commands in the stanza, between markers.
 */
#ifndef SETUP_NET_IFUPDOWN_EDIT_H
#define SETUP_NET_IFUPDOWN_EDIT_H

#include <stdbool.h>

struct conf;

enum interfaces_dialect {
	INTERFACES_NETMASK = 1,         /* "address" and "netmask" instead of CIDR */
	INTERFACES_NO_INET6_AUTO = 2,   /* "inet6 dhcp" and "inet6 auto" are "manual" */
	INTERFACES_NO_INET6_LO = 4,     /* busybox: "iface lo inet6" fails, ::1 is there already */
	INTERFACES_HOTPLUG_IS_AUTO = 8, /* the boot brings up allow-hotplug interfaces, too */
	INTERFACES_NO_SYSCTL = 16,      /* ifup leaves accept_ra to us */
	INTERFACES_NO_TOKEN = 32,       /* busybox's ip has no "ip token" */
	/* The client that a dialect without "inet6 dhcp" starts; none: advertisements only. */
	INTERFACES_DHCPCD6 = 64,
	INTERFACES_DHCLIENT6 = 128,
	INTERFACES_UDHCPC6 = 256,
	INTERFACES_MANUAL_IS_DOWN = 512, /* busybox: "manual" leaves the link down */
	INTERFACES_NO_DHCP6 = 1024,      /* "inet6 dhcp" is "auto": Debian's ifup has no client */
};

/* What is remembered of earlier runs, by part: "iface eth0 inet", "auto eth0". */
struct interfaces_ledger {
	bool (*is_ours)(void *arg, const char *part, const char *text);
	void (*record)(void *arg, const char *part, const char *text);
	void *arg;
};

/*
 * The new text; the caller frees.  old NULL: there is no file.  NULL: the config says nothing of
 * addresses, and the file is no business of ours.  ledger may be NULL: nothing is remembered.
 *
 * The first stanza of an interface and family that the config gives an address is rewritten in
 * place: address lines and gateway are ours, other options and comments stay, and so does every
 * other stanza.  A stanza whose family the config leaves out for such an interface goes (the caller
 * keeps the file aside where it has more than addresses).  One of
 * an interface that the config gives no address goes if it is, to the letter, what we wrote.
 */
char *interfaces_edit(const char *old, const struct conf *conf, unsigned dialect,
		      const struct interfaces_ledger *ledger);

/* True when a file has a stanza for the interface, other than the loopback kind. */
bool interfaces_has(const char *text, const char *ifname);

#endif
