/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The reason of a container's last stop, a line of text in RUN/pct/CTID/last-stop.  The monitor
 * writes it when init ends; a command that stops the container replaces it afterwards.
 */
#ifndef LIB_RUNTIME_LAST_STOP_H
#define LIB_RUNTIME_LAST_STOP_H

/* For pct-start, whose copy becomes the monitor: record how init ends. */
void last_stop_watch(unsigned ctid);
/* Errors are ignored: the reason is only for display. */
void last_stop_write(unsigned ctid, const char *reason);
/* NULL: unknown.  The caller frees. */
char *last_stop_read(unsigned ctid);

#endif
