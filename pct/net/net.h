/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct net: compares the networks in config, container files and kernel. */
#ifndef PCT_NET_NET_H
#define PCT_NET_NET_H

#include <stdbool.h>

#include "lib/conf/conf.h"
#include "lib/net/netstate.h"
#include "lib/net/port.h"
#include "setup/setup.h"

struct err;

/* The state of netN in the kernel. */
struct net_ends {
	bool host_there;
	bool host_up;
	unsigned host_mtu;
	char bridge[16];        /* the bridge behind firewall and VLAN bridges; "": none */
	bool bridge_is_known;   /* false: an Open vSwitch bridge that cannot be queried */
	bool firewall_bridge;   /* a firewall bridge is between veth and bridge */
	unsigned tag;           /* 0: none */
	unsigned expected_mtu;  /* from the config, else from the bridge; 0: unknown */
	char host[16];
	struct netstate_port port;
	struct port_counters counters;
	enum port_rules rules;
	char *fault;            /* what --repair repairs, and the remedy; NULL: nothing */
	struct netstate_link *inside;
};

struct net_look {
	unsigned ctid;
	const struct conf *conf;
	bool running;
	struct report files;
	struct netstate_link *inside; /* indexed like conf->nets */
	struct net_ends *ends;        /* indexed like conf->nets; NULL: the container is stopped */
};

int net_look(const struct conf *conf, struct net_look *ret, struct err *e);
/* Look at a folder as the root file system of a stopped container. */
int net_look_at_folder(const struct conf *conf, const char *rootfs, struct net_look *ret,
		       struct err *e);
void net_look_done(struct net_look *look);

/* The table of one network.  A text of NULL means that the column has no such value. */
enum net_column { COLUMN_CONFIG, COLUMN_FILES, COLUMN_KERNEL, COLUMNS };
struct net_row {
	const char *key;
	char *text[COLUMNS];
	bool differs[COLUMNS]; /* the text differs from the config */
};
struct net_rows {
	struct net_row row[24];
	unsigned n;
	bool differ;
};
void net_rows_make(const struct net_look *look, size_t index, struct net_rows *ret);
void net_rows_done(struct net_rows *rows);

/*
 * Repair the networks of a container, or with ctid 0 of all running ones.  Prints a line for each
 * repair and each failure.  Returns the exit status, or -errno if none could be repaired.
 */
int net_repair(unsigned ctid, struct err *e);

#endif
