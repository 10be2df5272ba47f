/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shared by the files of ct/ only. */
#ifndef CT_CT_INTERNAL_H
#define CT_CT_INTERNAL_H

#include <stdbool.h>

struct conf;
struct conf_file;
struct ct;
struct err;

#define MONITOR_WAIT 30 /* seconds; an unmount may have to write back */

/* Needs no config of a container that runs.  -ESRCH if none of its processes runs. */
int ct_require_processes(struct ct *ct, struct err *e);
/* -EBUSY with a remedy if any of its processes runs. */
int ct_require_stopped(struct ct *ct, struct err *e);
/* If r is -ESRCH, set the remedy to start the container.  Returns r. */
int ct_advise_start(unsigned ctid, int r, struct err *e);

/* The text of the runtime config; the caller frees. */
int ct_lower_text(const struct conf_file *f, char **ret, struct err *e);
int ct_write_lowered(unsigned ctid, const char *text, struct err *e);
/* Fails if container root cannot pass a folder of the host that the start needs. */
int ct_check_reachable(const struct conf *conf, struct err *e);
/* Fails if the kernel lacks a cgroup controller that the runtime config needs. */
int ct_check_controllers(const char *lowered, struct err *e);
/* Write this runtime config and save f, as ct_commit() does. */
int ct_commit_lowered(const struct conf_file *f, const char *lowered, struct err *e);

#endif
