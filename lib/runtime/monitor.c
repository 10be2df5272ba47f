/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/monitor.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"

struct process {
	pid_t pid, parent;
	unsigned long long start; /* clock ticks since boot, proc(5) field 22 */
	char comm[32];
};

static bool process_look(pid_t pid, struct process *ret)
{
	autofree char *path = xasprintf("/proc/%d/stat", (int)pid), *text = NULL;
	char *open, *close;
	int parent;

	if (file_read(path, 4096, &text, NULL, NULL) < 0)
		return false;
	/* The command may contain blanks and parentheses, so it ends at the last one. */
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close || close < open)
		return false;
	*close = '\0';
	ret->pid = pid;
	snprintf(ret->comm, sizeof ret->comm, "%s", open + 1);
	/* state, ppid, 17 fields, starttime */
	if (sscanf(close + 1, " %*c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
			      "%*s %*s %llu", &parent, &ret->start) != 2)
		return false;
	ret->parent = parent;
	return true;
}

/* liblxc runs hooks by sh -c; most shells exec the hook, others stay its parent. */
static bool monitor_of_hook(struct process *ret)
{
	return process_look(getppid(), ret) &&
	       (!str_eq(ret->comm, "sh") || process_look(ret->parent, ret));
}

static bool recorded(unsigned ctid, struct process *ret)
{
	autofree char *path = runfile(ctid, RUNFILE_MONITOR), *text = NULL;
	int pid;

	if (file_read(path, 64, &text, NULL, NULL) < 0 ||
	    sscanf(text, "%d %llu", &pid, &ret->start) != 2)
		return false;
	ret->pid = pid;
	return true;
}

/* Returns a pidfd of the recorded monitor if it lives, else -1. */
static int open_live(unsigned ctid, const struct process *except)
{
	struct process record, now;
	autoclose int fd = -1;

	if (!recorded(ctid, &record) ||
	    (except && except->pid == record.pid && except->start == record.start))
		return -1;
	fd = (int)syscall(SYS_pidfd_open, record.pid, 0);
	if (fd < 0 || !process_look(record.pid, &now) || now.start != record.start)
		return -1;
	return steal_fd(&fd);
}

static int wait_live(unsigned ctid, const struct process *except, unsigned seconds, struct err *e)
{
	autoclose int fd = open_live(ctid, except);
	autofree char *object = xasprintf("container %u", ctid);
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	struct process record;
	int n;

	if (fd < 0 || !recorded(ctid, &record))
		return 0;
	do
		n = poll(&wait, 1, (int)seconds * 1000);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return 0;
	err_set(e, ETIMEDOUT, object, "an earlier monitor still runs after %u s", seconds);
	return err_remedy(e, "kill -9 %d ends it; the next start clears up", (int)record.pid);
}

int monitor_wait(unsigned ctid, unsigned seconds, struct err *e)
{
	return wait_live(ctid, NULL, seconds, e);
}

int monitor_open(unsigned ctid)
{
	return open_live(ctid, NULL);
}

bool monitor_still_runs(int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	/* A zombie is still in /proc. */
	return pidfd >= 0 && poll(&ended, 1, 0) == 0;
}

bool monitor_is_alive(unsigned ctid)
{
	autoclose int fd = monitor_open(ctid);

	return monitor_still_runs(fd);
}

bool monitor_start_of(pid_t pid, uint64_t *ret)
{
	struct process process;

	if (!process_look(pid, &process))
		return false;
	*ret = process.start;
	return true;
}

pid_t monitor_pid(unsigned ctid)
{
	struct process record;

	return recorded(ctid, &record) ? record.pid : 0;
}

int monitor_claim(unsigned ctid, unsigned seconds, struct err *e)
{
	autofree char *path = runfile(ctid, RUNFILE_MONITOR);
	autofree char *lock = runfile(ctid, RUNFILE_MONITOR_LOCK);
	autofree char *text = NULL;
	autoclose int fd = -1;
	struct process mine;
	int r;

	if (!monitor_of_hook(&mine))
		return err_set(e, ESRCH, "monitor", "cannot be found in /proc");
	/* Check and record in one step, since two monitors may run hooks at the same time. */
	fd = lock_file(lock, seconds, e);
	if (fd < 0)
		return fd;
	r = wait_live(ctid, &mine, seconds, e);
	if (r < 0)
		return r;
	text = xasprintf("%d %llu\n", (int)mine.pid, mine.start);
	return file_write_volatile(path, text, strlen(text), 0644, e);
}

bool monitor_is_mine(unsigned ctid)
{
	struct process record, mine;

	return recorded(ctid, &record) && monitor_of_hook(&mine) && record.pid == mine.pid &&
	       record.start == mine.start;
}

void monitor_release(unsigned ctid)
{
	autofree char *path = runfile(ctid, RUNFILE_MONITOR);

	unlink(path);
}
