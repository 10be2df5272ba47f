/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option --idmap of create and set. */
#ifndef CT_IDMAP_H
#define CT_IDMAP_H

#include <stdbool.h>

struct conf;
struct conf_file;
struct err;

bool idmap_option_is_auto(const char *value);

/*
 * Give a container a range of its own; one that it has already stays.  The caller holds
 * ct_lock_ids() until the config is saved.
 */
int idmap_option_assign(struct conf_file *f, struct err *e);

/* Whether the files of a container may belong to the ids of another config. */
int idmap_option_check(const struct conf *old, const struct conf *new, struct err *e);

/* Tell of ids in the config's lines that another container has for its own. */
void idmap_option_warn(const struct conf *conf);

#endif
