/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Red Hat's files ifcfg-IFACE: whether NetworkManager reads them, and files of users. */
#ifndef SETUP_NET_IFCFG_FILES_H
#define SETUP_NET_IFCFG_FILES_H

#define IFCFG_DIR "/etc/sysconfig/network-scripts"

struct setup;

enum ifcfg_plugin {
	IFCFG_PLUGIN_NONE,
	IFCFG_PLUGIN_READS,     /* NetworkManager reads them, and writes keyfiles */
	IFCFG_PLUGIN_PREFERRED, /* NetworkManager reads and writes them */
};

enum ifcfg_plugin ifcfg_plugin(struct setup *s);

/*
 * The path of the first file with DEVICE=IFNAME that pct did not write, except files that are not
 * brought up at boot, and the file named but (may be NULL).  NULL: none.  The caller frees.
 */
char *ifcfg_find(struct setup *s, const char *ifname, const char *but);

#endif
