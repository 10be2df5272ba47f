/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The locks of the suite; all lie below RUN/pct, which only root can write to. */
#ifndef LIB_CONF_LOCK_H
#define LIB_CONF_LOCK_H

struct err;

/*
 * Lock a file RUN/pct/FOLDER/FILE; folder and file are made when missing.  Refuses a folder that
 * another user can write to, since that user could replace the file.  Waits at most seconds, then
 * -EBUSY.  Returns the descriptor that holds the lock.
 */
int lock_file(const char *path, unsigned seconds, struct err *e);

/*
 * The lock of a container's config, RUN/pct/lock/CTID.lock.
 *
 * Every command that changes or mounts a container takes it.  Hooks of a pct start do not, since
 * pct holds it and waits for them.
 */
int lock_ct(unsigned ctid, unsigned seconds, struct err *e);

/* The same for the id ranges of all containers, RUN/pct/lock/idmap.lock. */
int lock_ids(unsigned seconds, struct err *e);

#endif
