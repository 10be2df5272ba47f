/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What several commands do with a container. */
#ifndef CT_CT_H
#define CT_CT_H

#include <stdbool.h>
#include <sys/types.h>

struct conf_file;
struct err;
struct report;

/* Take the config's flock (10 s), or -errno.  The descriptor releases it. */
int ct_lock(unsigned ctid, struct err *e);

/*
 * Take the lock of this host's id ranges.  Hold it from the search for a free range until the
 * config that has the range is saved.  Take it after all other locks.
 */
int ct_lock_ids(struct err *e);

/* Load ETC/lxc/CTID/config.  -ENOENT with a remedy when there is no such container. */
int ct_load(unsigned ctid, struct conf_file **ret, struct err *e);

/* Fails when pve.lock is set. */
int ct_check_unlocked(const struct conf_file *f, struct err *e);

/* Lower and write LIB/CTID/config. */
int ct_lower(const struct conf_file *f, struct err *e);
/* Whether that can be done, and liblxc will take the result. */
int ct_check_lower(const struct conf_file *f, struct err *e);

/* The same of its lines one by one, without liblxc and whatever its id map is. */
int ct_check_settings(const struct conf_file *f, struct err *e);
/* Whether the kernel has what its limits need. */
int ct_check_controllers(const struct conf_file *f, struct err *e);

/* Whether the bridge of network i exists; 0 when the network has none. */
struct conf;
int ct_check_bridge(const struct conf *conf, size_t i, struct err *e);

/*
 * All that would keep it from starting, one finding for each.  here: it is a container of this
 * host, whose volume and bridges are to be there; else what this host lacks is only a warning.
 */
struct conf_findings;
void ct_find_faults(const struct conf_file *f, bool here, struct conf_findings *to);

/* Its limits as lowered for this host (lower_limits_text()). */
int ct_limits(const struct conf_file *f, char **ret, struct err *e);

/* The record of an earlier start's failure, the hooks' and the guest's. */
void ct_forget_failure(unsigned ctid);

/* Setup's findings that are warnings, to stderr. */
void ct_print_warnings(unsigned ctid, const struct report *report);

/*
 * Lower and save f.  The runtime config comes first: what cannot be lowered is not saved.  When the
 * config cannot be saved the old one is lowered again.
 */
int ct_commit(const struct conf_file *f, struct err *e);

/*
 * Mount its root volume at target, where only this process sees it; it goes when the process does.
 * map: of an unprivileged one.  The caller holds the lock, and the container is stopped.
 */
struct idmap;
int ct_mount_root(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e);

/*
 * The global addresses that a running container has on the interfaces of its config; NULL: none.
 * The caller frees.
 */
char **ct_addresses(const struct conf *conf);

enum ct_state {
	CT_STOPPED,
	CT_RUNNING,
	CT_ORPHANED, /* it runs, and its monitor is gone: lib/runtime/orphan.h */
};
enum ct_state ct_state(unsigned ctid);
bool ct_is_running(unsigned ctid); /* the latter two */

/*
 * The caller holds the lock for each of these.  A start returns when the container runs, with
 * setup's findings printed to stderr; a stop when its monitor is gone and everything is undone.
 */
int ct_start(unsigned ctid, struct err *e);
int ct_stop(unsigned ctid, struct err *e); /* kills */
int ct_shutdown(unsigned ctid, unsigned seconds, bool force, struct err *e);
/* The same where it is as well that it has stopped meanwhile. */
int ct_ensure_stopped(unsigned ctid, struct err *e);
int ct_ensure_shut_down(unsigned ctid, unsigned seconds, struct err *e); /* force */

/* The kill alone: of its init where a monitor sees to the rest, else of all.  At most a minute. */
int ct_kill(unsigned ctid, struct err *e);

/* What of a start can be refused at once: no such container, one that runs or is locked. */
int ct_check_startable(unsigned ctid, struct err *e);
/* The same of one that is to be stopped before: what only its config keeps from starting. */
int ct_check_restartable(unsigned ctid, struct err *e);
/* Setup's findings of the last start, and addresses that others have as well, to stderr. */
void ct_print_start_warnings(const struct conf *conf);

/* -ESRCH with a remedy when it does not run, -EBUSY when its monitor is gone. */
int ct_require_running(unsigned ctid, struct err *e);

/* Wait for the monitor to go, then remove what a killed one leaves; -EBUSY when that still runs. */
int ct_clean(unsigned ctid, struct err *e);

#endif
