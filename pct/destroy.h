/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Removing a container, or what is there of one. */
#ifndef PCT_DESTROY_H
#define PCT_DESTROY_H

struct err;
struct volume;

/*
 * Remove a stopped container: its volume, its folders, its config last, so that a second try finds
 * what a first has left.  Refuses a running, locked or protected one; a lock "create" is that of a
 * killed create, for the caller holds the flock.
 */
int destroy_container(unsigned ctid, struct err *e);

/* The same for one that create has not finished; volume may be NULL. */
int destroy_unfinished(unsigned ctid, const struct volume *volume, struct err *e);

#endif
