/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads the network files of a rootfs into the same struct as the config, so that both can be
 * compared as text.
 *
 * The files are hostile.  Only valid addresses are taken from them, and no more than a config may
 * have.
 */
#ifndef SETUP_NET_READ_BACK_H
#define SETUP_NET_READ_BACK_H

#include <stdbool.h>

#include "lib/conf/conf.h"

struct setup;

/* Add an address, skipping invalid text.  Without a prefix, it gets the longest one. */
void read_back_address(struct net *net, const char *text);
void read_back_cidr(struct net *net, const struct cidr *cidr);
void read_back_gateway(struct net *net, const char *text);
/* Add a route.  via NULL or "": an on-link route.  "default" or a prefix of 0: the gateway. */
void read_back_route(struct net *net, const char *to, const char *via);

/*
 * To be called at the end: drops on-link routes to the gateway and to next hops, which are not in
 * the config.
 */
void read_back_finish(struct net *net);

/* Call take() for each "[SECTION]" and each "KEY=VALUE" line, with surrounding blanks removed. */
void read_back_ini(const char *text,
		   void (*take)(void *arg, const char *section, const char *key, char *value),
		   void *arg);

/*
 * A field of a struct net as text to show and to compare: "10.0.0.5/24", "dhcp"; addresses and
 * routes are sorted.  "": not set.  The caller frees.
 */
enum net_field { NET_IP, NET_GW, NET_IP6, NET_GW6, NET_ROUTES, NET_FIELDS };
extern const char *const net_field_names[NET_FIELDS];
char *net_field_text(const struct net *net, enum net_field field);

/* Fill s->report->nets for the networks of the config, by the renderer's read_back(). */
void read_back_all(struct setup *s);

/* read_back() of struct renderer, for each format. */
typedef bool read_back_fn(struct setup *s, struct net *net, char **ret_path);
read_back_fn read_back_ifupdown, read_back_networkd, read_back_nm, read_back_netplan,
	read_back_ifcfg;

#endif
