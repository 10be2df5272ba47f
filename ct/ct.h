/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Operations on containers.  A caller opens a container, calls one or more operations, shows the
 * notes to the user and closes the container.  Nothing in this folder prints, reads a command line
 * or ends the process.
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
struct net;
struct own_volumes;
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

/* The caller closes *ret with ct_close(), also after a failure. */
int ct_open(unsigned ctid, unsigned flags, struct ct *ret, struct err *e);
void ct_close(struct ct *ct);

int ct_lock(struct ct *ct, struct err *e);
void ct_unlock(struct ct *ct);
/*
 * Load ETC/lxc/CTID/config unless it is loaded.  -ENOENT with a remedy if it does not exist; the
 * container may run nevertheless.
 */
int ct_load(struct ct *ct, struct err *e);
/*
 * Load the config that a running container has in effect; an edit of its file is for the next
 * start.  If none is recorded, or the container is stopped, its file is loaded.  If only the file
 * cannot be read, that is a note.
 */
int ct_load_in_effect(struct ct *ct, struct err *e);
/* -EBUSY if the loaded config has pve.lock. */
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
	CT_ORPHANED, /* processes run, but the monitor is gone: lib/runtime/orphan.h */
};
enum ct_state ct_state(unsigned ctid);
bool ct_is_running(unsigned ctid); /* CT_RUNNING or CT_ORPHANED */
/*
 * Whether pct made or started the container: it has a config, or its monitor is recorded.  Root may
 * have another container of LXC with this number, in this folder, too.
 */
bool ct_is_ours(unsigned ctid);

/*
 * Needs no config of a container that runs.  -ESRCH with a remedy if the container is stopped,
 * -EBUSY if it is orphaned or frozen.
 */
int ct_require_running(struct ct *ct, struct err *e);

/*
 * The global addresses "IP/PREFIX" of a running container, on the interfaces of its config; NULL if
 * it has none.  The caller frees.
 */
char **ct_addresses(const struct conf *conf);

/* ---- config ---- */

/*
 * conf_set() for values that depend on other containers: a netN without a hardware address gets
 * one that no config of this host has; idmap "auto" becomes a range that no other container has,
 * for which the caller holds ct_lock_ids().
 */
int ct_set_option(struct conf_file *f, const char *option, const char *value, struct err *e);

/*
 * Lower and save f; the caller holds the lock.  If f cannot be lowered or liblxc refuses the
 * result, nothing changes; if f cannot be saved, the old config is lowered again.
 */
int ct_commit(const struct conf_file *f, struct err *e);

/*
 * Remove pve.lock from the loaded config, with a note of its meaning.  The caller holds the lock of
 * ct_lock(), so no command of this host works on the container.  -ENOENT: there is no pve.lock.
 */
int ct_remove_lock(struct ct *ct, struct err *e);

/* ---- checks ---- */

/* Fails if f cannot be lowered, or liblxc refuses the result. */
int ct_check_lower(const struct conf_file *f, struct err *e);
/* Fails if f cannot be lowered; does not check the id map, and does not ask liblxc. */
int ct_check_settings(const struct conf_file *f, struct err *e);
/* -ENODEV with a remedy if the bridge of network i does not exist.  0 if the network has none. */
int ct_check_bridge(const struct conf *conf, size_t i, struct err *e);
/*
 * Add a finding for each fault that would prevent a start.  here: f is a container of this host, so
 * its volume and bridges must exist; otherwise things that this host lacks are only warnings.
 */
void ct_find_faults(const struct conf_file *f, bool here, struct conf_findings *to);
/* The cgroup limits of f, lowered for this host (lower_limits_text()).  The caller frees *ret. */
int ct_limits(const struct conf_file *f, char **ret, struct err *e);

/* ---- networks of a running container ---- */

/*
 * Describe the first fault of a network that ct_repair_net() repairs, as in "veth105.0 is in no
 * bridge instead of vmbr0"; NULL: there is none.  The caller frees *ret.  Fails if a repair would
 * fail, as if the bridge is missing.
 */
int ct_find_net_fault(const struct conf *conf, const struct net *net, char **ret, struct err *e);
/*
 * Plug the host's end in again as the start does, and set a missing address or route of
 * host-managed=1.  A network without a fault stays untouched.  The caller holds the lock.  *ret is
 * the fault as of ct_find_net_fault(), also after a failure.
 */
int ct_repair_net(const struct ct *ct, const struct net *net, char **ret, struct err *e);

/* ---- start and stop; the caller holds the lock ---- */

/* Returns once the container runs, with setup's warnings in the notes. */
int ct_start(struct ct *ct, struct err *e);
/* Quick checks before a start: the container exists, is stopped, and has no pve.lock. */
int ct_check_startable(struct ct *ct, struct err *e);
/* Checks before a restart: the config, with its pending changes, can be started. */
int ct_check_restartable(struct ct *ct, struct err *e);
/* Add notes: setup's warnings of the last start, and addresses that another container also has. */
void ct_note_start(struct ct *ct);
void ct_note_warnings(struct ct *ct, const struct report *report);

/*
 * ct_stop() kills the container.  ct_shutdown() asks it to shut down; after seconds it kills it if
 * force is set, else fails with -ETIMEDOUT; a frozen container is thawed if force is set, else this
 * fails with -EBUSY at once.  Both return once the monitor has ended and everything that the start
 * created is removed.  -ESRCH if the container is stopped.  Neither needs the config of a container
 * that runs.
 */
int ct_stop(struct ct *ct, struct err *e);
int ct_shutdown(struct ct *ct, unsigned seconds, bool force, struct err *e);
/* The same, but 0 for a stopped container.  ct_ensure_shut_down() always forces. */
int ct_ensure_stopped(struct ct *ct, struct err *e);
int ct_ensure_shut_down(struct ct *ct, unsigned seconds, struct err *e);

/*
 * Shut the container down, by force after seconds, and start it.  Unlike liblxc's reboot, this
 * applies a changed config.  If the config could not be started, this fails before the shutdown.
 */
int ct_reboot(struct ct *ct, unsigned seconds, struct err *e);

/* Kill the processes and nothing more.  Takes at most a minute: then -ETIMEDOUT. */
int ct_kill(unsigned ctid, struct err *e);

/* ---- volumes ---- */

/*
 * Move this process to a new mount namespace and mount the volumes at target.  map is the id map of
 * an unprivileged container; NULL: it is privileged.  *ret lists its own volumes; may be NULL.  The
 * caller holds the lock, and the container is stopped.
 */
int ct_mount_root(const struct conf *conf, const struct idmap *map, const char *target,
		  struct own_volumes *ret, struct err *e);

/* List the own volumes of a running container, as its start or a live change mounted them. */
void ct_own_volumes(unsigned ctid, struct own_volumes *ret);

struct destroy {
	bool force;		  /* stop it first, and leave volumes that pct cannot remove */
	bool keep_volumes;	  /* of mpN and unusedN */
	const struct conf *taken; /* keep the volumes that this config names; NULL: none */
};

/*
 * Remove the volume that an option had in before, and its unusedN from f, the config that is saved;
 * then save f.  An option without a volume is no error.  -EBUSY: the volume is in use until the
 * next start.
 */
int ct_purge(struct ct *ct, struct conf_file *f, const struct conf *before, const char *option,
	     struct err *e);

/*
 * Remove a stopped container: its volumes, its folders, and its config last, so that after a
 * failure a second call can find the rest.  Refuses a running, locked or protected container, but
 * not pve.lock "create": a killed create left it, as the caller holds the lock.  Also refuses one
 * with a volume that pct cannot remove, unless it stays.  A note names each volume that stays.
 */
int ct_destroy(struct ct *ct, const struct destroy *how, struct err *e);

#endif
