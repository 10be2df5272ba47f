/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How one consumer's network files are spelt.
 *
 * A renderer is one file, setup/net/NAME.c, that exports one const struct renderer, and one row of
 * renderers[] in renderers.c.  To add one, copy ifupdown.c.  It knows no distribution: whether
 * its consumer is in a rootfs follows from binaries, enabled units, runlevels and files.
 */
#ifndef SETUP_NET_RENDERER_H
#define SETUP_NET_RENDERER_H

#include <stdbool.h>

struct err;
struct net;
struct setup;

enum consumer_state {
	CONSUMER_ABSENT,
	CONSUMER_INSTALLED, /* it is there; nothing says that the boot runs it */
	CONSUMER_ENABLED,   /* the boot runs it */
};

struct renderer {
	const char *name;
	const char *files; /* that it writes, for people */
	bool takes_all;    /* an interface that no file names as well */
	bool stands_alone; /* where it is used, systemd-networkd has nothing to do */
	bool one_gateway;  /* of a family: with a second it fails, or has but one of them */
	/* How it is enabled inside; with systemd "systemctl enable UNIT", which may be masked. */
	const char *enable;
	/*
	 * The programs of which one must be there for ip=dhcp and ip6=dhcp; NULL-terminated names.
	 * NULL: the consumer is a client itself.
	 */
	const char *const *dhcp4_clients, *const *dhcp6_clients;
	/* *ret_why, freed by the caller, is set unless the consumer is absent.  Asks services.h. */
	enum consumer_state (*probe)(struct setup *s, char **ret_why);
	/*
	 * Write s->conf->nets, in whole files by managed.h, which also takes away what is no longer
	 * written.  Idempotent, like every step.  What the consumer cannot do becomes the nearest
	 * correct thing and a finding, never silently less.
	 */
	int (*render)(struct setup *s, struct err *e);
	/*
	 * The path of a file, not one of ours, by which the consumer takes this interface: it
	 * shadows ours, or competes with the chosen consumer.  NULL: none.  The caller frees.
	 */
	char *(*claims)(struct setup *s, const char *ifname);
	/*
	 * What the consumer's files say of the interface net->name, into net
	 * (setup/net/read-back.h); false: nothing.  *ret_path, freed by the caller, is the main
	 * one.  May be NULL.
	 */
	bool (*read_back)(struct setup *s, struct net *net, char **ret_path);
};

extern const struct renderer renderer_ifupdown;
extern const struct renderer renderer_dhcpcd, renderer_netifrc;
extern const struct renderer renderer_ifcfg, renderer_ifcfg_rh; /* ifcfg.c */
extern const struct renderer renderer_wicked, renderer_uci;
extern const struct renderer renderer_wicked;
extern const struct renderer renderer_netplan;
extern const struct renderer renderer_networkd;
extern const struct renderer renderer_networkmanager;

extern const struct renderer *const renderers[]; /* NULL-terminated: setup/net/renderers.c */

/*
 * The consumer that reads this rootfs's network files; NULL: none that we write for.  Every one
 * that is there is put into the report.
 */
const struct renderer *renderer_find(struct setup *s, enum consumer_state *ret_state,
				     char **ret_why);

/* A finding for each route of that family, which is left out as the family is off. */
void network_note_routes(struct setup *s, const struct net *net, int family);

/* What is wrong between the config, the chosen renderer and the rootfs, after rendering. */
void network_findings(struct setup *s);

#endif
