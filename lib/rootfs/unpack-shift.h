/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Archives of a root file system whose files belong to the host ids of an unprivileged container:
 * tar ran on the host, where root of the container is 100000.  Unpacking takes the ids back, so
 * that it does not matter for which range the files were shifted.
 */
#ifndef LIB_ROOTFS_UNPACK_SHIFT_H
#define LIB_ROOTFS_UNPACK_SHIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive_entry;
struct err;
struct idmap;

struct unpack_shift {
	bool is_known;     /* the first member was seen */
	uint32_t uid, gid; /* ids of root in the archive; 0: they are not shifted */
};

/*
 * Take the ids of a member back.  The first member decides, since it is the top folder, or belongs
 * to root like most files: whether its ids are none that a container has.  Fails if a later
 * member's ids do not fit.
 */
int unpack_shift_ids(struct unpack_shift *s, const struct idmap *map, struct archive_entry *entry,
		     const char *name, struct err *e);
/* Likewise for the ids in its ACLs, once they are decoded. */
int unpack_shift_acls(const struct unpack_shift *s, struct archive_entry *entry, const char *name,
		      struct err *e);

#define CAPABILITY_SIZE 24
/*
 * A security.capability of the user namespace whose root has the id s->uid, for the namespace that
 * unpacks.  Copies value to ret and returns the new size; 0: it is another attribute.
 */
size_t unpack_shift_capability(const struct unpack_shift *s, const void *value, size_t size,
			       unsigned char ret[CAPABILITY_SIZE]);

#endif
