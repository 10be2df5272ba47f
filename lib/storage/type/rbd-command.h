/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ceph's programs rbd and ceph, for the type rbd.  They end within a time limit: a cluster without
 * monitors does not answer.
 */
#ifndef LIB_STORAGE_TYPE_RBD_COMMAND_H
#define LIB_STORAGE_TYPE_RBD_COMMAND_H

#include "lib/storage/storage.h"

#define RBD_ANSWER_SECONDS 8    /* less than lib/storage/look.c waits for a storage */
#define RBD_CHANGE_SECONDS 60
#define RBD_REMOVE_SECONDS 3600 /* a large image has many objects */

/* Values of keys, or their defaults. */
const char *rbd_pool(const struct storage *s);
const char *rbd_user(const struct storage *s);
/* The storage's own keyring; NULL: one of Ceph's, in /etc/ceph.  The caller frees. */
char *rbd_keyring(const struct storage *s);

/* The image of a volume, in its pool; part of its path. */
const char *rbd_image_name(const struct volume *v);
/* POOL/[NAMESPACE/]IMAGE; image NULL: without it.  The caller frees. */
char *rbd_spec(const struct storage *s, const char *image);

/*
 * Run "rbd" or "ceph" with these arguments, after those that name the cluster.  ret NULL: no
 * output is wanted; else the caller frees.  -EHOSTUNREACH: the cluster does not answer.  -ENOPKG:
 * the program is not installed.
 */
int rbd_run(const struct storage *s, const char *program, unsigned seconds,
	    const char *const arguments[], char **ret, struct err *e);

/*
 * -EBUSY if a host has the image attached, except as this client ("": none).  -ENOENT: there is no
 * such image.
 */
int rbd_check_watchers(const struct volume *v, const char *client, struct err *e);

#endif
