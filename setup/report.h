/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a report, and handing its findings from the mount hook to pct. */
#ifndef SETUP_REPORT_H
#define SETUP_REPORT_H

#include <stddef.h>

#include "setup/setup.h"

/* How many files, or changes, a report tells of: a container has as many as its root likes. */
#define REPORT_MAX 4096

/*
 * remedy may be NULL.  Control characters, which a name in the rootfs can hold, become '?'.  More
 * than 250 are not kept.
 */
void report_note(struct report *r, enum note_level level, const char *step, const char *remedy,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* A step could not do its work; kept in any case.  remedy may be empty. */
void report_failure(struct report *r, const char *step, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void report_drop_notes(struct report *r, size_t first); /* this one and those after it */

/* Once for each path; the first state said of it stays. */
void report_file(struct report *r, const char *step, const char *path, enum file_state state);

/*
 * Leave the findings in path, a host file that the container's root may write: a line each,
 * "LEVEL<tab>STEP<tab>TEXT<tab>REMEDY", failures first, and no more than are read.  No findings:
 * the file is removed.
 */
int report_write(const struct report *r, const char *path, struct err *e);

/*
 * Read them back, as what anybody in the container may have written: a regular file of at most
 * 64 KiB, at most 64 findings, no control characters.  No file: no findings.  Only ret's notes are
 * filled; free with report_done().
 */
int report_read(const char *path, struct report *ret, struct err *e);

#endif
