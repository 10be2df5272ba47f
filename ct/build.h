/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fills a new container's volume in a child process: mount, unpack, inspect, set up, unmount. */
#ifndef CT_BUILD_H
#define CT_BUILD_H

#include <stddef.h>
#include <stdint.h>

struct conf_file;
struct err;
struct hostkey;
struct hostkeys;
struct idmap;
struct new_volumes;
struct own_volumes;
struct report;
struct run_child;
struct unpack_progress;
struct volume;

struct build {
	unsigned ctid;
	struct conf_file *conf;
	const struct volume *volume;
	const struct new_volumes *volumes; /* of mpN; only these are filled */
	const struct idmap *map; /* NULL: privileged */
	int archive;
	const char *archive_name;
	unsigned unpack_gib; /* limit of the unpacked size if the volume is a folder */
	const char *password_hash, *ssh_keys, *user_data; /* NULL: none */
	const struct hostkeys *keys;
	struct unpack_progress *progress;
};

struct built {
	char arch[16];    /* empty: unknown */
	char include[64]; /* LXC include file of the distribution; empty: unknown */
};

/*
 * Run setup as for a new container on the tree at target; flags: enum setup_flags.  volumes: below
 * the root volume; NULL: none.  Uses conf, map, password_hash, ssh_keys and user_data of b.  The
 * caller calls report_done() on *ret.
 */
int build_set_up(const struct build *b, const char *target, const struct own_volumes *volumes,
		 const struct hostkey *keys, size_t n, unsigned flags, struct report *ret,
		 struct err *e);

/* The child has its own mount namespace.  If the caller dies, the child and its mounts end, too. */
int build_start(struct build *b, struct run_child *ret, struct err *e);

/* *ret_notes: warnings for the user, one a line, or "".  The caller frees. */
int build_finish(struct run_child *child, struct built *ret, char **ret_notes, struct err *e);

#endif
