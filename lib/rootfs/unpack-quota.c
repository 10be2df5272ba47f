/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/unpack-quota.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

#define BLOCK 4096    /* the minimum on most file systems */
#define NAME_COST 512 /* an inode and its directory entry */
#define SHORT_LINK 60 /* targets up to this length are stored in the inode */
#define LOOK_BYTES (16 << 20)
#define LOOK_FILES 1024

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

void unpack_meter_begin(struct unpack_meter *m, const struct unpack_limit *limit,
			const char *archive)
{
	static const struct unpack_limit none = UNPACK_NO_LIMIT;

	limit = limit ? limit : &none;
	*m = (struct unpack_meter){ .limit = limit, .archive = archive, .room = limit->storage };
}

void unpack_meter_done(struct unpack_meter *m)
{
	free(m->parent);
	m->parent = NULL;
}

/* ---- exceeding a limit ---- */

static int beyond_limit(const struct unpack_meter *m, bool files, struct err *e)
{
	char text[ROOM_TEXT_MAX];

	if (files)
		err_set(e, EDQUOT, m->archive, "holds more than %" PRIu64 " files, the limit for a "
			"folder", m->limit->files);
	else
		err_set(e, EDQUOT, m->archive, "unpacks to more than %s, the limit for a folder",
			room_text(m->limit->bytes, text));
	return err_remedy(e, "if you trust it, raise the limit with --unpack-limit GIB, or use a "
			     "volume: --rootfs STORAGE:GIB");
}

static int beyond_room(const struct unpack_meter *m, bool files, struct err *e)
{
	char text[ROOM_TEXT_MAX];

	if (files)
		err_set(e, EDQUOT, m->archive, "would leave less than %" PRIu64 " files (inodes) "
			"free on its storage", m->room.kept_files);
	else
		err_set(e, EDQUOT, m->archive, "would leave less than %s free on its storage",
			room_text(m->room.kept_bytes, text));
	return err_remedy(e, "free some space there, or choose another storage: --rootfs "
			     "STORAGE:GIB");
}

/*
 * Other programs write to this file system, too, and some file systems update their free space
 * late.  So check both the initial free space minus the unpacked bytes, and the current free space.
 */
static int look(struct unpack_meter *m, struct err *e)
{
	struct room now;
	int r = room_look(".", &now, e);

	if (r < 0)
		return r;
	if (m->next_bytes == 0)
		m->room = now;
	if (now.bytes != UINT64_MAX)
		m->room.bytes = lesser(m->room.bytes, m->bytes + now.bytes);
	if (now.files != UINT64_MAX)
		m->room.files = lesser(m->room.files, m->files + now.files);
	m->next_bytes = m->bytes + LOOK_BYTES;
	m->next_files = m->files + LOOK_FILES;
	return 0;
}

static int add(struct unpack_meter *m, uint64_t bytes, uint64_t files, struct err *e)
{
	const struct unpack_limit *limit = m->limit;
	int r = 0;

	if (limit->keep_room &&
	    (m->bytes + bytes > m->next_bytes || m->files + files > m->next_files))
		r = look(m, e);
	if (r < 0)
		return r;
	m->bytes += bytes;
	m->files += files;
	if (limit->bytes && m->bytes > limit->bytes)
		return beyond_limit(m, false, e);
	if (limit->files && m->files > limit->files)
		return beyond_limit(m, true, e);
	if (m->bytes > m->room.bytes)
		return beyond_room(m, false, e);
	return m->files > m->room.files ? beyond_room(m, true, e) : 0;
}

/* ---- counting ---- */

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + BLOCK - 1) / BLOCK * BLOCK;
}

static uint64_t attributes_cost(struct archive_entry *entry)
{
	uint64_t bytes = 0;
	const char *name;
	const void *value;
	size_t size;

	if (archive_entry_acl_count(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS |
						   ARCHIVE_ENTRY_ACL_TYPE_DEFAULT) > 0)
		bytes += BLOCK;
	if (archive_entry_xattr_reset(entry) == 0)
		return bytes;
	while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
		bytes += strlen(name) + size;
	archive_entry_xattr_reset(entry);
	return round_up(bytes);
}

static uint64_t member_cost(struct archive_entry *entry, const char *name)
{
	const char *slash = strrchr(name, '/'), *target = archive_entry_symlink(entry);
	uint64_t bytes = NAME_COST + strlen(slash ? slash : name) + attributes_cost(entry);

	if (archive_entry_hardlink(entry))
		return bytes;
	if (archive_entry_filetype(entry) == AE_IFDIR)
		return bytes + BLOCK;
	return bytes + (target && strlen(target) >= SHORT_LINK ? BLOCK : 0);
}

/* Count parent folders that are created implicitly, since an archive need not contain them. */
static uint64_t count_missing(struct unpack_meter *m, const char *name)
{
	const char *slash = strrchr(name, '/');
	size_t len = slash ? (size_t)(slash - name) : 0;
	autofree char *parent = xstrndup(name, len);
	autofree char *at = xstrdup(parent);
	uint64_t n = 0;

	if (len == 0 || str_eq(parent, m->parent))
		return 0;
	while (*at && faccessat(AT_FDCWD, at, F_OK, AT_SYMLINK_NOFOLLOW) < 0) {
		n++;
		slash = memrchr(at, '/', len);
		len = slash ? (size_t)(slash - at) : 0;
		at[len] = '\0';
	}
	free(m->parent);
	m->parent = steal(&parent);
	return n;
}

int unpack_meter_member(struct unpack_meter *m, struct archive_entry *entry, const char *name,
			struct err *e)
{
	uint64_t above = count_missing(m, name);

	m->next_block = 0;
	return add(m, member_cost(entry, name) + above * (NAME_COST + BLOCK), 1 + above, e);
}

int unpack_meter_data(struct unpack_meter *m, uint64_t size, int64_t offset, struct err *e)
{
	int64_t first = offset / BLOCK, last;

	if (size == 0 || offset < 0 || __builtin_add_overflow(offset, size - 1, &last))
		return 0; /* libarchive reports these */
	last /= BLOCK;
	/*
	 * The previous part has counted its last block, but a block that is written again counts
	 * again.
	 */
	if (first == m->next_block - 1)
		first++;
	m->next_block = last + 1;
	return add(m, (uint64_t)(last + 1 - first) * BLOCK, 0, e);
}
