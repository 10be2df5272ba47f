/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Renderers: each writes the network files of one consumer, the program that reads them.
 *
 * A renderer is one file, setup/net/NAME.c, that exports one const struct renderer, and one row of
 * renderers[] in renderers.c.  To add one, copy ifupdown.c.  It does not depend on the
 * distribution: it finds its consumer by programs, enabled units, runlevels and files.
 */
#ifndef SETUP_NET_RENDERER_H
#define SETUP_NET_RENDERER_H

#include <stdbool.h>

struct err;
struct net;
struct setup;

enum consumer_state {
	CONSUMER_ABSENT,
	CONSUMER_INSTALLED, /* installed, but not started at boot */
	CONSUMER_ENABLED,   /* started at boot */
};

struct renderer {
	const char *name;
	const char *files; /* path or pattern of the files that it writes, for messages */
	bool takes_all;    /* the consumer also configures interfaces without a file */
	bool stands_alone; /* systemd-networkd is not needed beside it */
	bool one_gateway;  /* it writes only one gateway of a family in all interfaces */
	/* The command that enables it, "systemctl enable UNIT" with systemd; UNIT may be masked. */
	const char *enable;
	/*
	 * Names of DHCP clients, NULL-terminated; ip=dhcp and ip6=dhcp need one of them.  NULL: the
	 * consumer itself is a client.
	 */
	const char *const *dhcp4_clients, *const *dhcp6_clients;
	/* Find the consumer, by setup/services.h.  *ret_why is set unless the consumer is absent;
	 * the caller frees. */
	enum consumer_state (*probe)(struct setup *s, char **ret_why);
	/*
	 * Write the files of s->conf->nets.  Whole files are written by managed.h, which also
	 * removes files that are no longer written.  Idempotent, like every step.  If the consumer
	 * does not support a setting, write the nearest correct one and add a finding.
	 */
	int (*render)(struct setup *s, struct err *e);
	/*
	 * The path of a file that pct did not write, and that makes the consumer configure this
	 * interface: it overrides pct's file, or competes with the chosen consumer.  NULL: none.
	 * The caller frees.
	 */
	char *(*claims)(struct setup *s, const char *ifname);
	/*
	 * Read the consumer's files about the interface net->name into net
	 * (setup/net/read-back.h).  False: there are none.  *ret_path is the main file; the caller
	 * frees.  May be NULL: not supported.
	 */
	bool (*read_back)(struct setup *s, struct net *net, char **ret_path);
};

extern const struct renderer renderer_ifupdown;
extern const struct renderer renderer_dhcpcd, renderer_netifrc;
extern const struct renderer renderer_ifcfg, renderer_ifcfg_rh; /* setup/net/ifcfg.c */
extern const struct renderer renderer_wicked, renderer_uci;
extern const struct renderer renderer_netplan;
extern const struct renderer renderer_networkd;
extern const struct renderer renderer_networkmanager;

extern const struct renderer *const renderers[]; /* NULL-terminated: setup/net/renderers.c */

/*
 * The renderer of the consumer to write for; NULL: no known consumer.  Adds every installed
 * consumer to the report.
 */
const struct renderer *renderer_find(struct setup *s, enum consumer_state *ret_state,
				     char **ret_why);

/* Add a finding for each route of a family that is off, because such a route is not written. */
void network_note_routes(struct setup *s, const struct net *net, int family);

/*
 * Whether another network has the default route of the family, and the renderer writes only one:
 * ifup fails for the second, and would not run the later lines of its stanza; networkd gives both
 * the same metric, so that either may win.
 */
bool network_omits_gateway(const struct setup *s, const struct net *net, bool ip6);

/* After rendering: add a finding for each reason why the networks may not come up. */
void network_findings(struct setup *s);

#endif
