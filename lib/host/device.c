/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/device.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/err.h"

int device_look(const char *path, struct device *ret, struct err *e)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		int num = errno == ENOTDIR ? ENOENT : errno;

		if (num != ENOENT)
			return err_set(e, num, NULL, "cannot look at %s: %s", path, strerror(num));
		err_set(e, ENOENT, NULL, "the host has no device %s", path);
		return err_remedy(e, "attach the device, or load its module; or delete the option");
	}
	if (S_ISDIR(st.st_mode)) {
		err_set(e, EISDIR, NULL, "%s is a folder, not a device", path);
		return err_remedy(e, "give each device in it an option; or bind the folder: "
				     "lxc.mount.entry = %s %s none bind,create=dir 0 0", path,
				  path + 1);
	}
	if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(e, ENODEV, NULL, "%s is not a device", path);
	*ret = (struct device){ S_ISCHR(st.st_mode) ? 'c' : 'b', major(st.st_rdev),
				minor(st.st_rdev) };
	return 0;
}

int device_make(const struct device *d, int dir, const char *name, uid_t uid, gid_t gid,
		mode_t mode, struct err *e)
{
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		return err_sys(e, name, "remove the old node");
	if (mknodat(dir, name, d->type == 'c' ? S_IFCHR : S_IFBLK,
		    makedev(d->major, d->minor)) < 0)
		return err_sys(e, name, "make the node");
	if (fchownat(dir, name, uid, gid, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fchmodat(dir, name, mode, 0) < 0)
		return err_sys(e, name, "set owner and mode of the node");
	return 0;
}
