/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Mounts and unmounts volumes in a running container.  pct opens the volume on the host, as a
 * detached mount; a child moves it to its place in the mount namespace of the container, where a
 * process may try to block it.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/ct.h"
#include "ct/live/live.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/own-volumes.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/idmap.h"
#include "lib/conf/net/setup-plan.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
#include "lib/runtime/guest.h"
#include "lib/storage/mount.h"

#define SECONDS 30

struct job {
	int init, mount, userns; /* mount, userns: -1 if not needed */
	bool makes;              /* the mount point: from the host's mount namespace */
	const char *path;
	const struct own_volumes *volumes; /* that are mounted */
	struct stat top;                   /* of the mount that is to be unmounted */
	int flags;                         /* of umount2() */
};

/* ---- in the child ---- */

static int enter(const struct job *job, struct rootfs **ret, struct err *e)
{
	autoclose int fd = -1;
	int r;

	run_close_others(job->init, job->userns >= 0 ? job->userns : job->mount);
	fd = guest_open_root(job->init, e);
	if (fd < 0)
		return fd;
	if (!job->makes && setns(job->init, CLONE_NEWNS) < 0)
		return err_sys(e, "the container's mounts", "enter");
	r = rootfs_take(steal_fd(&fd), "the container's root", ret, e);
	for (size_t i = 0; r == 0 && i < job->volumes->n; i++)
		rootfs_add_volume(*ret, &job->volumes->v[i]);
	return r;
}

static int place(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	struct rootfs *root = NULL;
	autoclose int point = -1;
	int r = enter(job, &root, e);

	(void)out_fd;
	if (r < 0)
		return r;
	point = rootfs_open_live_mount_point(root, job->path, e);
	if (point == -ENOENT)
		r = err_set(e, ENOENT, job->path, "is missing");
	else if (point < 0)
		r = point;
	else if (move_mount(job->mount, "", point, "",
			    MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		r = err_sys(e, job->path, "mount");
	rootfs_close(root);
	return r;
}

static int make_point(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	struct rootfs *root = NULL;
	int r = enter(job, &root, e);

	(void)out_fd;
	if (r == 0 && job->userns >= 0)
		r = run_enter_userns(job->userns, e);
	if (r == 0)
		r = rootfs_confine(root, NULL, e);
	if (r == 0)
		r = rootfs_mkdir(root, job->path, 0755, e);
	rootfs_close(root);
	return r;
}

static bool is_mount(int dir, const char *name)
{
	struct statx st;

	return statx(dir, name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_TYPE, &st) == 0 &&
	       st.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

/* A volume that is not mounted, as container root has unmounted it, is no error. */
static int unmount(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	const char *name = strrchr(job->path, '/') + 1;
	autofree char *parent = xstrndup(job->path, (size_t)(name - job->path));
	autoclose int dir = -1, point = -1;
	struct rootfs *root = NULL;
	struct stat st;
	int r = enter(job, &root, e);

	(void)out_fd;
	if (r == 0)
		dir = rootfs_open_live_mount_point(root, parent, e);
	rootfs_close(root);
	if (r == 0 && dir < 0 && dir != -ENOENT)
		r = dir;
	if (r < 0 || dir < 0)
		return r;
	if (!is_mount(dir, name))
		return 0;
	if (fchdir(dir) < 0)
		return err_sys(e, parent, "enter");
	point = open(name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (point < 0 || fstat(point, &st) < 0)
		return err_sys(e, job->path, "look at");
	if (st.st_dev != job->top.st_dev || st.st_ino != job->top.st_ino)
		return err_set(e, ESTALE, job->path, "is not what the start has mounted there");
	util_closep(&point);
	if (umount2(name, UMOUNT_NOFOLLOW | job->flags) == 0)
		return 0;
	return err_sys(e, job->path, "unmount");
}

/* ---- the plan, from which setup knows the volumes ---- */

static int write_plan(unsigned ctid, const struct conf *conf, const struct own_volumes *volumes,
		      struct err *e)
{
	autofree char *path = runfile(ctid, RUNFILE_PLAN), *text = NULL, *new = NULL;
	struct setup_plan plan = { 0 };
	size_t len;
	int r = file_read(path, CONF_MAX_SIZE, &text, &len, e);

	if (r == 0)
		r = setup_plan_parse(text, len, &plan, e);
	if (r < 0)
		return r;
	new = setup_plan_text(conf, plan.resolv_conf, plan.timezone, plan.now, volumes);
	setup_plan_done(&plan);
	return file_write_volatile(path, new, strlen(new), 0644, e);
}

/* ---- one volume ---- */

static int explain(int r, const struct conf_volume *v, struct err *e)
{
	if (r == -ETIMEDOUT) {
		err_wrap(e, "the container's files");
		err_remedy(e, "a process in the container blocks the access; stop it");
	}
	return r < 0 ? err_wrap(e, "%s", v->slot) : 0;
}

static int make_and_place(const struct conf *conf, struct job *job, struct err *e)
{
	autoclose int userns = -1;
	struct job make = *job;
	struct idmap map;
	int r = run_confined_within(-1, SECONDS, place, job, NULL, 0, e);

	if (r != -ENOENT)
		return r;
	r = conf->mapped ? conf_idmap(conf, &map, e) : 0;
	if (r == 0 && conf->mapped) {
		userns = idmap_userns(&map, e);
		r = userns < 0 ? userns : 0;
	}
	if (r < 0)
		return r;
	make.makes = true;
	make.mount = -1;
	make.userns = userns;
	r = run_confined_within(-1, SECONDS, make_point, &make, NULL, 0, e);
	return r < 0 ? r : run_confined_within(-1, SECONDS, place, job, NULL, 0, e);
}

static struct own_volume *find_own(const struct own_volumes *volumes, const char *path)
{
	for (size_t i = 0; i < volumes->n; i++)
		if (str_eq(volumes->v[i].path, path))
			return &volumes->v[i];
	return NULL;
}

static void drop_own(struct own_volumes *volumes, struct own_volume *own)
{
	free(own->path);
	memmove(own, own + 1, (size_t)(volumes->v + volumes->n - own - 1) * sizeof *own);
	volumes->n--;
}

/* The plan names a volume before it is mounted, so that undoing, or the next command, finds it. */
static int place_own(struct live *l, const struct conf *conf, struct job *job,
		     struct own_volumes *volumes, struct err *e)
{
	int r;

	own_volumes_add(volumes, job->path, &job->top);
	r = write_plan(l->ctid, conf, volumes, e);
	if (r < 0)
		return r;
	r = make_and_place(conf, job, e);
	/* A child that was killed may have mounted it. */
	if (r < 0 && r != -EINTR && r != -ETIMEDOUT) {
		drop_own(volumes, find_own(volumes, job->path));
		write_plan(l->ctid, conf, volumes, NULL);
	}
	return r;
}

/* Nothing records that a folder of the host is mounted: a killed pct set may have left it. */
static int place_again(const struct conf *conf, struct job *job, struct err *e)
{
	run_confined_within(-1, SECONDS, unmount, job, NULL, 0, NULL);
	return make_and_place(conf, job, e);
}

static int mount_one(struct live *l, const struct conf *conf, const struct conf_volume *v,
		     struct own_volumes *volumes, struct err *e)
{
	struct job job = { .init = l->init, .userns = -1, .path = v->mount_point,
			   .volumes = volumes };
	autoclose int fd = -1;
	struct idmap map;
	int r = conf->mapped ? conf_idmap(conf, &map, e) : 0;

	if (r == 0)
		fd = mount_open(conf, conf->mapped ? &map : NULL, v, e);
	if (fd < 0)
		return r < 0 ? r : fd;
	if (fstat(fd, &job.top) < 0)
		return err_sys(e, v->id, "stat");
	job.mount = fd;
	r = v->kind == CONF_VOLUME ? place_own(l, conf, &job, volumes, e)
				   : place_again(conf, &job, e);
	return explain(r, v, e);
}

/* flags MNT_EXPIRE: only find out whether it is idle; then -EAGAIN is success. */
static int unmount_one(struct live *l, const struct conf_volume *v, struct own_volumes *volumes,
		       int flags, struct err *e)
{
	struct own_volume *own = find_own(volumes, v->mount_point);
	struct job job = { .init = l->init, .userns = -1, .mount = -1, .path = v->mount_point,
			   .volumes = volumes, .flags = flags };
	int r;

	if (own) {
		job.top.st_dev = own->dev;
		job.top.st_ino = own->ino;
	} else if (v->kind == CONF_VOLUME) {
		return 0; /* not mounted, or not any more */
	} else if (stat(v->id, &job.top) < 0 && errno != ENOENT) {
		return err_sys(e, v->id, "stat");
	}
	r = run_confined_within(-1, SECONDS, unmount, &job, NULL, 0, e);
	if (r == 0 && own)
		drop_own(volumes, own);
	return explain(r, v, e);
}

/* ---- the step ---- */

/* Whether two slots are mounted in the same way. */
static bool is_same(const struct conf_volume *a, const struct conf_volume *b)
{
	return a && b && a->kind == b->kind && str_eq(a->id, b->id) &&
	       str_eq(a->mount_point, b->mount_point) && a->read_only == b->read_only &&
	       a->quota == b->quota && a->keepattrs == b->keepattrs && a->acl == b->acl &&
	       a->options == b->options && str_eq(a->idmap, b->idmap) &&
	       str_eq(a->owner, b->owner);
}

bool live_can_volume(struct live *l, const struct conf *from, const struct conf *to,
		     const char *slot)
{
	const struct conf_volume *old = conf_volume_find(from, slot);
	const struct conf_volume *new = conf_volume_find(to, slot);
	autovolumes volumes = { 0 };

	if (is_same(old, new) || !old)
		return true;
	if (new || old->kind == CONF_DEVICE || live_need_init(l, NULL) < 0)
		return false;
	ct_own_volumes(l->ctid, &volumes);
	return unmount_one(l, old, &volumes, MNT_EXPIRE, NULL) == -EAGAIN;
}

/* Unmount the volumes of a pct set that was killed before it saved the config. */
static int unmount_left(struct live *l, const struct conf *conf, struct own_volumes *volumes,
			struct err *e)
{
	int r = 0;

	for (size_t i = volumes->n; i-- > 0 && r == 0;) {
		autofree char *path = xstrdup(volumes->v[i].path);
		struct conf_volume left = { .slot = (char *)"a volume of a killed pct set",
					    .kind = CONF_VOLUME, .mount_point = path };
		bool named = false;

		for (size_t k = 0; k < conf->n_volumes; k++)
			named |= str_eq(conf->volumes[k].mount_point, path);
		r = named ? 0 : unmount_one(l, &left, volumes, 0, e);
	}
	return r;
}

int live_change_volumes(struct live *l, const struct conf_file *from, const struct conf_file *to,
			struct err *e)
{
	const struct conf *old = conf_values(from), *new = conf_values(to);
	autovolumes volumes = { 0 };
	int r;

	ct_own_volumes(l->ctid, &volumes);
	r = unmount_left(l, old, &volumes, e);
	for (size_t i = old->n_volumes; i-- > 0 && r == 0;) {
		const struct conf_volume *v = &old->volumes[i];

		if (!is_same(v, conf_volume_find(new, v->slot)))
			r = unmount_one(l, v, &volumes, 0, e);
	}
	for (size_t i = 0; i < new->n_volumes && r == 0; i++) {
		const struct conf_volume *v = &new->volumes[i];

		if (!is_same(conf_volume_find(old, v->slot), v))
			r = mount_one(l, new, v, &volumes, e);
	}
	return r < 0 ? r : write_plan(l->ctid, new, &volumes, e);
}
