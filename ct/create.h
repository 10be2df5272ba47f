/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Creates a container from a template.  Needs libarchive, so only pct-create links this. */
#ifndef CT_CREATE_H
#define CT_CREATE_H

#include <stdbool.h>
#include <stdint.h>

struct ct;
struct err;

struct create {
	const char *storage;
	uint64_t mib;        /* size of the volume; 0: the volume is a folder */
	unsigned unpack_gib; /* limit of the unpacked size if the volume is a folder */
	int archive;         /* open for reading */
	const char *archive_name;
	const char *password_hash, *ssh_keys, *user_data; /* NULL: none */
	/* The volumes of mount points, which the config names already. */
	struct new_volumes *volumes;
	bool replace;        /* first destroy a stopped container of the same number */
	bool own_ids;        /* assign an id range that no other container has */
	/* NULL, or called five times a second with the bytes of the archive read so far. */
	void (*show)(void *arg, uint64_t read);
	void *show_arg;
};

/*
 * Create the container ct with the config ct->file, and add the settings that come from the
 * template and the volume.  The caller has opened ct without the lock; ct_create() takes it.  On
 * failure, and on SIGINT, SIGTERM or SIGHUP, everything created is removed again.
 */
int ct_create(struct ct *ct, const struct create *wanted, struct err *e);

/*
 * -EEXIST if a container of this number exists and replace is false, or if one exists that pct did
 * not create.  ct_create() checks this, too; call it before asking the user for a password.
 */
int ct_check_number(unsigned ctid, bool replace, struct err *e);

#endif
