/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations on containers.  A caller opens a container, has one or more operations done, shows the
 * notes to the user and closes it.  Nothing in this folder prints, reads a command line or ends the
 * process.
 */
#ifndef CT_CT_H
#define CT_CT_H

#include <stdbool.h>
#include <sys/types.h>

struct conf;
struct conf_file;
struct conf_findings;
struct err;
struct idmap;
struct report;

struct ct {
	unsigned ctid;
	int lock;               /* holds the config's lock; -1: not taken */
	struct conf_file *file; /* the config; NULL: not loaded */
	char *run;              /* RUN/pct/CTID */
	char **notes;           /* warnings for the user, one line each; NULL: none */
};

enum ct_open_flags {
	CT_LOCK = 1,     /* take the config's lock; wait at most 10 s for it */
	CT_LOAD = 2,     /* load the config */
	CT_UNLOCKED = 4, /* with CT_LOAD: fail when the config has pve.lock */
};

/* Close *ret with ct_close(), also after a failure. */
int ct_open(unsigned ctid, unsigned flags, struct ct *ret, struct err *e);
void ct_close(struct ct *ct);

int ct_lock(struct ct *ct, struct err *e);
void ct_unlock(struct ct *ct);
/* Load ETC/lxc/CTID/config unless it is loaded.  -ENOENT with a remedy: there is no container. */
int ct_load(struct ct *ct, struct err *e);
/* -EBUSY when the loaded config has pve.lock. */
int ct_check_unlocked(const struct ct *ct, struct err *e);
void ct_note(struct ct *ct, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Take the lock of this host's id ranges.  Hold it from the search for a free range until the
 * config that has the range is saved.  Take it after all other locks.
 */
int ct_lock_ids(struct err *e);

/* ---- state ---- */

enum ct_state {
	CT_STOPPED,
	CT_RUNNING,
	CT_ORPHANED, /* it runs, and its monitor is gone: lib/runtime/orphan.h */
};
enum ct_state ct_state(unsigned ctid);
bool ct_is_running(unsigned ctid); /* the latter two */

/* -ESRCH with a remedy when it does not run, -EBUSY when its monitor is gone. */
int ct_require_running(struct ct *ct, struct err *e);

/*
 * The global addresses that a running container has on the interfaces of its config; NULL: none.
 * The caller frees.
 */
char **ct_addresses(const struct conf *conf);

/* ---- config ---- */

/*
 * conf_set() where the value can depend on other containers: a netN without a hardware address gets
 * one that no config of this host has, and an idmap "auto" a range of its own.  For the latter, the
 * caller holds ct_lock_ids().
 */
int ct_set_option(struct conf_file *f, const char *option, const char *value, struct err *e);

/*
 * Lower and save f; the caller holds the lock.  When f cannot be lowered, or liblxc refuses the
 * result, nothing is changed; when f cannot be saved, the old config is lowered again.
 */
int ct_commit(const struct conf_file *f, struct err *e);

/* ---- checks ---- */

/* Whether f can be lowered, and liblxc takes the result. */
int ct_check_lower(const struct conf_file *f, struct err *e);
/* The same of its lines one by one, without liblxc and whatever its id map is. */
int ct_check_settings(const struct conf_file *f, struct err *e);
/* Whether the bridge of network i exists; 0 when the network has none. */
int ct_check_bridge(const struct conf *conf, size_t i, struct err *e);
/*
 * All that would keep it from starting, one finding for each.  here: it is a container of this
 * host, whose volume and bridges are to be there; else what this host lacks is only a warning.
 */
void ct_find_faults(const struct conf_file *f, bool here, struct conf_findings *to);
/* Its limits as lowered for this host (lower_limits_text()). */
int ct_limits(const struct conf_file *f, char **ret, struct err *e);

/* ---- start and stop; the caller holds the lock ---- */

/* Returns when the container runs, with setup's warnings in the notes. */
int ct_start(struct ct *ct, struct err *e);
/* What can be refused at once: a container that does not exist, runs, or has pve.lock. */
int ct_check_startable(struct ct *ct, struct err *e);
/* The same of a container that is stopped first: what its config keeps from starting. */
int ct_check_restartable(struct ct *ct, struct err *e);
/* Note setup's warnings of the last start, and addresses that another container has as well. */
void ct_note_start(struct ct *ct);
void ct_note_warnings(struct ct *ct, const struct report *report);

/*
 * Kill it, or have it shut down within seconds and then (force) kill it.  Both return when its
 * monitor is gone and all that it made is removed.  -ESRCH: it does not run.
 */
int ct_stop(struct ct *ct, struct err *e);
int ct_shutdown(struct ct *ct, unsigned seconds, bool force, struct err *e);
/* The same for a container that may have stopped meanwhile; the second one forces. */
int ct_ensure_stopped(struct ct *ct, struct err *e);
int ct_ensure_shut_down(struct ct *ct, unsigned seconds, struct err *e);

/*
 * Shut it down, by force after seconds, and start it.  Not liblxc's reboot: a changed config takes
 * effect.  What its config would keep from starting is refused while it still runs.
 */
int ct_reboot(struct ct *ct, unsigned seconds, struct err *e);

/* Only kill it: its init where a monitor ends the rest, else all processes.  At most a minute. */
int ct_kill(unsigned ctid, struct err *e);

/* ---- volumes ---- */

/*
 * Mount its root volume at target, in a new mount namespace of this process.  map: of an
 * unprivileged container.  The caller holds the lock, and the container is stopped.
 */
int ct_mount_root(const struct conf *conf, const struct idmap *map, const char *target,
		  struct err *e);

/*
 * Remove a stopped container: its volume, its folders, its config last, so that a second try finds
 * what the first has left.  force: stop it first.  Refuses a running, locked or protected one.  A
 * pve.lock "create" is left by a killed create, since the caller holds the lock.
 */
int ct_destroy(struct ct *ct, bool force, struct err *e);

#endif
