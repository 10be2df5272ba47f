/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIB_RUNTIME_LOWER_INTERNAL_H
#define LIB_RUNTIME_LOWER_INTERNAL_H

#include <stdbool.h>

struct buf;
struct conf_file;
struct conf_line;
struct err;
struct host;

/* A line's object for messages: "FILE:7: lxc.network.mtu". */
int lower_err(const struct conf_file *f, const struct conf_line *line, struct err *e);
/* The line with this key of today, or NULL. */
const struct conf_line *lower_find(const struct conf_file *f, const char *name);

/* Memory, swap and CPU, in the terms of this host. */
int lower_limits(const struct conf_file *f, const struct host *host, struct buf *out,
		 struct err *e);
/* Any other lxc.cgroup or lxc.cgroup2 line.  1: it is none, and nothing was done. */
int lower_cgroup_line(const struct conf_file *f, const struct host *host,
		      const struct conf_line *line, struct buf *out, struct err *e);

/* The distribution's include files, and which lines lower_includes() has dealt with. */
int lower_includes(const struct conf_file *f, const struct host *host, struct buf *out,
		   struct err *e);
bool lower_is_distro_include(const struct conf_line *line);

#endif
