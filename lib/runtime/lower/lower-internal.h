/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef LIB_RUNTIME_LOWER_LOWER_INTERNAL_H
#define LIB_RUNTIME_LOWER_LOWER_INTERNAL_H

#include <stdbool.h>

struct buf;
struct conf_file;
struct conf_line;
struct err;
struct host;

/* Set the error's object to a line: "FILE:7: lxc.network.mtu". */
int lower_err(const struct conf_file *f, const struct conf_line *line, struct err *e);
/* Find the line with this key (today's name), or NULL. */
const struct conf_line *lower_find(const struct conf_file *f, const char *name);

/* Lower memory, swap and CPU for this host's cgroup version. */
int lower_limits(const struct conf_file *f, const struct host *host, struct buf *out,
		 struct err *e);
/* Lower any other lxc.cgroup or lxc.cgroup2 line.  Returns 1 if the line is something else. */
int lower_cgroup_line(const struct conf_file *f, const struct host *host,
		      const struct conf_line *line, struct buf *out, struct err *e);

/*
 * Add the distribution's include files.  lower_is_distro_include() tells which lines this handles.
 */
int lower_includes(const struct conf_file *f, const struct host *host, struct buf *out,
		   struct err *e);
bool lower_is_distro_include(const struct conf_line *line);

/* Add what the features of the config mean; lower_seccomp() makes the profile that they name. */
int lower_features(const struct conf_file *f, const struct host *host, struct buf *out,
		   struct err *e);

/* Fails if a start needs a file of the host that the line names, and the file is missing. */
int lower_check_files(const struct conf_file *f, const struct host *host,
		      const struct conf_line *line, struct err *e);

/*
 * Add the rules of the device cgroup for devN, behind all other lines, since these may deny all
 * devices; and the rules that an unprivileged container with devN needs besides, before the lines
 * of the config.
 */
void lower_usual_devices(const struct conf_file *f, const struct host *host, struct buf *out);
int lower_devices(const struct conf_file *f, const struct host *host, struct buf *out,
		  struct err *e);

/* Mount the files of lxcfs.  After the include files, and before our hooks. */
void lower_lxcfs(const struct host *host, struct buf *out);

#endif
