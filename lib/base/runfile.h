/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The run folder of a container, RUN/pct/CTID: what commands, hooks and helpers tell each other of
 * it.  No reboot outlives it.  runfiles[] is the one list of its files, and FILES of pct-hooks(7).
 */
#ifndef LIB_BASE_RUNFILE_H
#define LIB_BASE_RUNFILE_H

#include <stdbool.h>

enum runfile {
	RUNFILE_PLAN,
	RUNFILE_MONITOR,
	RUNFILE_MONITOR_LOCK,
	RUNFILE_PID,
	RUNFILE_STARTED,
	RUNFILE_ENTER,
	RUNFILE_NET,
	RUNFILE_DHCP,
	RUNFILE_DHCP_LOG,
	RUNFILE_FAILURE,
	RUNFILE_LOG,
	RUNFILE_RESTART_LOG,
	/* In the folder guest, which is container root's: these may hold anything. */
	RUNFILE_GUEST_REPORT,
	RUNFILE_GUEST_FAILURE,
	RUNFILES,
};

struct runfile_row {
	const char *name;   /* below the run folder */
	const char *writer; /* hook, helper or command */
	const char *help;
	bool numbered;      /* one for each network, whose number follows the name */
	bool ends;          /* of one run: runfiles_clean() removes it after a stop */
};
extern const struct runfile_row runfiles[RUNFILES];

/* The caller frees what these return. */
char *runfile(unsigned ctid, enum runfile file);
char *runfile_of_net(unsigned ctid, enum runfile file, unsigned n);

/* Which network's file an entry of the run folder is; false: it is none of the kind. */
bool runfile_net(const char *entry, enum runfile file, unsigned *ret_n);

/* Remove the files that end with a run.  The container has stopped, and its monitor is gone. */
void runfiles_clean(unsigned ctid);
/* Whether some of them are left. */
bool runfiles_are_left(unsigned ctid);

#endif
