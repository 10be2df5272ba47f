/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct net: what config, files and kernel say of a network, side by side. */
#ifndef PCT_NET_NET_H
#define PCT_NET_NET_H

#include <stdbool.h>

#include "lib/conf/conf.h"
#include "lib/net/netstate.h"
#include "lib/net/port.h"
#include "setup/setup.h"

struct err;

/* The kernel's part of netN. */
struct net_ends {
	bool host_there;
	bool host_up;
	unsigned host_mtu;
	char bridge[16];        /* as configured, behind bridges that are made for it; "": none */
	bool bridge_is_known;   /* else it is Open vSwitch's affair */
	bool firewall_bridge;   /* there is one in between */
	unsigned tag;           /* 0: none */
	unsigned expected_mtu;  /* the config's, else the bridge's; 0: not known */
	char host[16];
	struct netstate_port port;
	struct port_counters counters;
	enum port_rules rules;
	struct netstate_link *inside;
};

struct net_look {
	unsigned ctid;
	const struct conf *conf;
	bool running;
	struct report files;
	struct netstate_link *inside; /* as conf->nets */
	struct net_ends *ends;        /* likewise; NULL unless it runs */
};

int net_look(const struct conf *conf, struct net_look *ret, struct err *e);
/* Any folder, as if it were the rootfs of a stopped container. */
int net_look_at_folder(const struct conf *conf, const char *rootfs, struct net_look *ret,
		       struct err *e);
void net_look_done(struct net_look *look);

/* Lines of one network.  NULL: there is nothing to be said in this place. */
enum net_column { COLUMN_CONFIG, COLUMN_FILES, COLUMN_KERNEL, COLUMNS };
struct net_row {
	const char *key;
	char *text[COLUMNS];
	bool differs[COLUMNS]; /* from the config */
};
struct net_rows {
	struct net_row row[24];
	unsigned n;
	bool differ;
};
void net_rows_make(const struct net_look *look, size_t index, struct net_rows *ret);
void net_rows_done(struct net_rows *rows);

#endif
