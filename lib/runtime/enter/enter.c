/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/enter/enter.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/memfd-exec.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/host/cgroup-join.h"
#include "lib/runtime/enter/enter-context.h"
#include "lib/runtime/enter/enter-order.h"
#include "lib/runtime/guest.h"

#define STATUS_MAX (1024 * 1024) /* init may be in 65,536 groups */
#define GONE_MS 1000 /* time for a killed process to vanish */

/* ---- attributes of the container's init ---- */

static const struct {
	const char *name;
	uint32_t flag;
} namespaces[] = {
	{ "user", CLONE_NEWUSER }, { "mnt", CLONE_NEWNS },   { "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET },   { "uts", CLONE_NEWUTS },  { "ipc", CLONE_NEWIPC },
	{ "time", CLONE_NEWTIME }, { "cgroup", CLONE_NEWCGROUP },
};

/*
 * Find the namespaces that differ from this process's, since joining one's own user namespace
 * fails.
 */
static int find_namespaces(pid_t init, uint32_t *ret, struct err *e)
{
	uint32_t found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		autofree char *theirs = xasprintf("/proc/%d/ns/%s", (int)init, namespaces[i].name);
		autofree char *own = xasprintf("/proc/self/ns/%s", namespaces[i].name);
		struct stat a, b;

		if (stat(own, &b) < 0)
			continue; /* the kernel lacks this namespace */
		if (stat(theirs, &a) < 0)
			return err_sys(e, theirs, "look at a namespace");
		if (a.st_ino != b.st_ino || a.st_dev != b.st_dev)
			found |= namespaces[i].flag;
	}
	if (!(found & CLONE_NEWNS))
		return err_set(e, EXDEV, "the container's init", "has the host's mount namespace");
	*ret = found;
	return 0;
}

/* Read CapBnd and NoNewPrivs (proc(5)). */
static int find_rights(pid_t init, struct enter_order *order, struct err *e)
{
	autofree char *path = xasprintf("/proc/%d/status", (int)init), *text = NULL;
	const char *line;
	int r = file_read(path, STATUS_MAX, &text, NULL, e);

	if (r < 0)
		return r;
	line = strstr(text, "\nCapBnd:");
	if (!line)
		return err_set(e, EPROTO, path, "does not show capabilities");
	order->capabilities = strtoull(line + 8, NULL, 16);
	if (!strstr(text, "\nNoNewPrivs:\t0"))
		order->flags |= ENTER_NO_NEW_PRIVS;
	return 0;
}

/* Find the personality for uname26 and 32-bit architectures (personality(2)). */
static void find_personality(pid_t init, struct enter_order *order)
{
	autofree char *path = xasprintf("/proc/%d/personality", (int)init), *text = NULL;

	if (file_read(path, 64, &text, NULL, NULL) < 0)
		return;
	order->personality = strtoul(text, NULL, 16);
	order->flags |= ENTER_PERSONALITY;
}

/* Read the label in /proc/PID/attr/NAME without its mode; NULL: none, or unconfined. */
static char *read_label(const char *pid, const char *name)
{
	autofree char *path = xasprintf("/proc/%s/attr/%s", pid, name), *label = NULL;

	if (file_read(path, STATUS_MAX, &label, NULL, NULL) < 0)
		return NULL;
	label[strcspn(label, " \n")] = '\0';
	return *label && !str_eq(label, "unconfined") ? steal(&label) : NULL;
}

/* Write it as liblxc does: apparmor(7) changes it at once, SELinux at the next exec. */
static void add_label(pid_t init, struct buf *strings)
{
	static const char enabled[] = "/sys/module/apparmor/parameters/enabled";
	static const char own[] = "/proc/self/attr/";
	autofree char *pid = xasprintf("%d", (int)init), *is_enabled = NULL, *label = NULL;
	const char *name = "current", *set = "exec", *verb = "";

	if (file_read(enabled, 16, &is_enabled, NULL, NULL) == 0 && is_enabled[0] == 'Y') {
		if (access("/proc/self/attr/apparmor/current", F_OK) == 0)
			name = "apparmor/current";
		set = name;
		verb = "changeprofile ";
	} else if (access("/sys/fs/selinux/enforce", F_OK) < 0) {
		name = NULL;
	}
	label = name ? read_label(pid, name) : NULL;
	if (label)
		buf_addf(strings, "%s%s", own, set);
	buf_addc(strings, '\0');
	if (label)
		buf_addf(strings, "%s%s", verb, label);
	buf_addc(strings, '\0');
}

/* ---- the order ---- */

static bool has_variable(char *const *env, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (; *env; env++)
		if (strncmp(*env, variable, len) == 0)
			return true;
	return false;
}

static uint32_t add_string(struct buf *strings, const char *s)
{
	buf_addn(strings, s, strlen(s) + 1);
	return 1;
}

static void add_words(const struct enter_request *request, const struct enter_context *context,
		      struct enter_order *order, struct buf *strings)
{
	for (char *const *word = request->argv; word && *word; word++)
		order->n_argv += add_string(strings, *word);
	for (char *const *variable = request->env; *variable; variable++)
		order->n_env += add_string(strings, *variable);
	for (char *const *variable = context->env; variable && *variable; variable++)
		if (!has_variable(request->env, *variable))
			order->n_env += add_string(strings, *variable);
}

/* Returns a memfd with the order. */
static int write_order(const struct enter_order *order, const struct enter_context *context,
		       const struct buf *strings, struct err *e)
{
	size_t head = offsetof(struct enter_order, filter);
	size_t filter = context->n_filter * sizeof *context->filter;
	autoclose int fd = memfd_create("pct-order", MFD_CLOEXEC);

	if (head + filter + strings->len > ENTER_MAX)
		return err_set(e, E2BIG, "the command", "has more than %d bytes", ENTER_MAX);
	if (fd < 0 || ftruncate(fd, ENTER_ORDER_AT) < 0 || lseek(fd, 0, SEEK_END) < 0 ||
	    file_write_all(fd, order, head) < 0 ||
	    file_write_all(fd, context->filter, filter) < 0 ||
	    file_write_all(fd, strings->s, strings->len) < 0)
		return err_sys(e, NULL, "make a file in memory");
	return steal_fd(&fd);
}

static int make_order(const struct enter_request *request, pid_t init,
		      const struct enter_context *context, struct err *e)
{
	struct enter_order order = { .filter_flags = context->filter_flags,
				     .n_filter = (uint32_t)context->n_filter,
				     .n_fixed = (uint32_t)request->n_fixed };
	autobuf strings = BUF_INIT;
	int r = find_namespaces(init, &order.namespaces, e);

	if (r == 0)
		r = find_rights(init, &order, e);
	if (r < 0)
		return r;
	find_personality(init, &order);
	if (request->terminal) {
		order.flags |= ENTER_TERMINAL;
		ioctl(STDIN_FILENO, TIOCGWINSZ, &order.size);
	}
	if (request->dies)
		order.flags |= ENTER_DIES;
	if (request->transfer)
		order.flags |= ENTER_TRANSFER;
	add_label(init, &strings);
	add_string(&strings, request->user ? request->user : "");
	add_string(&strings, request->cwd ? request->cwd : "");
	add_words(request, context, &order, &strings);
	return write_order(&order, context, &strings, e);
}

/* ---- the child ---- */

struct launch {
	const struct enter_request *request;
	struct enter_context context;
	struct cgroup_places places;
	struct enter_answer *answer;
	int order, init, program, socket;
	uid_t uid; /* host id of container root */
	gid_t gid;
	pid_t parent;
};

static void set_proc(char *const *proc)
{
	for (; proc && *proc; proc++) {
		const char *value = strchr(*proc, '=');
		autofree char *path = xasprintf("/proc/self/%.*s", (int)(value - *proc), *proc);
		int fd = open(path, O_WRONLY | O_CLOEXEC);

		/*
		 * Ignore errors: liblxc set the same value at the start, and reported its errors.
		 */
		if (fd >= 0)
			(void)file_write_all(fd, value + 1, strlen(value + 1));
	}
}

/*
 * Move each descriptor to its number and close all others: the container can block this process,
 * and an inherited descriptor would keep a lock of the caller.
 */
static int place_descriptors(struct launch *l)
{
	int fds[] = { l->request->fds[0], l->request->fds[1], l->request->fds[2] }, n = 0;
	int *to[8 + CGROUP_MAX_PLACES] = { &fds[0], &fds[1], &fds[2], &l->order, &l->init,
					   &l->socket, &l->program, &l->places.v2 };

	for (n = 8; (unsigned)n < 8 + l->places.n_v1; n++)
		to[n] = &l->places.v1[n - 8];
	/* First move them above these numbers. */
	for (int i = 0; i < n; i++)
		if (*to[i] >= 0) {
			*to[i] = fcntl(*to[i], F_DUPFD_CLOEXEC, (int)ARRAY_SIZE(to));
			if (*to[i] < 0)
				return -errno;
		}
	for (int i = 0; i < n; i++) {
		close(i);
		if (*to[i] >= 0 && dup3(*to[i], i, i > ENTER_SOCKET_FD ? O_CLOEXEC : 0) < 0)
			return -errno;
		*to[i] = *to[i] < 0 ? -1 : i;
	}
	close_range((unsigned)n, ~0U, 0);
	return 0;
}

/* Set what needs the host's rights here; pct-enter does the rest. */
static int set_up(struct launch *l)
{
	const struct enter_context *c = &l->context;
	int r;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != l->parent)
		return -ESRCH;
	run_reset_signals();
	/* A process in the caller's session could open the caller's terminal as /dev/tty. */
	if (setsid() < 0 || setgroups(0, NULL) < 0)
		return -errno;
	r = place_descriptors(l);
	if (r < 0)
		return r;
	set_proc(c->proc);
	for (size_t i = 0; i < c->n_limits; i++)
		setrlimit((__rlimit_resource_t)c->limit[i].resource, &c->limit[i].value);
	/* From here on the container can block this process. */
	l->answer->step = ENTER_STEP_CGROUP;
	return cgroup_join(&l->places, l->uid, l->gid);
}

static void __attribute__((noreturn)) launch(struct launch *l)
{
	char *const argv[] = { (char *)"pct-enter", NULL }, *const env[] = { NULL };
	int r;

	l->answer->step = ENTER_STEP_EXEC;
	r = set_up(l);
	if (r == 0) {
		l->answer->step = ENTER_STEP_EXEC;
		syscall(SYS_execveat, l->program, "", argv, env, AT_EMPTY_PATH);
		r = -errno;
	}
	l->answer->error = -r;
	_exit(1);
}

static int start_child(struct launch *l, int sockets[2], struct enter *ret, struct err *e)
{
	struct enter enter = { .pidfd = -1, .socket = sockets[0] };

	enter.answer = mmap(NULL, ENTER_ORDER_AT, PROT_READ | PROT_WRITE, MAP_SHARED, l->order, 0);
	if (enter.answer == MAP_FAILED)
		return err_sys(e, NULL, "map a file in memory");
	l->answer = enter.answer;
	l->parent = getpid();
	enter.pid = fork();
	if (enter.pid == 0)
		launch(l);
	if (enter.pid > 0)
		enter.pidfd = (int)syscall(SYS_pidfd_open, enter.pid, 0);
	if (enter.pidfd < 0) {
		err_sys(e, NULL, "start a child");
		enter_abandon(&enter);
		sockets[0] = -1;
		return err_code(e);
	}
	*ret = enter;
	return 0;
}

/* The host id of id 0 in the container (user_namespaces(7)); -1: not mapped. */
static uint32_t root_id(pid_t init, const char *map)
{
	autofree char *path = xasprintf("/proc/%d/%s", (int)init, map), *text = NULL;
	unsigned inside, outside, count;
	int n = 0;

	if (file_read(path, STATUS_MAX, &text, NULL, NULL) < 0)
		return (uint32_t)-1;
	for (const char *at = text; sscanf(at, "%u %u %u%n", &inside, &outside, &count, &n) == 3;
	     at += n)
		if (inside == 0)
			return outside;
	return (uint32_t)-1;
}

/* Make container root the owner of the pipes, so that it can open /dev/stdout. */
static void give_descriptors(const struct enter_request *request, uid_t uid, gid_t gid)
{
	for (int n = 0; n <= STDERR_FILENO; n++) {
		struct stat st;

		if (fstat(request->fds[n], &st) == 0 && S_ISFIFO(st.st_mode))
			(void)!fchown(request->fds[n], uid, gid);
	}
}

int enter_begin(const struct enter_request *request, struct enter *ret, struct err *e)
{
	autofree char *path = xasprintf("%s/pct-enter", path_hooks());
	struct launch l = { .request = request, .places = CGROUP_PLACES_INIT,
			    .order = -1, .init = request->init, .program = -1, .socket = -1 };
	int sockets[2] = { -1, -1 }, r = 0;
	pid_t init = guest_pid(request->init);

	if (!init)
		return err_set(e, ESRCH, "the container's init", "does not run any more");
	r = enter_context_get(request->ctid, init, &l.context, e);
	if (r == 0)
		r = cgroup_places_find(request->ctid, init, &l.places, e);
	if (r == 0)
		r = l.order = make_order(request, init, &l.context, e);
	if (r >= 0)
		r = l.program = memfd_exec_copy(path, e);
	if (r >= 0 && request->terminal &&
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
		r = err_sys(e, NULL, "make a pair of sockets");
	/* Init still lives, so its pid was not reused while we read. */
	if (r >= 0 && !guest_pid(request->init))
		r = err_set(e, ESRCH, "the container's init", "does not run any more");
	if (r >= 0) {
		l.uid = root_id(init, "uid_map");
		l.gid = root_id(init, "gid_map");
		give_descriptors(request, l.uid, l.gid);
		l.socket = sockets[1];
		r = start_child(&l, sockets, ret, e);
	}
	if (r < 0)
		util_closep(&sockets[0]);
	util_closep(&sockets[1]);
	util_closep(&l.order);
	util_closep(&l.program);
	cgroup_places_done(&l.places);
	enter_context_done(&l.context);
	return r < 0 ? r : 0;
}

/* ---- the answer of pct-enter ---- */

static int failed(const struct enter_answer *answer, int status, struct err *e)
{
	static const char *const words[] = {
		[ENTER_STEP_CGROUP] = "join the container's cgroups",
		[ENTER_STEP_EXEC] = "run pct-enter",
		[ENTER_STEP_ORDER] = "read the command",
		[ENTER_STEP_KEYRING] = "leave the host's keyring",
		[ENTER_STEP_NAMESPACES] = "join the container's namespaces",
		[ENTER_STEP_IDS] = "become the container's root",
		[ENTER_STEP_TERMINAL] = "open a terminal of the container's (/dev/pts/ptmx)",
		[ENTER_STEP_PERSONALITY] = "set the container's personality",
		[ENTER_STEP_CAPABILITIES] = "give up capabilities",
		[ENTER_STEP_LSM] = "take the container's security label",
		[ENTER_STEP_CLOSE] = "close descriptors of the host",
		[ENTER_STEP_FILTER] = "filter system calls",
		[ENTER_STEP_CLONE] = "make a process in the container",
	};
	size_t step = (size_t)answer->step;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
		err_set(e, EPERM, "lxc.seccomp.profile",
			"forbids a system call that entering needs");
		return err_remedy(e, "allow seccomp, capset, clone and exit_group in it");
	}
	if (!answer->error || step >= ARRAY_SIZE(words) || !words[step])
		return err_set(e, EINTR, "pct-enter", "was killed while it entered the container");
	errno = answer->error;
	err_sys(e, NULL, "%s", words[step]);
	if (step == ENTER_STEP_TERMINAL)
		err_remedy(e, "mount devpts in the container, or run without a terminal: pct exec "
			      "CTID -- COMMAND | cat");
	return err_code(e);
}

static int take_terminal(int socket, struct err *e)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof control };
	int fd;

	if (recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) != 1 ||
	    message.msg_controllen < CMSG_LEN(sizeof fd))
		return err_set(e, EPROTO, "pct-enter", "did not hand over the terminal");
	memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
	return fd;
}

static void close_all(struct enter *enter)
{
	util_closep(&enter->pidfd);
	util_closep(&enter->socket);
	munmap(enter->answer, ENTER_ORDER_AT);
}

int enter_finish(struct enter *enter, struct enter_process *ret, struct err *e)
{
	struct enter_process process = { .pid = enter->answer->pid, .pidfd = -1, .terminal = -1 };
	int status = 0, r = 0;

	while (waitpid(enter->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!process.pid)
		r = failed(enter->answer, status, e);
	if (r == 0) {
		process.pidfd = (int)syscall(SYS_pidfd_open, process.pid, 0);
		r = process.pidfd < 0 ? err_sys(e, NULL, "hold a process") : 0;
	}
	if (r == 0 && enter->socket >= 0)
		r = process.terminal = take_terminal(enter->socket, e);
	close_all(enter);
	if (r >= 0) {
		*ret = process;
		return 0;
	}
	if (process.pid) {
		kill(process.pid, SIGKILL);
		util_closep(&process.pidfd);
	}
	return r;
}

void enter_abandon(struct enter *enter)
{
	struct pollfd ended = { .fd = enter->pidfd, .events = POLLIN };

	if (enter->pid > 0) {
		kill(enter->pid, SIGKILL);
		if (enter->answer->pid)
			kill(enter->answer->pid, SIGKILL);
		if (enter->pidfd >= 0)
			poll(&ended, 1, GONE_MS);
		waitpid(enter->pid, NULL, WNOHANG);
	}
	close_all(enter);
}
