/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks and assigns id maps, compared with the maps of other containers. */
#ifndef CT_IDMAP_H
#define CT_IDMAP_H

struct conf;
struct conf_file;
struct ct;
struct err;

/*
 * Assign an id range that no other container has, unless f already has one.  The caller holds
 * ct_lock_ids() until the config is saved.
 */
int ct_idmap_assign(struct conf_file *f, struct err *e);

/* -EPERM with a remedy if the files of the container would have wrong owners with the new map. */
int ct_idmap_check(const struct conf *old, const struct conf *new, struct err *e);

/* Add a note for each range of conf->idmap that overlaps another container's own range. */
void ct_idmap_note(struct ct *ct, const struct conf *conf);

#endif
