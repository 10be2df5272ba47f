/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"

#define MAX_FDINFO 4096
#define DISK_SECONDS 2

pid_t guest_pid(int init)
{
	autofree char *path = xasprintf("/proc/self/fdinfo/%d", init), *text = NULL;
	const char *line;
	long pid;

	if (file_read(path, MAX_FDINFO, &text, NULL, NULL) < 0)
		return 0;
	line = strstr(text, "\nPid:");
	pid = line ? strtol(line + 5, NULL, 10) : 0;
	if (pid <= 0 || (syscall(SYS_pidfd_send_signal, init, 0, NULL, 0) < 0 && errno != EPERM))
		return 0;
	return (pid_t)pid;
}

int guest_open_root(int init, struct err *e)
{
	autofree char *path = xasprintf("/proc/%d/root", (int)guest_pid(init));
	autoclose int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat own, st;

	/* Check that init was still alive when its root was opened. */
	if (fd < 0 || !guest_pid(init))
		return err_set(e, ESRCH, "the container's init", "does not run any more");
	if (stat("/", &own) < 0 || fstat(fd, &st) < 0)
		return err_sys(e, path, "stat");
	if (own.st_dev == st.st_dev && own.st_ino == st.st_ino)
		return err_set(e, EXDEV, path, "is the root of this host");
	return steal_fd(&fd);
}

static int look_at_disk(void *arg, int out_fd, struct err *e)
{
	const int *init = arg;
	autoclose int root = -1;
	struct statfs fs;

	run_close_others(out_fd, *init);
	root = guest_open_root(*init, e);
	if (root < 0)
		return root;
	if (fstatfs(root, &fs) < 0)
		return err_sys(e, "/", "look at the file system");
	return file_write_all(out_fd, &fs, sizeof fs);
}

int guest_disk(int init, uint64_t *ret_used, uint64_t *ret_size, struct err *e)
{
	autofree char *answer = NULL;
	struct statfs fs;
	uint64_t size, left, unit;
	int r = run_confined_within(-1, DISK_SECONDS, look_at_disk, &init, &answer, sizeof fs, e);

	if (r < 0)
		return r;
	memcpy(&fs, answer, sizeof fs);
	unit = (uint64_t)fs.f_frsize;
	/* The container may choose the numbers. */
	if (fs.f_bfree > fs.f_blocks || __builtin_mul_overflow(fs.f_blocks, unit, &size) ||
	    __builtin_mul_overflow(fs.f_bfree, unit, &left) || size == 0 || size > INT64_MAX)
		return err_set(e, EPROTO, "/", "has impossible numbers");
	*ret_used = size - left;
	*ret_size = size;
	return 0;
}

struct job {
	int init;
	const char *name;
};

static int set_hostname(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;

	(void)out_fd;
	if (setns(job->init, CLONE_NEWUTS) < 0)
		return err_sys(e, NULL, "enter the container's UTS namespace");
	if (sethostname(job->name, strlen(job->name)) < 0)
		return err_sys(e, job->name, "set the host name");
	return 0;
}

/* Runs in a child, so that pct itself never stays in the container's UTS namespace. */
int guest_set_hostname(int init, const char *name, struct err *e)
{
	struct job job = { init, name };

	return run_confined(-1, set_hostname, &job, NULL, 0, e);
}
