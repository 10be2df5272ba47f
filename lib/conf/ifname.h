/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of a container's network interfaces on the host. */
#ifndef LIB_CONF_IFNAME_H
#define LIB_CONF_IFNAME_H

#define IFNAME_SIZE 16 /* IFNAMSIZ of the kernel, NUL included */

/*
 * The interface of network n of a container: role "veth" gives veth105.0, or v999999999.10 where
 * that is longer than 15 characters; fwbr, fwpr and fwln of the firewall bridge likewise, as fwb,
 * fwp and fwl.
 */
void ifname(char ret[IFNAME_SIZE], const char *role, unsigned ctid, unsigned n);

#endif
