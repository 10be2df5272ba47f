/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shows on standard error how far a long build is: on a terminal one line, which changes each
 * second; else a line for each stage.
 */
#ifndef PCT_DISTRO_PROGRESS_H
#define PCT_DISTRO_PROGRESS_H

#include <stdbool.h>

struct progress {
	const char *what; /* "debian 12" */
	bool terminal;
	long long began, shown; /* milliseconds, of now_ms() */
	char stage[64];
};

void progress_begin(const char *what, struct progress *ret);
/* Call it a few times each second. */
void progress_show(struct progress *p, const char *stage);
/* Clears the line. */
void progress_end(struct progress *p);

#endif
