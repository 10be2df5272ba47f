/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tracer [OPTION...] COMMAND [ARGUMENT...]
 *
 *	-o FILE    log each state-changing call (tests/faults/calls.c): N, process, program,
 *	           call, errors that it can return, result, inode, the folder's inode, path;
 *	           tabs between
 *	-n N       at the N-th of them, which is the only one to be logged then, ...
 *	-f ACTION  ... "kill": SIGKILL to the process; "killall": to all that are traced; or the
 *	           name of an errno, which the call returns without having been made
 *	-p PROGRAM count only calls of this program, and stay until all of the command's are gone
 *	-l         what pct forks without an exec is liblxc's monitor, and not counted
 *	-a         log what is not counted as well
 *
 * Counted are calls of our own programs (pct, pct-create, hooks) and of their forked children.
 * What those execute besides (mke2fs, rm, the container's init) is let go at its execve, so that
 * no fault hits somebody else's code.  liblxc, which lives in pct, can be told from it by the
 * process alone: the monitor that a start forks.  A process that has called pivot_root unpacks an
 * archive; its program is logged as NAME/unpack.
 *
 * "kill" is what the kernel does when memory is short: one process goes, and the others have to
 * notice.  "killall" is a cgroup's or the machine's end, where nobody is left to clean up.  Both
 * are sent before the call is made, so that the call's effect is the one that lacks.
 *
 * Ends as the command does, 128 + N where a signal killed it.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/util.h"
#include "tests/faults/calls.h"
#include "tests/faults/inject.h"

#define MAX_TASKS 512
#define LOOP_MAJOR_IOCTL 0x4c

struct task {
	pid_t pid;
	bool known;   /* its parent's fork was seen, or it has no parent here */
	bool waiting; /* stopped, until its parent's fork is seen */
	bool own, unpacks;
	char program[32];
	const struct call *call; /* of the table, being made */
	unsigned n;		 /* its number; 0: not counted */
	bool faked;
	bool makes; /* O_CREAT and O_EXCL */
	uint64_t args[6];
	char path[PATH_MAX];
};

static struct task tasks[MAX_TASKS];
static struct {
	FILE *log;
	const char *program;
	bool forks_are_liblxc, all;
	unsigned at;
	const char *action;
	bool done; /* the fault was made: all are let go at their next stop */
	pid_t main;
	int status;
	unsigned count;
} tracer;

static void die(const char *what)
{
	fprintf(stderr, "tracer: %s: %s\n", what, strerror(errno));
	exit(125);
}

static struct task *task_find(pid_t pid)
{
	for (size_t i = 0; i < MAX_TASKS; i++)
		if (tasks[i].pid == pid)
			return &tasks[i];
	return NULL;
}

static struct task *task_get(pid_t pid)
{
	struct task *t = task_find(pid);

	if (t)
		return t;
	t = task_find(0);
	if (!t)
		die("too many processes");
	*t = (struct task){ .pid = pid };
	return t;
}

static bool any_task(void)
{
	for (size_t i = 0; i < MAX_TASKS; i++)
		if (tasks[i].pid)
			return true;
	return false;
}

/* ---- looking at a stopped process ---- */

static bool read_memory(pid_t pid, uint64_t at, void *to, size_t n)
{
	struct iovec local = { to, n }, remote = { (void *)(uintptr_t)at, n };

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)n;
}

static void read_string(pid_t pid, uint64_t at, char *to, size_t size)
{
	size_t n = 0;

	memset(to, 0, size);
	while (n < size - 1) {
		size_t page = 4096 - (at + n) % 4096, room = size - 1 - n;
		size_t part = page < room ? page : room;

		if (!read_memory(pid, at + n, to + n, part) || memchr(to + n, '\0', part))
			return;
		n += part;
	}
}

/* A path as the process means it, in a form that this process can use. */
static void path_of(const struct task *t, char *to, size_t size)
{
	const struct call *c = t->call;
	int dirfd = c->dirfd >= 0 ? (int)t->args[(int)c->dirfd] : AT_FDCWD;
	int pid = (int)t->pid;

	if (c->path < 0)
		snprintf(to, size, "/proc/%d/fd/%d", pid, (int)t->args[(int)c->fd]);
	else if (t->path[0] == '/')
		snprintf(to, size, "/proc/%d/root%s", pid, t->path);
	else if (dirfd == AT_FDCWD)
		snprintf(to, size, "/proc/%d/cwd/%s", pid, t->path);
	else
		snprintf(to, size, "/proc/%d/fd/%d/%s", pid, dirfd, t->path);
}

static void print_inode(const char *path, bool follow)
{
	struct stat st;

	if ((follow ? stat(path, &st) : lstat(path, &st)) == 0)
		fprintf(tracer.log, "\t%llu:%llu", (unsigned long long)st.st_dev,
			(unsigned long long)st.st_ino);
	else
		fputs("\t-", tracer.log);
}

/* What a person, and a comparison with a folder's name, takes for the path. */
static void print_name(const struct task *t, char *path)
{
	char *slash = strrchr(path, '/'), real[PATH_MAX];
	ssize_t n;

	if (t->call->path < 0) {
		n = readlink(path, real, sizeof real - 1);
		fprintf(tracer.log, "\t%.*s\n", n > 0 ? (int)n : 0, real);
		return;
	}
	*slash = '\0';
	n = t->path[0] == '/' ? 0 : readlink(path, real, sizeof real - 1);
	if (n > 0)
		fprintf(tracer.log, "\t%.*s/%s\n", (int)n, real, slash + 1);
	else
		fprintf(tracer.log, "\t%s\n", t->path);
}

static void log_call(const struct task *t, const char *result)
{
	char errors[64], path[PATH_MAX + 64] = "";

	if (!tracer.log || (tracer.at && tracer.at != t->n))
		return;
	call_errors(t->call, errors);
	fprintf(tracer.log, "%u\t%d\t%s%s\t%s%s\t%s\t%s", t->n, (int)t->pid, t->program,
		t->unpacks ? "/unpack" : "", t->call->name, t->makes ? "/new" : "", errors, result);
	if (t->call->path < 0 && t->call->fd < 0) {
		fputs("\t-\t-\t-\n", tracer.log);
		return;
	}
	path_of(t, path, sizeof path);
	print_inode(path, t->call->path < 0);
	if (t->call->path >= 0) {
		char *slash = strrchr(path, '/'), kept = slash[1];

		slash[1] = '\0'; /* the slash stays: a folder, through links */
		print_inode(path, true);
		slash[1] = kept;
	} else {
		fputs("\t-", tracer.log);
	}
	print_name(t, path);
}

/* ---- which calls count ---- */

/* Of an open, from anywhere. */
static uint64_t open_flags(const struct task *t, const struct call *c)
{
	uint64_t flags = 0;

	switch (c->nr) {
#ifdef SYS_open
	case SYS_open:
		return t->args[1];
	case SYS_creat:
		return O_CREAT | O_WRONLY | O_TRUNC;
#endif
	case SYS_openat:
		return t->args[2];
	case SYS_openat2:
		read_memory(t->pid, t->args[2], &flags, sizeof flags);
		return flags;
	default:
		return 0;
	}
}

static bool on_netlink(pid_t pid, int fd)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	autoclose int copy = pidfd < 0 ? -1 : (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);
	int domain;
	socklen_t n = sizeof domain;

	return copy >= 0 && getsockopt(copy, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 &&
	       domain == AF_NETLINK;
}

/* The table names calls; some change nothing with these arguments. */
static bool changes(const struct task *t, const struct call *c)
{
	switch (c->nr) {
#ifdef SYS_open
	case SYS_open:
#endif
	case SYS_openat:
	case SYS_openat2:
		return open_flags(t, c) & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
	case SYS_write:
	case SYS_writev: /* what is said to the user is no state */
		return t->args[0] > 2;
	case SYS_ioctl:
		return (t->args[1] >> 8 & 0xff) == LOOP_MAJOR_IOCTL;
	case SYS_open_tree:
		return t->args[2] & OPEN_TREE_CLONE;
	case SYS_clone:
		return !(t->args[0] & CLONE_THREAD);
	case SYS_sendto:
	case SYS_sendmsg:
		return on_netlink(t->pid, (int)t->args[0]);
	default:
		return true;
	}
}

static bool counts(const struct task *t)
{
	return t->own && (!tracer.program || str_eq(tracer.program, t->program));
}

/* ---- faults ---- */

/* The order of processes varies: what is the N-th call now may not be what it was. */
static bool can_fail_so(const struct call *c)
{
	char errors[64];

	call_errors(c, errors);
	return strstr(errors, tracer.action);
}

static void make_fault(struct task *t)
{
	tracer.done = true;
	if (str_eq(tracer.action, "kill")) {
		log_call(t, "killed");
		kill(t->pid, SIGKILL);
	} else if (str_eq(tracer.action, "killall")) {
		log_call(t, "killed");
		for (size_t i = 0; i < MAX_TASKS; i++)
			if (tasks[i].pid)
				kill(tasks[i].pid, SIGKILL);
	} else if (can_fail_so(t->call)) {
		if (inject_skip(t->pid) < 0)
			die("skip a call");
		t->faked = true;
	}
}

/* ---- stops ---- */

static void on_entry(struct task *t, const struct __ptrace_syscall_info *info)
{
	const struct call *c = call_find((long)info->entry.nr);

	t->call = NULL;
	t->n = 0;
	memcpy(t->args, info->entry.args, sizeof t->args);
	if (!c || !(counts(t) || tracer.all) || !changes(t, c))
		return;
	t->call = c;
	t->makes = (open_flags(t, c) & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
	t->path[0] = '\0';
	if (c->path >= 0)
		read_string(t->pid, t->args[(int)c->path], t->path, sizeof t->path);
	if (c->nr == SYS_pivot_root)
		t->unpacks = true;
	if (!counts(t))
		return;
	t->n = ++tracer.count;
	if (t->n == tracer.at)
		make_fault(t);
	else if (c->nr == SYS_execve)
		log_call(t, "0"); /* its memory, and so its exit, is another program's */
}

static void on_exit_of_call(struct task *t, const struct __ptrace_syscall_info *info)
{
	char result[32];

	if (!t->call)
		return;
	if (t->faked) {
		if (inject_error(t->pid, call_errno(tracer.action)) < 0)
			die("replace a result");
		t->faked = false;
		log_call(t, "fault");
	} else if (t->call->nr != SYS_execve) {
		snprintf(result, sizeof result, "%lld", (long long)info->exit.rval);
		log_call(t, result);
	}
	t->call = NULL;
}

static void on_syscall(struct task *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->pid, sizeof info, &info) < 0)
		return; /* killed meanwhile */
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
		on_entry(t, &info);
	else if (info.op == PTRACE_SYSCALL_INFO_EXIT)
		on_exit_of_call(t, &info);
}

/* Returns whether it is to be let go. */
static bool on_exec(struct task *t)
{
	char link[64], exe[PATH_MAX];
	const char *name;
	ssize_t n;

	snprintf(link, sizeof link, "/proc/%d/exe", (int)t->pid);
	n = readlink(link, exe, sizeof exe - 1);
	exe[n > 0 ? n : 0] = '\0';
	/* A sealed copy of pct's is "/memfd:pct (deleted)". */
	if (str_ends_with(exe, " (deleted)"))
		exe[strlen(exe) - strlen(" (deleted)")] = '\0';
	name = strrchr(exe, '/') ? strrchr(exe, '/') + 1 : exe;
	name = str_after(name, "memfd:") ? str_after(name, "memfd:") : name;
	snprintf(t->program, sizeof t->program, "%.31s", name);
	t->call = NULL;
	t->own = str_eq(name, "pct") || str_after(name, "pct-") || str_after(name, "lxc.hook.") ||
		 str_after(name, "lxc.net.");
	/* liblxc runs hooks by sh -c. */
	return !t->own && !tracer.all && !str_eq(name, "sh") && !str_eq(name, "dash") &&
	       !str_eq(name, "bash");
}

static void resume(struct task *t, enum __ptrace_request how, int signal)
{
	if (ptrace(how, t->pid, 0, signal) < 0 && errno != ESRCH)
		die("resume");
	if (how == PTRACE_DETACH)
		t->pid = 0;
}

/* To its next call, or, where none would count, to what it forks or executes. */
static void go_on(struct task *t, int signal)
{
	bool calls = t->faked || counts(t) || tracer.all;

	if (tracer.done && str_eq(tracer.action, "killall"))
		kill(t->pid, SIGKILL); /* forked meanwhile */
	else if (tracer.done && !t->faked)
		resume(t, PTRACE_DETACH, signal);
	else
		resume(t, calls ? PTRACE_SYSCALL : PTRACE_CONT, signal);
}

static void on_fork(const struct task *parent)
{
	struct task *child;
	unsigned long pid;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &pid) < 0)
		return;
	child = task_get((pid_t)pid);
	child->known = true;
	child->own = parent->own && !(tracer.forks_are_liblxc && str_eq(parent->program, "pct"));
	child->unpacks = parent->unpacks;
	snprintf(child->program, sizeof child->program, "%s", parent->program);
	if (child->waiting) {
		child->waiting = false;
		go_on(child, 0);
	}
}

static void on_stop(struct task *t, int status)
{
	int signal = WSTOPSIG(status), event = status >> 16;

	if (signal == (SIGTRAP | 0x80)) {
		on_syscall(t);
	} else if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK ||
		   event == PTRACE_EVENT_CLONE) {
		on_fork(t);
	} else if (event == PTRACE_EVENT_EXEC) {
		if (on_exec(t)) {
			resume(t, PTRACE_DETACH, 0);
			return;
		}
	} else if (event == PTRACE_EVENT_STOP) {
		if (signal != SIGTRAP) {
			resume(t, PTRACE_LISTEN, 0);
			return;
		}
		t->waiting = !t->known && !tracer.done;
		if (t->waiting)
			return;
	} else {
		go_on(t, signal);
		return;
	}
	go_on(t, 0);
}

static void on_end(pid_t pid, int status)
{
	struct task *t = task_find(pid);

	if (t)
		t->pid = 0;
	if (pid == tracer.main)
		tracer.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void trace(void)
{
	bool main_lives = true;

	/* What lives on, such as a container's monitor, is let go when this process ends. */
	while (main_lives || (tracer.program && any_task())) {
		int status;
		pid_t pid = waitpid(-1, &status, __WALL);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid < 0)
			break;
		if (WIFSTOPPED(status))
			on_stop(task_get(pid), status);
		else
			on_end(pid, status);
		main_lives = main_lives && !(pid == tracer.main && !WIFSTOPPED(status));
	}
}

static void run(char *argv[])
{
	const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
			     PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
	int go[2];
	char c;

	if (pipe2(go, O_CLOEXEC) < 0)
		die("pipe");
	tracer.main = fork();
	if (tracer.main < 0)
		die("fork");
	if (tracer.main == 0) {
		close(go[1]);
		if (read(go[0], &c, 1) == 1)
			execvp(argv[0], argv);
		die(argv[0]);
	}
	close(go[0]);
	if (ptrace(PTRACE_SEIZE, tracer.main, 0, options) < 0)
		die("trace");
	task_get(tracer.main)->known = true;
	if (write(go[1], "", 1) != 1)
		die("pipe");
	close(go[1]);
}

int main(int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+o:n:f:p:la")) != -1)
		switch (c) {
		case 'o':
			tracer.log = fopen(optarg, "we");
			if (!tracer.log)
				die(optarg);
			break;
		case 'n':
			tracer.at = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'f':
			tracer.action = optarg;
			break;
		case 'p':
			tracer.program = optarg;
			break;
		case 'l':
			tracer.forks_are_liblxc = true;
			break;
		case 'a':
			tracer.all = true;
			break;
		default:
			return 125;
		}
	if (!argv[optind] || (tracer.at && !tracer.action)) {
		fprintf(stderr, "usage: see the head of tests/faults/tracer.c\n");
		return 125;
	}
	run(argv + optind);
	trace();
	return tracer.status;
}
