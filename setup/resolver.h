/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Programs inside that make /etc/resolv.conf, or what it links to, and how each is told the name
 * servers.  To add one: a row of resolvers[] in resolver.c.
 */
#ifndef SETUP_RESOLVER_H
#define SETUP_RESOLVER_H

#include <stdbool.h>

#include "setup/services.h"

struct err;
struct setup;

struct resolver {
	const char *name;
	/* Beginnings of what the link leads to, less "/" and "../" at its front. */
	const char *const *targets;
	bool overwrites; /* it writes /etc/resolv.conf also where that is a file */
	bool steps_aside; /* told, it leaves that file to us */
	enum service_state (*probe)(struct setup *s);
	/* Give it s->dns, idempotently; where that is empty, what was given is taken back. */
	int (*tell)(struct setup *s, struct err *e);
};

/* Whose run-time file a link of /etc/resolv.conf leads to; NULL: nobody's known here. */
const struct resolver *resolver_of_link(const char *target);

/* Tell those that, told, leave what others write to these. */
int resolvers_tell_clients(struct setup *s, struct err *e);

/* Tell each that the boot starts and that overwrites a file; *ret_told: the first of them. */
int resolvers_tell_writers(struct setup *s, const struct resolver **ret_told, struct err *e);

#endif
