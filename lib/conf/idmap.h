/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The id map that a config gives its container. */
#ifndef LIB_CONF_IDMAP_H
#define LIB_CONF_IDMAP_H

struct conf;
struct conf_file;
struct err;
struct idmap;

/* The container's own map, else the default one. */
int conf_idmap(const struct conf *conf, struct idmap *ret, struct err *e);

/*
 * The same for a start: root has to be delegated the ids of its own lines, too, where newuidmap is
 * installed.  The error names the line.
 */
int conf_idmap_for_start(const struct conf_file *f, struct idmap *ret, struct err *e);

#endif
