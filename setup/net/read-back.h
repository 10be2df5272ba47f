/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the network files of a rootfs say of an interface, whoever wrote it: read into the struct
 * that the config is read into, so that both can be told as the same text.
 *
 * Files are foreign text.  Only what is a valid address is taken from them, and no more of it than
 * a config may have.
 */
#ifndef SETUP_NET_READ_BACK_H
#define SETUP_NET_READ_BACK_H

#include <stdbool.h>

#include "lib/conf/conf.h"

struct setup;

/* Bits of a text, as they come; what is none is left out.  "10.0.0.5" has a prefix of its own. */
void read_back_address(struct net *net, const char *text);
void read_back_cidr(struct net *net, const struct cidr *cidr);
void read_back_gateway(struct net *net, const char *text);
/* via NULL or "": on the link.  "default" and a prefix of 0 are the gateway. */
void read_back_route(struct net *net, const char *to, const char *via);

/*
 * At the end: drop routes that are there only to reach the gateway or another route's hop, as the
 * config does not name them.
 */
void read_back_finish(struct net *net);

/* For files of "[SECTION]" and "KEY=VALUE" lines; blanks around each are gone. */
void read_back_ini(const char *text,
		   void (*take)(void *arg, const char *section, const char *key, char *value),
		   void *arg);

/*
 * A struct net, of a config or of files, as text to show and to compare: "10.0.0.5/24", "dhcp",
 * addresses and routes in order.  "": it says nothing.  The caller frees.
 */
enum net_field { NET_IP, NET_GW, NET_IP6, NET_GW6, NET_ROUTES, NET_FIELDS };
extern const char *const net_field_names[NET_FIELDS];
char *net_field_text(const struct net *net, enum net_field field);

/* Fill s->report->nets for the networks of the config, by the renderer's read_back(). */
void read_back_all(struct setup *s);

/* The operation of struct renderer, one for each format. */
typedef bool read_back_fn(struct setup *s, struct net *net, char **ret_path);
read_back_fn read_back_ifupdown, read_back_networkd, read_back_nm, read_back_netplan,
	read_back_ifcfg;

#endif
