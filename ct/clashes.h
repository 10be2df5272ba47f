/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two networks, of whatever container, with one hardware address or one static address. */
#ifndef CT_CLASHES_H
#define CT_CLASHES_H

#include <stddef.h>

struct conf;
struct conf_findings;
struct inventory;

/*
 * Warn on standard error of what the networks of new share with others.  Those that old has, too,
 * are passed over (NULL: none), so that what has not changed costs nothing.
 */
void clashes_warn(const struct conf *old, const struct conf *new);

/* All of many configs: add is called for each, then find for each. */
struct clashes;
struct clashes *clashes_new(void);
void clashes_add(struct clashes *c, const struct conf *conf);
void clashes_find(struct clashes *c, const struct conf *conf, struct conf_findings *to);
void clashes_free(struct clashes *c);

#endif
