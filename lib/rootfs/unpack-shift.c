/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/unpack-shift.h"

#include <archive.h>
#include <archive_entry.h>
#include <endian.h>
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/idmap.h"

/* A container has ids below this one, if its map does not say otherwise. */
#define USUAL_COUNT 65536

static bool is_foreign(const struct idmap_range *range, unsigned n, int64_t id)
{
	for (; n; n--, range++)
		if (id >= range->inside && id - range->inside < range->count)
			return false;
	return id >= USUAL_COUNT && id < UINT32_MAX;
}

static int misfit(const char *name, const char *kind, int64_t id, uint32_t root, struct err *e)
{
	err_set(e, EINVAL, name,
		"belongs to %s %lld, but the archive begins with %s %u, as if "
		"that were root of a container",
		kind, (long long)id, kind, root);
	return err_remedy(e, "make the archive in the user namespace of its container");
}

int unpack_shift_ids(struct unpack_shift *s, const struct idmap *map, struct archive_entry *entry,
		     const char *name, struct err *e)
{
	int64_t uid = archive_entry_uid(entry), gid = archive_entry_gid(entry);

	if (!s->is_known) {
		s->is_known = true;
		if (is_foreign(map ? map->uid : NULL, map ? map->n_uid : 0, uid) &&
		    is_foreign(map ? map->gid : NULL, map ? map->n_gid : 0, gid)) {
			s->uid = (uint32_t)uid;
			s->gid = (uint32_t)gid;
		}
	}
	if (!s->uid)
		return 0;
	if (uid < s->uid)
		return misfit(name, "user", uid, s->uid, e);
	if (gid < s->gid)
		return misfit(name, "group", gid, s->gid, e);
	archive_entry_set_uid(entry, uid - s->uid);
	archive_entry_set_gid(entry, gid - s->gid);
	return 0;
}

int unpack_shift_acls(const struct unpack_shift *s, struct archive_entry *entry, const char *name,
		      struct err *e)
{
	const int types = ARCHIVE_ENTRY_ACL_TYPE_POSIX1E;
	int type, permset, tag, id, r = 0;
	struct archive_entry *copy;
	const char *who;

	if (!s->uid || !(archive_entry_acl_types(entry) & types))
		return 0;
	/* libarchive can only remove all entries. */
	copy = archive_entry_clone(entry);
	archive_entry_acl_clear(entry);
	archive_entry_acl_reset(copy, types);
	while (r == 0 && archive_entry_acl_next(copy, types, &type, &permset, &tag, &id, &who) ==
				 ARCHIVE_OK) {
		int64_t own = (uint32_t)id;

		if (tag == ARCHIVE_ENTRY_ACL_USER && own < s->uid)
			r = misfit(name, "user", own, s->uid, e);
		else if (tag == ARCHIVE_ENTRY_ACL_GROUP && own < s->gid)
			r = misfit(name, "group", own, s->gid, e);
		else if (tag == ARCHIVE_ENTRY_ACL_USER)
			own -= s->uid;
		else if (tag == ARCHIVE_ENTRY_ACL_GROUP)
			own -= s->gid;
		archive_entry_acl_add_entry(entry, type, permset, tag, (int)own, NULL);
	}
	archive_entry_free(copy);
	return r;
}

size_t unpack_shift_capability(const struct unpack_shift *s, const void *value, size_t size,
			       unsigned char ret[CAPABILITY_SIZE])
{
	struct vfs_ns_cap_data data;
	uint32_t magic;

	_Static_assert(sizeof data == CAPABILITY_SIZE, "the kernel's layout");
	if (!s->uid || size != sizeof data)
		return 0;
	memcpy(&data, value, sizeof data);
	magic = le32toh(data.magic_etc);
	if ((magic & VFS_CAP_REVISION_MASK) != VFS_CAP_REVISION_3 || le32toh(data.rootid) != s->uid)
		return 0;
	data.magic_etc = htole32((magic & ~VFS_CAP_REVISION_MASK) | VFS_CAP_REVISION_2);
	memcpy(ret, &data, XATTR_CAPS_SZ_2);
	return XATTR_CAPS_SZ_2;
}
