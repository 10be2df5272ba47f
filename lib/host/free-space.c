/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/free-space.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/statvfs.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

#define KEPT_BYTES (UINT64_C(1) << 30)
#define KEPT_FILES UINT64_C(65536)
#define KEPT_PART 20 /* a divisor: 5 % of the total */

static uint64_t kept(uint64_t all, uint64_t most)
{
	return all / KEPT_PART < most ? all / KEPT_PART : most;
}

static uint64_t above(uint64_t left, uint64_t least)
{
	return left > least ? left - least : 0;
}

int room_look(const char *path, struct room *ret, struct err *e)
{
	struct room room = ROOM_NO_LIMIT;
	struct statvfs fs;

	if (statvfs(path, &fs) < 0)
		return err_sys(e, path, "look at the file system of");
	/* Some file systems report no size, and btrfs reports no number of files. */
	if (fs.f_blocks) {
		room.kept_bytes = kept((uint64_t)fs.f_blocks * fs.f_frsize, KEPT_BYTES);
		room.bytes = above((uint64_t)fs.f_bavail * fs.f_frsize, room.kept_bytes);
	}
	if (fs.f_files) {
		room.kept_files = kept(fs.f_files, KEPT_FILES);
		room.files = above(fs.f_favail, room.kept_files);
	}
	*ret = room;
	return 0;
}

const char *room_text(uint64_t bytes, char text[ROOM_TEXT_MAX])
{
	static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (bytes >= 1024 && unit + 1 < ARRAY_SIZE(units)) {
		bytes /= 1024;
		unit++;
	}
	snprintf(text, ROOM_TEXT_MAX, "%" PRIu64 " %s", bytes, units[unit]);
	return text;
}
