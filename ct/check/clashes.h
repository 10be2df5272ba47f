/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds networks of any containers that have the same hardware address or static address. */
#ifndef CT_CHECK_CLASHES_H
#define CT_CHECK_CLASHES_H

#include <stddef.h>

struct conf;
struct conf_findings;
struct ct;

/*
 * Add a note to ct for each address that networks of new share with other networks.  Networks that
 * have the same addresses in old are skipped, which saves time.  old may be NULL: check all.
 */
void clashes_note(struct ct *ct, const struct conf *old, const struct conf *new);

/* For many configs at once: call clashes_add() for each, then clashes_find() for each. */
struct clashes;
struct clashes *clashes_new(void);
void clashes_add(struct clashes *c, const struct conf *conf);
void clashes_find(struct clashes *c, const struct conf *conf, struct conf_findings *to);
void clashes_free(struct clashes *c);

#endif
