/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies files and folders between host and container. */
#ifndef CT_TRANSFER_H
#define CT_TRANSFER_H

#include <stdint.h>
#include <sys/types.h>

struct ct;
struct err;

struct ct_transfer {
	const char *host; /* a path of the host; "-": standard input or output */
	const char *path; /* in the container; from its root if it is relative */
	/* Of the side that receives, names or numbers; NULL: as the replaced file, or root. */
	const char *user, *group;
	int perms; /* -1: as the replaced file, or fresh_mode */
	mode_t fresh_mode;
	/* Called after each piece; may be NULL.  of: the size of a pushed file; 0: unknown. */
	void (*moved)(void *arg, uint64_t bytes, uint64_t of);
	void *arg;
};

/*
 * Of a stopped container, this takes the lock and moves this process to a new mount namespace.  The
 * host's file is opened first.  A failure or a signal leaves no incomplete file.  Notes name the
 * entries of a folder that were skipped.
 */
int ct_push(struct ct *ct, const struct ct_transfer *x, struct err *e);
int ct_pull(struct ct *ct, const struct ct_transfer *x, struct err *e);

#endif
