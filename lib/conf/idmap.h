/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The id map of a container, from its config. */
#ifndef LIB_CONF_IDMAP_H
#define LIB_CONF_IDMAP_H

struct conf;
struct conf_file;
struct err;
struct idmap;

/* The map of the config, else the default one. */
int conf_idmap(const struct conf *conf, struct idmap *ret, struct err *e);

/*
 * Like conf_idmap(), for a start.  If newuidmap is installed, also checks that the ids of the
 * lxc.idmap lines are delegated to root.  The error names the line.
 */
int conf_idmap_for_start(const struct conf_file *f, struct idmap *ret, struct err *e);

#endif
