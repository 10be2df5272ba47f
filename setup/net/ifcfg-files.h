/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files ifcfg-IFACE of Red Hat's: whether NetworkManager reads them, and those of others. */
#ifndef SETUP_NET_IFCFG_FILES_H
#define SETUP_NET_IFCFG_FILES_H

#define IFCFG_DIR "/etc/sysconfig/network-scripts"

struct setup;

enum ifcfg_plugin {
	IFCFG_PLUGIN_NONE,
	IFCFG_PLUGIN_READS,     /* beside the keyfiles, where NetworkManager writes its own */
	IFCFG_PLUGIN_PREFERRED, /* it is where they are written, too */
};

enum ifcfg_plugin ifcfg_plugin(struct setup *s);

/*
 * The first file that is not ours and has DEVICE=IFNAME, but for those that are not brought up by
 * themselves, and for the one called but (NULL: none).  NULL: there is none; the caller frees.
 */
char *ifcfg_find(struct setup *s, const char *ifname, const char *but);

#endif
