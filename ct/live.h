/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing a container that runs. */
#ifndef CT_LIVE_H
#define CT_LIVE_H

#include <stdbool.h>

#include "lib/conf/conf.h"

struct ct;
struct err;

struct live {
	struct ct *ct;  /* whose notes get the warnings */
	unsigned ctid;
	int init;       /* pidfd; -1: not needed so far */
	bool looked;    /* consumer and resolver are known */
	char *consumer; /* who reads network files inside; NULL: nobody */
	char *resolver; /* who is told the name servers there; NULL: nobody */
	bool nets_changed, dns_changed; /* what they read has */
	struct conf_changes changes;    /* what live_apply() changes */
};

void live_done(struct live *l);

/* Whether this change of an option can be made while the container runs. */
bool live_can(struct live *l, const struct conf_change *c, const struct conf_file *from,
	      const struct conf_file *to);

/*
 * Bring the container from what one config says to what another one says; they differ in options
 * of live_can() alone.  When a step fails it and those before it are undone.
 */
int live_apply(struct live *l, const struct conf_file *from, const struct conf_file *to,
	       struct err *e);

/* Once the config is saved: tell the programs inside that use it.  Failures become notes. */
void live_settle(const struct live *l, const struct conf_file *from, const struct conf_file *to);

/* Between live*.c. */
bool live_differs(const struct live *l, const char *option);
const struct net *live_net(const struct conf *conf, unsigned n); /* NULL: there is none */
bool live_is_told(const char *consumer); /* there is a way to have it look at its files again */
bool live_can_net(struct live *l, const struct conf *from, const struct conf *to, unsigned n);
/* Who reads network files inside; NULL: nobody, or it cannot be found out.  Looks once. */
const char *live_consumer(struct live *l, const struct conf *conf);
int live_change_nets(struct live *l, const struct conf_file *from, const struct conf_file *to,
		     struct err *e);

#endif
