/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making a container from a template.  Needs libarchive: pct-create alone links this. */
#ifndef CT_CREATE_H
#define CT_CREATE_H

#include <stdbool.h>
#include <stdint.h>

struct ct;
struct err;

struct create {
	const char *storage;
	unsigned gib;        /* size of the volume; 0: a folder */
	unsigned unpack_gib; /* most that a folder may become */
	int archive;         /* open for reading */
	const char *archive_name;
	const char *password_hash, *ssh_keys; /* NULL: none */
	bool replace;        /* first destroy the container that has the number, unless it runs */
	bool own_ids;        /* give it a range of ids of its own */
	/* Called about five times a second with the bytes of the archive read so far; or NULL. */
	void (*show)(void *arg, uint64_t read);
	void *show_arg;
};

/*
 * Make the container ct, whose file is the config that is wanted; what the template and the volume
 * add to that is set in it.  ct is opened without its lock, which this takes.  On failure, and when
 * SIGINT, SIGTERM or SIGHUP comes, all that was made is removed again.
 */
int ct_create(struct ct *ct, const struct create *wanted, struct err *e);

/*
 * -EEXIST when a container has the number, unless replace, or a container that is not pct's has it.
 * ct_create() checks that as well; this is for a caller that wants to know before it asks the user
 * for anything.
 */
int ct_check_number(unsigned ctid, bool replace, struct err *e);

#endif
