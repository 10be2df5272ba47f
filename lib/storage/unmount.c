/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Separate from lib/storage/mount.c, so that a hook that only unmounts does not link libblkid. */
#include <errno.h>
#include <sys/mount.h>

#include "lib/base/err.h"
#include "lib/storage/mount.h"

int mount_detach(const char *target, struct err *e)
{
	while (umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
		continue;
	/* EINVAL: not a mount point, or already unmounted. */
	return errno == EINVAL || errno == ENOENT ? 0 : err_sys(e, target, "unmount");
}
