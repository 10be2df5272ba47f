/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Separate from lib/storage/mount.c, so that a hook that only unmounts does not link libblkid. */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/storage/mount.h"

#define MAX_MOUNTINFO (16 * 1024 * 1024)

int mount_detach(const char *target, struct err *e)
{
	while (umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		continue;
	/* EINVAL: not a mount point, or already unmounted. */
	return errno == EINVAL || errno == ENOENT ? 0 : err_sys(e, target, "unmount");
}

void mount_decode(char *text)
{
	char *to = text;

	for (const char *at = text; *at; to++) {
		if (at[0] == '\\' && strspn(at + 1, "01234567") >= 3) {
			*to = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
			at += 4;
		} else {
			*to = *at++;
		}
	}
	*to = '\0';
}

/* The mounts at target and below it, in the order in which they were made. */
static char **mounts_below(const char *target)
{
	char **lines = file_lines("/proc/self/mountinfo", MAX_MOUNTINFO), **found = NULL;

	for (char **line = lines; line && *line; line++) {
		autostrv char **words = strv_split(*line, " ");
		const char *rest;

		if (strv_len(words) < 5)
			continue;
		mount_decode(words[4]);
		rest = str_after(words[4], target);
		if (rest && (!*rest || *rest == '/'))
			strv_push(&found, words[4]);
	}
	strv_free(lines);
	return found;
}

bool mount_is_point(const char *path)
{
	size_t len = strlen(path);
	autofree char *plain = NULL, *real = NULL;
	autostrv char **found = NULL, **again = NULL;

	while (len > 1 && path[len - 1] == '/')
		len--;
	plain = xstrndup(path, len);
	found = mounts_below(plain);
	if (strv_has(found, plain))
		return true;
	real = realpath(plain, NULL);
	again = real ? mounts_below(real) : NULL;
	return again && strv_has(again, real);
}

int mount_undo(const char *target, struct err *e)
{
	autofree char *real = realpath(target, NULL);
	autostrv char **found = mounts_below(real ? real : target);

	for (size_t n = strv_len(found); n-- > 0;) {
		if (umount2(found[n], UMOUNT_NOFOLLOW) == 0 || errno == EINVAL || errno == ENOENT)
			continue;
		if (errno != EBUSY)
			return err_sys(e, found[n], "unmount");
		err_set(e, EBUSY, found[n], "is in use");
		return err_remedy(e, "end the programs that use it; \"fuser -vm %s\" names them",
				  found[n]);
	}
	return 0;
}
