/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes a running container. */
#ifndef CT_LIVE_LIVE_H
#define CT_LIVE_LIVE_H

#include <stdbool.h>

#include "lib/conf/conf.h"

struct ct;
struct err;

struct live {
	struct ct *ct;  /* its notes get the warnings */
	unsigned ctid;
	int init;       /* pidfd; -1: not needed so far */
	bool looked;    /* consumer and resolver are known */
	char *consumer; /* the program that configures networks in the container; NULL: none */
	char *resolver; /* the program that must be told of new name servers; NULL: none */
	bool nets_changed, dns_changed; /* the files of the consumer, or of the resolver, changed */
	struct conf_changes changes;    /* what live_apply() applies */
	char **again; /* options whose value is given again; see live_again() */
};

void live_done(struct live *l);

/* Whether the change c of an option can be applied to a running container. */
bool live_can(struct live *l, const struct conf_change *c, const struct conf_file *from,
	      const struct conf_file *to);

/*
 * Have live_apply() apply an option again whose value does not change: something in the container
 * may have changed the state since.  False if it is not set, or no option that can be applied.
 */
bool live_again(struct live *l, const char *option, const struct conf_file *to);

/*
 * Change the running container from the config "from" to the config "to".  live_can() must be true
 * of all their differences.  If a step fails, this step and the steps before it are undone.
 */
int live_apply(struct live *l, const struct conf_file *from, const struct conf_file *to,
	       struct err *e);

/* To be called once the config is saved: make programs in the container use it.  Failures become
 * notes. */
void live_settle(const struct live *l, const struct conf_file *from, const struct conf_file *to);

/* ---- shared by live*.c only ---- */
bool live_differs(const struct live *l, const char *option);
const struct net *live_net(const struct conf *conf, unsigned n); /* NULL: there is none */
/* The CONF_NET_* parts to apply; all if nothing differs: the value is given again. */
unsigned live_net_concerns(const struct net *old, const struct net *new);
bool live_is_told(const char *consumer); /* a command makes this program reload its files */
bool live_can_net(struct live *l, const struct conf *from, const struct conf *to, unsigned n);
int live_need_init(struct live *l, struct err *e); /* open the pidfd of init */
bool live_can_volume(struct live *l, const struct conf *from, const struct conf *to,
		     const char *slot);
bool live_can_device(const struct live *l, const struct conf *from, const struct conf *to,
		     const char *slot);
int live_change_devices(struct live *l, const struct conf_file *from, const struct conf_file *to,
			struct err *e);
int live_change_volumes(struct live *l, const struct conf_file *from, const struct conf_file *to,
			struct err *e);
/* The program that configures networks in the container; NULL: none, or unknown.  Cached. */
const char *live_consumer(struct live *l, const struct conf *conf);
int live_change_nets(struct live *l, const struct conf_file *from, const struct conf_file *to,
		     struct err *e);

#endif
