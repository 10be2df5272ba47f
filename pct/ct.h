/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several commands do with a container. */
#ifndef PCT_CT_H
#define PCT_CT_H

#include <stdbool.h>
#include <sys/types.h>

struct conf_file;
struct err;

/* Take the config's flock (10 s), or -errno.  The descriptor releases it. */
int ct_lock(unsigned ctid, struct err *e);

/* Load ETC/lxc/CTID/config.  -ENOENT with a remedy when there is no such container. */
int ct_load(unsigned ctid, struct conf_file **ret, struct err *e);

/* Fails when pve.lock is set. */
int ct_check_unlocked(const struct conf_file *f, struct err *e);

/* Lower and write LIB/CTID/config. */
int ct_lower(const struct conf_file *f, struct err *e);

/* Whether liblxc's command socket is there (/proc/net/unix), without liblxc. */
bool ct_is_running(unsigned ctid);

/* Start the container, wait until it runs; prints findings to stderr. */
int ct_start(unsigned ctid, struct err *e);
int ct_stop(unsigned ctid, struct err *e);

#endif
