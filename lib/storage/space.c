/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

#define LOOK_SECONDS 10
#define TRIM_SECONDS 600

int volume_size(const struct volume *v, uint64_t *ret, struct err *e)
{
	struct volume_owner ignored;

	if (volume_has_size(v))
		return storage_ops_of(v->ops)->size(v, ret, e);
	*ret = 0;
	return v->ops->look(v, &ignored, e);
}

uint64_t volume_mib(uint64_t bytes)
{
	const uint64_t mib = UINT64_C(1) << 20;

	return bytes / mib + (bytes % mib != 0);
}

int volume_mount_one_more(const struct volume *v, unsigned flags, struct err *e)
{
	char name[VOLUME_DEVICE_MAX];
	autoclose int device = v->form == VOLUME_TREE
				       ? -ENXIO
				       : storage_ops_of(v->ops)->device(v, name, e);

	if (device == -ENXIO)
		return v->ops->mount(v, flags, e);
	return device < 0 ? device : mount_device_again(name, "ext4", v->path, e);
}

static int look(void *arg, int out_fd, struct err *e)
{
	const struct volume *v = arg;
	struct volume_space space;
	autoclose int fd = -1;
	struct statfs fs;
	uint64_t unit;

	run_close_others(out_fd, -1);
	fd = volume_mount_one_more(v, VOLUME_READ_ONLY | VOLUME_NO_JOURNAL, e);
	if (fd < 0)
		return fd;
	if (fstatfs(fd, &fs) < 0)
		return err_sys(e, v->path, "look at the file system");
	unit = (uint64_t)fs.f_frsize;
	/* An image from elsewhere may have any numbers. */
	if (fs.f_bfree > fs.f_blocks || fs.f_bavail > fs.f_bfree ||
	    __builtin_mul_overflow(fs.f_blocks, unit, &space.size) || space.size > INT64_MAX)
		return err_set(e, EUCLEAN, v->path, "has a file system with impossible numbers");
	space.used = (fs.f_blocks - fs.f_bfree) * unit;
	space.available = fs.f_bavail * unit;
	return file_write_all(out_fd, &space, sizeof space);
}

int volume_folder_space(const struct volume *v, struct volume_space *ret, struct err *e)
{
	const struct storage_ops *ops = storage_ops_of(v->ops);

	return v->form == VOLUME_TREE && ops->space ? ops->space(v, ret, e) : -ENXIO;
}

int volume_space(const struct volume *v, struct volume_space *ret, struct err *e)
{
	autofree char *answer = NULL;
	int r = volume_folder_space(v, ret, e);

	if (r != -ENXIO)
		return r;
	r = run_confined_within(-1, LOOK_SECONDS, look, (void *)v, &answer, sizeof *ret, e);

	if (r < 0)
		return r;
	memcpy(ret, answer, sizeof *ret);
	return 0;
}

static int trim(void *arg, int out_fd, struct err *e)
{
	const struct volume *v = arg;
	struct fstrim_range range = { .len = UINT64_MAX };
	autoclose int fd = -1, top = -1;

	run_close_others(out_fd, -1);
	fd = volume_mount_one_more(v, 0, e);
	if (fd < 0)
		return fd;
	top = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0)
		return err_sys(e, v->path, "open the top folder");
	if (ioctl(top, FITRIM, &range) == 0)
		return file_write_all(out_fd, &range.len, sizeof range.len);
	if (errno != EOPNOTSUPP)
		return err_sys(e, v->path, "trim");
	return err_set(e, EOPNOTSUPP, v->path, "the storage cannot take unused blocks back");
}

int volume_trim(const struct volume *v, uint64_t *ret, struct err *e)
{
	autofree char *answer = NULL;
	int r = run_confined_within(-1, TRIM_SECONDS, trim, (void *)v, &answer, sizeof *ret, e);

	if (r < 0)
		return r;
	memcpy(ret, answer, sizeof *ret);
	return 0;
}
