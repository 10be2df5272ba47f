/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of /etc/network/interfaces, interfaces(5): an edit that keeps what others wrote. */
#ifndef SETUP_INTERFACES_H
#define SETUP_INTERFACES_H

struct conf;

enum interfaces_dialect {
	INTERFACES_NETMASK = 1,         /* "address" and "netmask" instead of CIDR */
	INTERFACES_NO_INET6_AUTO = 2,   /* busybox: "inet6 dhcp" and "inet6 auto" are "manual" */
	INTERFACES_NO_INET6_LO = 4,     /* busybox: "iface lo inet6" fails, ::1 is there already */
	INTERFACES_HOTPLUG_IS_AUTO = 8, /* the boot brings up allow-hotplug interfaces, too */
};

/*
 * The new text; the caller frees.  old NULL: there is no file.  NULL: the config says nothing of
 * addresses, and the file is no business of ours.
 *
 * The first stanza of an interface and family that the config gives an address is rewritten in
 * place: address lines and gateway are ours, other options and comments stay, and so does every
 * other stanza.  A stanza whose family the config leaves out for such an interface goes.
 */
char *interfaces_edit(const char *old, const struct conf *conf, unsigned dialect);

#endif
