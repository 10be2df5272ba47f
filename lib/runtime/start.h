/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The work of pct-start (hooks/pct-start.c), which runtime_start() executes. */
#ifndef LIB_RUNTIME_START_H
#define LIB_RUNTIME_START_H

/* Exit statuses of pct-start. */
enum {
	START_DONE,
	START_FAILED,  /* liblxc's log has the reason */
	START_REFUSED, /* liblxc does not read the config */
};

/* Starts container name of the folder lib, daemonized; returns a START_... when it runs. */
int start_container(const char *lib, const char *name, const char *log);

#endif
