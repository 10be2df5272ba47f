/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The run folder of a container, RUN/pct/CTID: files by which commands, hooks and helpers share its
 * state.  It is lost at a reboot.  runfiles[] lists all its files, and is the source of FILES in
 * pct-hooks(7).
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
	RUNFILE_CONFIG,
	RUNFILE_ENTER,
	RUNFILE_DEVICES,
	RUNFILE_NET,
	RUNFILE_DHCP,
	RUNFILE_DHCP_LOG,
	RUNFILE_FAILURE,
	RUNFILE_LAST_STOP,
	RUNFILE_LOG,
	RUNFILE_RESTART_LOG,
	RUNFILE_HOOKSCRIPT_LOG,
	/* Below guest/, which container root can write to: contents are hostile. */
	RUNFILE_GUEST_REPORT,
	RUNFILE_GUEST_FAILURE,
	RUNFILES,
};

struct runfile_row {
	const char *name;   /* below the run folder */
	const char *writer; /* hook, helper or command */
	const char *help;
	bool numbered;      /* one file for each network: its number is appended to the name */
	bool ends;          /* belongs to one run: runfiles_clean() removes it after a stop */
};
extern const struct runfile_row runfiles[RUNFILES];

/* The caller frees the results. */
char *runfile(unsigned ctid, enum runfile file);
char *runfile_of_net(unsigned ctid, enum runfile file, unsigned n);

/* Get the network number of an entry of the run folder; false: it is not such a file. */
bool runfile_net(const char *entry, enum runfile file, unsigned *ret_n);

/* Remove the files that belong to a run.  The container is stopped, and its monitor is gone. */
void runfiles_clean(unsigned ctid);
/* Whether a run has ended without its post-stop hook, which removes the plan. */
bool runfiles_are_left(unsigned ctid);

#endif
