/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/fuse.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/monitor.h"

#define MAX_MOUNTS 100000 /* in a namespace, fs.mount-max */
#define MAX_DEVICES 4096  /* total of the container */
#define MAX_FDS 1024      /* of a thread */
#define MAX_TASKS 1024    /* of a process */
#define ABORT_WAIT 5      /* seconds */

struct numbers {
	uint64_t *v;
	size_t n, size;
};

static bool has(const struct numbers *d, uint64_t number)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->v[i] == number)
			return true;
	return false;
}

static void add(struct numbers *d, uint64_t number)
{
	if (has(d, number))
		return;
	if (d->n == d->size) {
		d->size = d->size ? 2 * d->size : 64;
		d->v = xrealloc(d->v, d->size, sizeof *d->v);
	}
	d->v[d->n++] = number;
}

/*
 * Call fn for each FUSE mount, by the type behind the dash (proc(5); blanks in names are escaped):
 * "36 35 0:52 / /mnt rw master:1 - fuse.sshfs source rw".
 */
static void each_mount(const char *proc, void (*fn)(dev_t device, void *arg), void *arg)
{
	autofree char *path = xasprintf("%s/mountinfo", proc);
	FILE *mounts = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;

	for (unsigned i = 0; mounts && i < MAX_MOUNTS && getline(&line, &size, mounts) > 0; i++) {
		const char *dash = strstr(line, " - ");
		unsigned major, minor;

		if (dash && str_after(dash, " - fuse") &&
		    sscanf(line, "%*u %*u %u:%u", &major, &minor) == 2)
			fn(makedev(major, minor), arg);
	}
	if (mounts)
		fclose(mounts);
	free(line);
}

struct look {
	unsigned ctid;
	int control;         /* the folder with all connections */
	struct numbers host; /* mounted on the host: left alone */
	struct numbers done, namespaces; /* already processed */
	int pidfd;           /* the process being examined */
};

static void note_host(dev_t device, void *arg)
{
	add(&((struct look *)arg)->host, device);
}

/*
 * The minor number of a FUSE device names its connection (fs/fuse/control.c); other devices have no
 * entry.  The device was found through a pid, which is valid only if the process still lives.
 */
static void abort_one(dev_t device, void *arg)
{
	struct look *l = arg;
	struct pollfd ended = { .fd = l->pidfd, .events = POLLIN };
	char name[48];
	int fd;

	if (l->done.n >= MAX_DEVICES || has(&l->done, device) || has(&l->host, device) ||
	    poll(&ended, 1, 0) != 0)
		return;
	add(&l->done, device);
	snprintf(name, sizeof name, "%u/abort", major(device) << 20 | minor(device));
	fd = openat(l->control, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)file_write_all(fd, "1", 1);
	close(fd);
}

/* Find the device of a file without a request to its file system, which may not answer. */
static void take_file(int dir, const char *name, struct look *l)
{
	struct statx st;

	if (statx(dir, name, AT_STATX_DONT_SYNC | AT_NO_AUTOMOUNT, 0, &st) == 0)
		abort_one(makedev(st.stx_dev_major, st.stx_dev_minor), l);
}

/* Unmounted file systems are found through the processes that use them. */
static void take_files(const char *proc, struct look *l)
{
	autoclose int dir = open(proc, O_PATH | O_DIRECTORY | O_CLOEXEC);
	DIR *fds = dir < 0 ? NULL : file_open_folder(dir, "fd");
	struct dirent *entry;

	if (dir >= 0) {
		take_file(dir, "cwd", l);
		take_file(dir, "root", l);
	}
	for (unsigned i = 0; fds && i < MAX_FDS && (entry = readdir(fds)); i++)
		if (entry->d_name[0] != '.')
			take_file(dirfd(fds), entry->d_name, l);
	if (fds)
		closedir(fds);
}

static bool is_new_namespace(struct look *l, const char *proc)
{
	autofree char *path = xasprintf("%s/ns/mnt", proc);
	struct stat st;

	if (stat(path, &st) < 0 || has(&l->namespaces, st.st_ino))
		return false;
	add(&l->namespaces, st.st_ino);
	return true;
}

/* Look at each thread: the first one may have ended, and then has no files. */
static bool look_at(int pidfd, pid_t pid, void *arg)
{
	autofree char *path = xasprintf("/proc/%d/task", (int)pid);
	DIR *tasks = file_open_folder(AT_FDCWD, path);
	struct look *l = arg;
	struct dirent *entry;

	l->pidfd = pidfd;
	for (unsigned i = 0; tasks && i < MAX_TASKS && (entry = readdir(tasks)); i++) {
		autofree char *proc = xasprintf("%s/%s", path, entry->d_name);

		if (entry->d_name[0] == '.')
			continue;
		if (is_new_namespace(l, proc))
			each_mount(proc, abort_one, l);
		take_files(proc, l);
	}
	if (tasks)
		closedir(tasks);
	return true;
}

/* Mount it privately: the usual mount need not exist. */
static int open_control(struct err *e)
{
	autoclose int fs = fsopen("fusectl", FSOPEN_CLOEXEC);
	int fd = -1;

	if (fs >= 0 && fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		fd = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	return fd < 0 ? err_sys(e, "fusectl", "mount") : fd;
}

static int abort_all(void *arg, int out_fd, struct err *e)
{
	struct look l = { .ctid = *(unsigned *)arg };
	autofree char *monitor = NULL;

	(void)out_fd;
	run_close_others(-1, -1);
	l.control = open_control(e);
	if (l.control < 0)
		return l.control;
	if (monitor_is_alive(l.ctid))
		monitor = xasprintf("/proc/%d", (int)monitor_pid(l.ctid));
	each_mount("/proc/1", note_host, &l);
	each_mount("/proc/self", note_host, &l);
	/* Mounts that a hook of the host made for the container. */
	if (monitor)
		each_mount(monitor, note_host, &l);
	cgroup_each_proc(l.ctid, look_at, &l);
	close(l.control);
	free(l.host.v);
	free(l.done.v);
	free(l.namespaces.v);
	return 0;
}

/* Runs in a child with a time limit, since reading /proc of a stuck process can get stuck, too. */
int fuse_abort(unsigned ctid, struct err *e)
{
	return run_confined_within(-1, ABORT_WAIT, abort_all, &ctid, NULL, 0, e);
}
