/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The locks of the suite; all are below RUN/pct, which only root can write to. */
#ifndef LIB_BASE_LOCK_H
#define LIB_BASE_LOCK_H

struct err;

/*
 * Lock RUN/pct/FOLDER/FILE; creates folder and file if missing.  Refuses a folder that another user
 * can write to, since that user could replace the file.  Waits at most seconds; then -EBUSY.
 * Returns the descriptor that holds the lock.
 */
int lock_file(const char *path, unsigned seconds, struct err *e);

#endif
