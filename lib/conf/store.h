/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where the configs of containers are kept.  No other file knows the layout of /etc/pve, or how a
 * config is locked, replaced and brought to disk there:
 *
 *	store()->load(ctid, &file, e)
 *
 * Containers are those of this node, unless a member says otherwise.
 */
#ifndef LIB_CONF_STORE_H
#define LIB_CONF_STORE_H

#include <stdbool.h>
#include <stddef.h>

struct conf_file;
struct err;

struct store_entry {
	unsigned ctid; /* 0: not known, as the entry is a file that was named */
	char *path;    /* of the config, in either format */
};
struct store_list {
	struct store_entry *v; /* by ctid, then path */
	size_t n;
};

/* For the user: below the top folder. */
#define STORE_LAYOUT "lxc/CTID/config, lxc/CTID.conf and below nodes/NODE"

struct store {
	/* For messages, and for a file's identity.  The caller frees. */
	char *(*path)(unsigned ctid);

	/*
	 * The configs of all nodes.  top: /etc/pve or a copy of it, or one file; NULL: this host's.
	 * That there are none is no error, that there is no top is.  Free with store_list_done(),
	 * also after a failure.
	 */
	int (*list)(const char *top, struct store_list *ret, struct err *e);
	/* The numbers of this node's containers, sorted.  The caller frees *ret. */
	int (*numbers)(unsigned **ret, size_t *ret_n, struct err *e);
	/* The other node that has the container; NULL: none.  The caller frees. */
	char *(*find_node)(unsigned ctid);
	/* 1, 0, or -errno when that cannot be seen. */
	int (*exists)(unsigned ctid, struct err *e);

	/* -ENOENT: there is no such container.  Free with conf_free(). */
	int (*load)(unsigned ctid, struct conf_file **ret, struct err *e);

	/*
	 * The caller of these three holds the lock, and what they did outlives a power loss.
	 * reserve makes a place for a config that is then saved; -EEXIST: another holds it.
	 */
	int (*reserve)(unsigned ctid, struct err *e);
	/* Readers see the old config or the new one, whole. */
	int (*save)(const struct conf_file *f, struct err *e);
	int (*remove)(unsigned ctid, struct err *e); /* with its place; missing is fine */

	/*
	 * One writer a container.  Waits at most seconds, then -EBUSY.  Returns a descriptor that
	 * holds the lock.  Every command that changes or mounts a container takes it.  Hooks of a
	 * pct start do not, since pct holds it and waits for them.
	 */
	int (*lock)(unsigned ctid, unsigned seconds, struct err *e);
	/* The same for the id ranges of all containers. */
	int (*lock_ids)(unsigned seconds, struct err *e);
};

/* The one that this host has.  Rows are named store_KIND and lie in lib/conf/store-KIND.c. */
const struct store *store(void);
extern const struct store store_folder; /* files of a local file system */

void store_list_done(struct store_list *list);
/* Whether a command of this node about entry->ctid means this very entry. */
bool store_is_own(const struct store_entry *entry);
/* Whether a text, in whatever case, stands in some container's config. */
bool store_mentions(const char *text);

#endif
