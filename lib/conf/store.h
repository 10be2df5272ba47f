/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The store of container configs.  Only its implementations know the layout of /etc/pve, and how
 * configs are locked, replaced and synced:
 *
 *	store()->load(ctid, &file, e)
 *
 * Functions are about containers of this node unless stated otherwise.
 */
#ifndef LIB_CONF_STORE_H
#define LIB_CONF_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct conf_file;
struct err;

struct store_entry {
	unsigned ctid; /* 0: unknown, for a file that was named */
	char *path;    /* path of the config, in either format */
};
struct store_list {
	struct store_entry *v; /* sorted by ctid, then path */
	size_t n;
};

/* The layout below the top folder, for messages. */
#define STORE_LAYOUT "lxc/CTID/config, lxc/CTID.conf and below nodes/NODE"

struct store {
	/* Path for messages, and to identify a file: where the config is.  The caller frees. */
	char *(*path)(unsigned ctid);

	/*
	 * List the configs of all nodes.  top is /etc/pve, a copy of it, or one file; NULL: this
	 * host's /etc/pve.  No configs is no error, but a missing top is.  Free with
	 * store_list_done(), also after a failure.
	 */
	int (*list)(const char *top, struct store_list *ret, struct err *e);
	/* List the ids of this node's containers, sorted.  The caller frees *ret. */
	int (*numbers)(unsigned **ret, size_t *ret_n, struct err *e);
	/* The other node that has the container; NULL: none.  The caller frees. */
	char *(*find_node)(unsigned ctid);
	/* Returns 1 or 0; -errno if that cannot be determined. */
	int (*exists)(unsigned ctid, struct err *e);

	/* -ENOENT: no such container.  -EEXIST: it has two configs.  Free with conf_free(). */
	int (*load)(unsigned ctid, struct conf_file **ret, struct err *e);

	/*
	 * For these three, the caller holds the lock.  Their changes survive a power loss.  reserve
	 * makes a place for a config, for a later save; -EEXIST: the id is taken.
	 */
	int (*reserve)(unsigned ctid, struct err *e);
	/* Atomic: readers see the old config or the new one.  A config stays where it is. */
	int (*save)(const struct conf_file *f, struct err *e);
	int (*remove)(unsigned ctid, struct err *e); /* with its place; a missing one is no error */

	/*
	 * Lock a container for writing.  Waits at most seconds, then -EBUSY.  Returns a descriptor
	 * that holds the lock.  Every command that changes or mounts a container takes it.  Hooks
	 * of a pct start do not, since pct holds it and waits for them.
	 */
	int (*lock)(unsigned ctid, unsigned seconds, struct err *e);
	/* Lock the id ranges of all containers. */
	int (*lock_ids)(unsigned seconds, struct err *e);
};

/* The store of this host.  Implementations are named store_KIND, in lib/conf/store-KIND.c. */
const struct store *store(void);
extern const struct store store_folder; /* files of a local file system */

void store_list_done(struct store_list *list);
/* Whether commands on this node find exactly this entry by its ctid. */
bool store_is_own(const struct store_entry *entry);
/* Whether a container's config contains a text, ignoring case. */
bool store_mentions(const char *text);

#endif
