/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Looks at storages and at all that they hold.  A server that is gone makes the kernel wait
 * forever, so a child looks, within 10 seconds: -ETIMEDOUT.
 */
#ifndef LIB_STORAGE_LOOK_H
#define LIB_STORAGE_LOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/storage/storage.h"

struct storage_report {
	bool is_known;  /* status is valid */
	struct storage_status status;
	struct err err; /* why it is not known */
};

/* Look at all usable storages of the list at once; ret has an element for each of the list. */
void storage_look_all(const struct storage *list, struct storage_report *ret);
/* Make the folder of a storage that may be made, and look at it. */
int storage_prepare(const struct storage *s, struct storage_status *ret, struct err *e);
int storage_check_write(const struct storage *s, const struct storage_status *status,
			struct err *e);
/* Whether it works, but needs an administrator, as *ret says. */
bool storage_warning(const struct storage *s, const struct storage_status *status,
		     struct err *ret);
/* storage_check(), and whether it answers and can be written to. */
int storage_check_ready(const char *id, struct err *e);

/*
 * List what a usable storage holds, lines of "VOLUME FORMAT CONTENT BYTES CTID".  FORMAT is raw,
 * subvol, or the end of the file's name; CONTENT is images, vztmpl, snippets, backup or iso; CTID
 * is 0 for a file.  content NULL: any; ctid 0: any.  Free with strv_free().
 */
int storage_content(const struct storage *s, const char *content, unsigned ctid, char ***ret,
		    struct err *e);
/* The path of a volume or file, such as local:iso/NAME, which need not exist.  The caller frees. */
int storage_path(const char *volid, char **ret, struct err *e);
/* Whether it is a file that belongs to no container, as those of storage_path(). */
bool storage_is_file(const char *volid);

#endif
