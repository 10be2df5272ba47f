/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a report, and passes its findings from the mount hook to pct. */
#ifndef SETUP_REPORT_H
#define SETUP_REPORT_H

#include <stddef.h>

#include "setup/setup.h"

/* Most files, and most changes, in a report.  Container root can make any number of files. */
#define REPORT_MAX 4096

/*
 * Add a finding.  remedy may be NULL.  Control characters, which file names may contain, become
 * '?'. The report keeps at most 250 findings.
 */
void report_note(struct report *r, enum note_level level, const char *step, const char *remedy,
		 const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Add the finding that a step failed.  It is kept beyond the limit.  remedy may be empty. */
void report_failure(struct report *r, const char *step, const char *remedy, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void report_drop_notes(struct report *r, size_t first); /* drops the notes from first on */

/* Record the state of a file.  The first state of a path stays. */
void report_file(struct report *r, const char *step, const char *path, enum file_state state);

/*
 * Write the findings to path, a file of the host that container root can write: lines
 * "LEVEL<tab>STEP<tab>TEXT<tab>REMEDY", failures first, at most as many as report_read() reads.
 * Without findings, the file is removed.
 */
int report_write(const struct report *r, const char *path, struct err *e);

/*
 * Read the findings.  The file is hostile: it must be a regular file of at most 64 KiB; at most 64
 * findings are read, without control characters.  No file means no findings.  Fills only
 * ret->notes; the caller calls report_done().
 */
int report_read(const char *path, struct report *ret, struct err *e);

#endif
