/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Filling a new container's volume: mount, unpack, look, set up, unmount; in a child. */
#ifndef CT_BUILD_H
#define CT_BUILD_H

#include <stdbool.h>
#include <stdint.h>

struct conf_file;
struct err;
struct hostkeys;
struct idmap;
struct run_child;
struct unpack_progress;
struct volume;

struct build {
	unsigned ctid;
	struct conf_file *conf;
	const struct volume *volume;
	const struct idmap *map; /* NULL: privileged */
	int archive;
	const char *archive_name;
	unsigned unpack_gib; /* most that it may become in a folder */
	const char *password_hash, *ssh_keys; /* NULL: none */
	const struct hostkeys *keys;
	struct unpack_progress *progress;
};

struct built {
	char arch[16];    /* empty: no program told it */
	char include[64]; /* LXC include file of the distribution; empty: not known */
	bool shifted;     /* ids were shifted, since the file system cannot map them */
};

/* The child has a mount namespace of its own and dies with the caller, and its mounts with it. */
int build_start(struct build *b, struct run_child *ret, struct err *e);

/* *ret_notes is what the user should know, a line each, or "".  The caller frees. */
int build_finish(struct run_child *child, struct built *ret, char **ret_notes, struct err *e);

#endif
