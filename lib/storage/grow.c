/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Growing a volume.  The kernel grows a mounted ext4 by its journal, so a power loss leaves a sound
 * file system; resize2fs writes in place, and leaves a damaged one if it stops halfway.  So the
 * kernel does it, also for an unattached volume, which is mounted for that.  resize2fs is for a
 * root that may not ask the kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

#define GROW_SECONDS 60

#ifndef EXT4_IOC_RESIZE_FS /* linux/ext4.h is new */
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, __u64)
#endif

struct growth {
	const struct volume *v;
	uint64_t before, bytes;
};

static bool may_ask_kernel(void)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	return syscall(SYS_capget, &head, data) == 0 &&
	       data[CAP_TO_INDEX(CAP_SYS_RESOURCE)].effective & CAP_TO_MASK(CAP_SYS_RESOURCE);
}

static int grow_mounted(void *arg, int out_fd, struct err *e)
{
	const struct growth *g = arg;
	autoclose int fd = -1, top = -1;
	struct statfs fs;
	uint64_t blocks;

	run_close_others(out_fd, -1);
	fd = volume_mount_one_more(g->v, 0, e);
	if (fd < 0)
		return fd;
	top = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (top < 0 || fstatfs(top, &fs) < 0)
		return err_sys(e, g->v->path, "open the top folder");
	blocks = g->bytes / (uint64_t)fs.f_bsize;
	if (ioctl(top, EXT4_IOC_RESIZE_FS, &blocks) == 0)
		return 0;
	/* The caller has the capability. */
	if (errno == EPERM)
		return err_set(e, EUCLEAN, g->v->path, "its file system has errors");
	return err_sys(e, g->v->path, "grow the file system");
}

/* Errors of checks that come before the first change; at another one, a part may have grown. */
static bool is_untouched(int r)
{
	return r == -EUCLEAN || r == -EROFS || r == -EOPNOTSUPP || r == -EBUSY;
}

static int err_half(struct err *e)
{
	return err_wrap(e, "the volume has its new size, its file system has not");
}

static int grow_by_kernel(const struct growth *g, struct err *e)
{
	const struct storage_ops *ops = storage_ops_of(g->v->ops);
	int r = g->bytes > g->before ? ops->grow(g->v, g->bytes, e) : 0;

	if (r < 0)
		return r;
	r = run_confined_within(-1, GROW_SECONDS, grow_mounted, (void *)g, NULL, 0, e);
	if (r == 0 || g->bytes == g->before ||
	    (is_untouched(r) && ops->grow(g->v, g->before, NULL) == 0))
		return r;
	return err_half(e);
}

static int grow_by_program(const struct growth *g, int lock, struct err *e)
{
	const char *const resize2fs[] = { "resize2fs", g->v->path, NULL };
	int r = storage_ops_of(g->v->ops)->grow(g->v, g->bytes, e);

	if (r < 0)
		return r;
	return run_program_to_end(resize2fs, lock, e) < 0 ? err_half(e) : 0;
}

static int check_first(const struct volume *v, struct err *e)
{
	struct fsck fsck = { 0 };
	int r = volume_fsck_locked(v, false, &fsck, e);

	free(fsck.said);
	if (r == 0 && fsck.result == FSCK_ERRORS)
		r = err_set(e, EUCLEAN, v->path, "its file system has errors");
	return r;
}

static int grow_unattached(const struct growth *g, struct err *e)
{
	autoclose int lock = storage_ops_of(g->v->ops)->lock(g->v, e);
	int r = lock < 0 ? lock : check_first(g->v, e);

	if (r < 0)
		return r;
	if (!may_ask_kernel())
		return grow_by_program(g, lock, e);
	/* To mount it takes the lock. */
	close(steal_fd(&lock));
	return grow_by_kernel(g, e);
}

int volume_grow(const struct volume *v, uint64_t bytes, struct err *e)
{
	struct growth g = { .v = v, .bytes = bytes };
	char device[VOLUME_DEVICE_MAX];
	autoclose int fd = -1;
	int r = storage_ops_of(v->ops)->size(v, &g.before, e);

	if (r < 0)
		return r;
	if (bytes < g.before)
		return err_set(e, EINVAL, v->path, "cannot shrink");
	if (v->form == VOLUME_TREE && !g.before)
		return err_set(e, ENOTSUP, v->path, "has no size, and cannot shrink to one");
	if (v->form == VOLUME_TREE)
		return storage_ops_of(v->ops)->grow(v, bytes, e);
	fd = storage_ops_of(v->ops)->device(v, device, e);
	if (fd == -ENXIO)
		return grow_unattached(&g, e);
	if (fd < 0)
		return fd;
	if (may_ask_kernel())
		return grow_by_kernel(&g, e);
	return err_set(e, EPERM, v->path, "it is mounted, and root of this host lacks "
		       "CAP_SYS_RESOURCE, without which a mounted file system cannot grow");
}
