/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Resolvers: programs in the container that write /etc/resolv.conf or the target of its link, and
 * how setup gives them the name servers.  To add one, add a row to resolvers[] in resolver.c.
 */
#ifndef SETUP_RESOLVER_H
#define SETUP_RESOLVER_H

#include <stdbool.h>

#include "setup/services.h"

struct err;
struct setup;

struct resolver {
	const char *name;
	/* Beginnings of the link's target, without leading "/" and "../". */
	const char *const *targets;
	bool overwrites; /* it overwrites /etc/resolv.conf even if that is a file */
	bool steps_aside; /* once tell() has run, it leaves that file alone */
	enum service_state (*probe)(struct setup *s);
	/* Write s->dns to the resolver's own files; remove it there if it is empty.  Idempotent. */
	int (*tell)(struct setup *s, struct err *e);
};

/* The resolver whose run-time file is the target of the link /etc/resolv.conf; NULL: unknown. */
const struct resolver *resolver_of_link(const char *target);

/* Call tell() of the resolvers that step aside. */
int resolvers_tell_clients(struct setup *s, struct err *e);

/* Call tell() of each enabled resolver that overwrites a file.  *ret_told: the first of them. */
int resolvers_tell_writers(struct setup *s, const struct resolver **ret_told, struct err *e);

#endif
