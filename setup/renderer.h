/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How one consumer's network files are spelt.
 *
 * A renderer is one file, setup/net-NAME.c, that exports one const struct renderer, and one row of
 * renderers[] in network.c.  To add one, copy net-ifupdown.c.  It knows no distribution: whether
 * its consumer is in a rootfs follows from binaries, enabled units, runlevels and files.
 */
#ifndef SETUP_RENDERER_H
#define SETUP_RENDERER_H

#include <stdbool.h>

struct err;
struct setup;

enum consumer_state {
	CONSUMER_ABSENT,
	CONSUMER_INSTALLED, /* it is there; nothing says that the boot runs it */
	CONSUMER_ENABLED,   /* the boot runs it */
};

struct renderer {
	const char *name;
	bool stands_alone; /* where it is used, systemd-networkd has nothing to do */
	/* *ret_why, freed by the caller, is set unless the consumer is absent. */
	enum consumer_state (*probe)(struct setup *s, char **ret_why);
	/* Write s->conf->nets.  Idempotent, like every step. */
	int (*render)(struct setup *s, struct err *e);
};

extern const struct renderer renderer_ifupdown;

/* The consumer that reads this rootfs's network files; NULL: none that we write for. */
const struct renderer *renderer_find(struct setup *s, enum consumer_state *ret_state,
				     char **ret_why);

#endif
