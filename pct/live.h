/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing a container that runs. */
#ifndef PCT_LIVE_H
#define PCT_LIVE_H

#include <stdbool.h>

struct conf;
struct conf_file;
struct err;

/* The container that a step changes. */
struct live {
	unsigned ctid;
	int init; /* pidfd of its init */
};

/* Whether this change of an option can be made while the container runs. */
bool live_can(const char *option, const struct conf_file *from, const struct conf_file *to);

/*
 * Bring a running container from what one config says to what another one says; they differ in
 * options of live_can() alone.  When a step fails it and those before it are undone.
 */
int live_apply(const struct conf_file *from, const struct conf_file *to, struct err *e);

/* Of live-net.c; netN is there in one of the two. */
bool live_can_net(const struct conf *from, const struct conf *to, unsigned n);
int live_change_nets(const struct live *l, const struct conf_file *from, const struct conf_file *to,
		     struct err *e);

#endif
