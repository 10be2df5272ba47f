/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Id maps of containers against those of others. */
#ifndef CT_IDMAP_H
#define CT_IDMAP_H

struct conf;
struct conf_file;
struct ct;
struct err;

/*
 * Give a container a range of its own; one that it has already stays.  The caller holds
 * ct_lock_ids() until the config is saved.
 */
int ct_idmap_assign(struct conf_file *f, struct err *e);

/* Whether the files of a container may belong to the ids of another config. */
int ct_idmap_check(const struct conf *old, const struct conf *new, struct err *e);

/* Note ids in the config's lines that another container has for its own. */
void ct_idmap_note(struct ct *ct, const struct conf *conf);

#endif
