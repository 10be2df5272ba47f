/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Two networks, of whatever container, with one hardware address or one static address. */
#ifndef CT_CLASHES_H
#define CT_CLASHES_H

#include <stddef.h>

struct conf;
struct conf_findings;
struct ct;

/*
 * Note the addresses that networks of new share with other networks.  Networks that are the same in
 * old (NULL: none is) are passed over, so that an unchanged network costs nothing.
 */
void clashes_note(struct ct *ct, const struct conf *old, const struct conf *new);

/* All of many configs: add is called for each, then find for each. */
struct clashes;
struct clashes *clashes_new(void);
void clashes_add(struct clashes *c, const struct conf *conf);
void clashes_find(struct clashes *c, const struct conf *conf, struct conf_findings *to);
void clashes_free(struct clashes *c);

#endif
