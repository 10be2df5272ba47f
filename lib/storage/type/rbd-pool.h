/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The images in a pool, and its space, as Ceph's programs print them. */
#ifndef LIB_STORAGE_TYPE_RBD_POOL_H
#define LIB_STORAGE_TYPE_RBD_POOL_H

#include <stdbool.h>

struct err;
struct json_t;
struct storage;
struct storage_status;
struct volume;

/* Whether an image's name is KIND-CTID-TEXT, where KIND is vm or, for a template, base. */
bool rbd_parse_name(const char *name, unsigned *ret_owner, bool *ret_base);
bool rbd_is_base(const char *name);

/* Run a program for a query, as rbd_run().  The caller frees *ret with json_free(). */
int rbd_ask(const struct storage *s, const char *program, unsigned seconds,
	    const char *const arguments[], struct json_t **ret, struct err *e);
/* Returns 1 if the pool has the image, 0 if not, or an error. */
int rbd_exists(const struct volume *v, struct err *e);

/* Members of struct storage_ops. */
int rbd_list(const struct storage *s, unsigned ctid, char ***ret, struct err *e);
int rbd_list_sizes(const struct storage *s, unsigned ctid, char ***ret, struct err *e);
int rbd_status(const struct storage *s, struct storage_status *ret, struct err *e);

/* The same, with a time limit for the answer. */
int rbd_pool_status(const struct storage *s, unsigned seconds, struct storage_status *ret,
		    struct err *e);

#endif
