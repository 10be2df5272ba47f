/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Edits the text of /etc/network/interfaces, interfaces(5), and keeps the lines of users.
 *
 * Settings without an option in every dialect (further addresses, an on-link gateway, routes, a
 * token) become commands in the stanza, in a section between markers.
 */
#ifndef SETUP_NET_IFUPDOWN_IFUPDOWN_EDIT_H
#define SETUP_NET_IFUPDOWN_IFUPDOWN_EDIT_H

#include <stdbool.h>

struct conf;

enum interfaces_dialect {
	INTERFACES_NETMASK = 1,         /* "address" and "netmask" instead of CIDR */
	INTERFACES_NO_INET6_AUTO = 2,   /* write "manual" for "inet6 dhcp" and "inet6 auto" */
	INTERFACES_NO_INET6_LO = 4,     /* busybox: "iface lo inet6" fails, as ::1 already exists */
	INTERFACES_HOTPLUG_IS_AUTO = 8, /* the boot also brings up allow-hotplug interfaces */
	INTERFACES_NO_SYSCTL = 16,      /* ifup does not set accept_ra: write commands */
	INTERFACES_NO_TOKEN = 32,       /* busybox's ip has no "ip token" */
	/* The client to start in a dialect without "inet6 dhcp"; neither: only advertisements. */
	INTERFACES_DHCPCD6 = 64,
	INTERFACES_DHCLIENT6 = 128,
	INTERFACES_UDHCPC6 = 256,
	INTERFACES_MANUAL_IS_DOWN = 512, /* busybox: "manual" leaves the link down */
	INTERFACES_NO_DHCP6 = 1024,      /* write "auto" for "inet6 dhcp": ifup lacks its client */
	/* ifupdown2: with stanzas of both families, each method is used for both of them. */
	INTERFACES_ONE_STANZA = 2048,
	INTERFACES_RESETS_MTU = 4096, /* ifupdown2: to 1500, without an "mtu" */
};

/* Access to the ledger, for parts like "iface eth0 inet" and "auto eth0". */
struct interfaces_ledger {
	bool (*is_ours)(void *arg, const char *part, const char *text);
	void (*record)(void *arg, const char *part, const char *text);
	void *arg;
};

/*
 * Returns the new text, which the caller frees, or NULL if the config has no addresses and the file
 * stays as it is.  old NULL: there is no file.  ledger may be NULL: nothing was recorded.  name:
 * the name that the DHCP client is to send; NULL: it needs no option for that.
 *
 * For an interface and family with an address in the config, the first stanza is rewritten in
 * place: its address lines and gateway are replaced; other options, comments and other stanzas
 * stay.  If the config has only the other family, the stanza is removed (the caller saves the file
 * if the stanza has more than addresses).  A stanza of an interface without any address in the
 * config is removed only if it is exactly what pct wrote.
 */
char *interfaces_edit(const char *old, const struct conf *conf, unsigned dialect, const char *name,
		      const struct interfaces_ledger *ledger);

/* Whether text has a stanza for the interface, except one of the method "loopback". */
bool interfaces_has(const char *text, const char *ifname);

#endif
