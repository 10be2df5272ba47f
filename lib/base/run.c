/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/run.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"

#define RUN_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* At most this much standard error is read; an err holds less. */
#define MAX_STDERR 4096

#define NO_LIMIT (-1LL)
#define KILL_WAIT 2000 /* ms to wait for a killed child */

void run_reset_signals(void)
{
	struct sigaction old;
	sigset_t none;

	sigemptyset(&none);
	for (int n = 1; n < NSIG; n++) {
		if ((n == SIGINT || n == SIGTERM || n == SIGHUP) && sigaction(n, NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		if (n != SIGKILL && n != SIGSTOP)
			signal(n, SIG_DFL);
	}
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* A change of credentials clears the death signal, so call this afterwards (prctl(2)). */
static int die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -errno;
	return getppid() == parent ? 0 : -ESRCH;
}

#define SECOND_INPUT 3 /* RUN_SECOND_INPUT */

/* The environment of a program besides its arguments; a descriptor of -1 is /dev/null. */
struct surroundings {
	const char *variable;	/* additional environment variable, or NULL */
	int in, second_in, out; /* second_in -1: none */
	unsigned seconds;	/* 0: no limit */
	int max_status;		/* higher exit statuses are failures */
	bool tells;		/* its output joins its standard error */
	bool outlives;		/* it goes on without this process and its terminal */
};
static const struct surroundings nothing = { .in = -1, .second_in = -1, .out = -1 };

static void __attribute__((noreturn)) exec_program(const struct surroundings *s,
						   const char *const argv[], int stderr_fd,
						   pid_t parent)
{
	static char path[] = "PATH=" RUN_PATH, locale[] = "LC_ALL=C.UTF-8";
	char *environment[] = { path, locale, (char *)s->variable, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	run_reset_signals();
	if (s->outlives && (setsid() < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR))
		_exit(126);
	if (null < 0 || dup2(s->in < 0 ? null : s->in, 0) < 0 ||
	    dup2(s->tells ? stderr_fd : s->out < 0 ? null : s->out, 1) < 0 ||
	    dup2(stderr_fd, 2) < 0 || (!s->outlives && die_with(parent) < 0))
		_exit(126);
	/* dup2() to the same number would keep close-on-exec, and exec would close it. */
	if (s->second_in >= 0 &&
	    (dup2(s->second_in, SECOND_INPUT) < 0 || fcntl(SECOND_INPUT, F_SETFD, 0) < 0))
		_exit(126);
	close_range(s->second_in < 0 ? SECOND_INPUT : SECOND_INPUT + 1, ~0U, 0);
	environ = environment;
	execvp(argv[0], (char *const *)argv);
	dprintf(2, "%s", strerror(errno));
	_exit(127);
}

static int wait_for(pid_t pid, int *ret_status)
{
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

/* until is NO_LIMIT or a time of now_ms().  Returns false when the time is over. */
static bool is_ready(int fd, long long until)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	int n;

	do {
		long long left = until - now_ms();

		n = poll(&ready, 1, until == NO_LIMIT ? -1 : left < 0 ? 0 : (int)left);
	} while (n < 0 && errno == EINTR);
	return n != 0;
}

/*
 * Read to the end, so that the writer never blocks, and keep the first max bytes.  Returns false if
 * the time is over before the end.
 */
static bool drain(int fd, char *to, size_t max, size_t *ret_len, long long until)
{
	char rest[512];
	size_t len = 0;
	ssize_t n = 1;

	while (n != 0 && is_ready(fd, until)) {
		n = len < max ? read(fd, to + len, max - len) : read(fd, rest, sizeof rest);
		if (n < 0 && errno != EINTR)
			n = 0;
		if (n > 0 && len < max)
			len += (size_t)n;
	}
	*ret_len = len;
	return n == 0;
}

/* Returns the exit status.  said gets max bytes, and NUL, without white space at the end. */
static int run_to_end(const struct surroundings *s, const char *const argv[], char *said,
		      size_t max, struct err *e)
{
	long long until = s->seconds ? now_ms() + s->seconds * 1000LL : NO_LIMIT;
	int pipefd[2], status, r;
	pid_t pid, self = getpid();
	size_t len;
	bool ended;

	if (pipe2(pipefd, O_CLOEXEC) < 0)
		return err_sys(e, argv[0], "make a pipe");
	pid = fork();
	if (pid < 0) {
		err_sys(e, argv[0], "fork");
		close(pipefd[0]);
		close(pipefd[1]);
		return err_code(e);
	}
	if (pid == 0)
		exec_program(s, argv, pipefd[1], self);
	close(pipefd[1]);
	ended = drain(pipefd[0], said, max, &len, until);
	close(pipefd[0]);
	if (!ended)
		kill(pid, SIGKILL);
	while (len && (said[len - 1] == '\n' || said[len - 1] == ' '))
		len--;
	said[len] = '\0';
	r = wait_for(pid, &status);
	if (r < 0)
		return err_set(e, -r, argv[0], "cannot wait for it: %s", strerror(-r));
	if (!ended)
		return err_set(e, ETIMEDOUT, argv[0], "did not end within %u s", s->seconds);
	if (WIFSIGNALED(status))
		return err_set(e, EINTR, argv[0], "was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status) == 127)
		return err_set(e, ENOENT, argv[0], "cannot run: %s", said);
	return WEXITSTATUS(status);
}

/* A message of several lines as one. */
static const char *one_line(char *said)
{
	for (char *end = said; (end = strchr(end, '\n'));)
		*end = ';';
	return said + strspn(said, " ");
}

static int run(const struct surroundings *s, const char *const argv[], struct err *e)
{
	char said[MAX_STDERR + 1];
	int status = run_to_end(s, argv, said, MAX_STDERR, e);

	if (status > s->max_status)
		return err_set(e, EIO, argv[0], "failed: %s",
			       *said ? one_line(said) : "it gave no reason");
	return status < 0 ? status : 0;
}

int run_program_to_end(const char *const argv[], int kept, struct err *e)
{
	struct surroundings s = nothing;

	s.second_in = kept;
	s.outlives = true;
	return run(&s, argv, e);
}

int run_program_status(const char *const argv[], size_t max, char **ret_said, struct err *e)
{
	struct surroundings s = nothing;
	autofree char *said = xcalloc(1, max + 1);
	int status;

	s.tells = true;
	status = run_to_end(&s, argv, said, max, e);
	if (status >= 0)
		*ret_said = steal(&said);
	return status;
}

int run_program(const char *const argv[], struct err *e)
{
	return run(&nothing, argv, e);
}

int run_program_with(const char *variable, const char *const argv[], struct err *e)
{
	struct surroundings s = nothing;

	s.variable = variable;
	return run(&s, argv, e);
}

/* Standard output is a file, so that the program can write all of it before this process reads. */
static int run_for_output(struct surroundings s, const char *const argv[], size_t max, char **ret,
			  struct err *e)
{
	autoclose int out = memfd_create("stdout", MFD_CLOEXEC);
	int r;

	if (out < 0)
		return err_sys(e, argv[0], "make a file in memory");
	s.out = out;
	r = run(&s, argv, e);
	if (r == 0 && lseek(out, 0, SEEK_SET) < 0)
		r = err_sys(e, argv[0], "read its output");
	return r < 0 ? r : file_read_fd(out, argv[0], max, ret, NULL, e);
}

int run_program_output(const char *const argv[], size_t max, char **ret, struct err *e)
{
	return run_for_output(nothing, argv, max, ret, e);
}

int run_program_within(const char *const argv[], unsigned seconds, size_t max, char **ret,
		       struct err *e)
{
	struct surroundings s = nothing;

	s.seconds = seconds;
	return run_for_output(s, argv, max, ret, e);
}

int run_program_compare(const char *const argv[], int in, int second_in, unsigned seconds,
			size_t max, char **ret, struct err *e)
{
	struct surroundings s = { .in = in, .second_in = second_in, .seconds = seconds,
				  .max_status = 1 };

	return run_for_output(s, argv, max, ret, e);
}

int run_remove_tree(const char *path, struct err *e)
{
	const char *const rm[] = { "rm", "-rf", "--one-file-system", "--", path, NULL };

	return run_program(rm, e);
}

int run_leave_keyring(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return errno == ENOSYS ? 0 : -errno;
	return 0;
}

static int enter_userns(int userns_fd, struct err *e)
{
	if (run_leave_keyring() < 0)
		return err_sys(e, NULL, "leave the session keyring");
	if (setns(userns_fd, CLONE_NEWUSER) < 0)
		return err_sys(e, NULL, "enter the container's user namespace");
	if (setgroups(0, NULL) < 0 || setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return err_sys(e, NULL, "become root of the container");
	return 0;
}

struct confined {
	int userns_fd, out[2], err[2];
	int (*fn)(void *arg, int out_fd, struct err *e);
	void *arg;
	pid_t parent;
};

/* The pipes to this child's parent, and the parent's pid. */
static int child_pipes[2] = { -1, -1 };
static pid_t child_parent;

int run_enter_userns(int userns_fd, struct err *e)
{
	int r = enter_userns(userns_fd, e);

	if (r == 0 && die_with(child_parent) < 0)
		r = err_set(e, ESRCH, NULL, "the process that began this has ended");
	return r;
}

static int compare_fds(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

void run_close_others(int keep, int keep_too)
{
	int open_fds[] = { 0, 1, 2, child_pipes[0], child_pipes[1], keep, keep_too };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	/* A later descriptor with one of these numbers would be lost in exec_program(). */
	for (int fd = 0; fd < 2; fd++)
		if (fd != child_pipes[0] && fd != child_pipes[1] && fd != keep &&
		    fd != keep_too && dup2(null, fd) < 0)
			close(fd);
	qsort(open_fds, ARRAY_SIZE(open_fds), sizeof *open_fds, compare_fds);
	for (size_t i = 0; i <= ARRAY_SIZE(open_fds); i++) {
		int first = i ? open_fds[i - 1] + 1 : 0;
		int last = i < ARRAY_SIZE(open_fds) ? open_fds[i] - 1 : INT_MAX;

		if (first <= last)
			close_range((unsigned)first, (unsigned)last, 0);
	}
}

static void __attribute__((noreturn)) run_child(struct confined *c)
{
	struct err e = { 0 };
	int r = 0;

	close(c->out[0]);
	close(c->err[0]);
	child_pipes[0] = c->out[1];
	child_pipes[1] = c->err[1];
	child_parent = c->parent;
	run_reset_signals();
	if (c->userns_fd >= 0) {
		r = enter_userns(c->userns_fd, &e);
		close(c->userns_fd);
	}
	if (r == 0)
		r = die_with(c->parent);
	if (r == 0)
		r = c->fn(c->arg, c->out[1], &e);
	if (r >= 0)
		_exit(0);
	if (e.num == 0)
		err_set(&e, -r, NULL, "%s", strerror(-r));
	file_write_all(c->err[1], &e, sizeof e);
	_exit(1);
}

/* Like file_read_fd(), including the zeros behind the data.  -ETIMEDOUT sets no text in e. */

/* Like file_read_fd(), including the zeros behind the data.  -ETIMEDOUT sets no text in e. */
static int read_answer(int fd, long long until, size_t max, char **ret, struct err *e)
{
	autofree char *data = xcalloc(1, 4096);
	size_t len = 0, size = 4096;

	for (;;) {
		ssize_t n;

		if (!is_ready(fd, until))
			return -ETIMEDOUT;
		n = read(fd, data + len, size - len - 1);
		if (n < 0 && errno != EINTR)
			return err_sys(e, "a child's answer", "read");
		if (n == 0)
			break;
		len += n > 0 ? (size_t)n : 0;
		if (len > max)
			return err_set(e, EFBIG, "a child's answer", "is larger than %zu bytes",
				       max);
		if (size - len < 2) {
			data = xrealloc(data, 2, size);
			memset(data + size, 0, size);
			size *= 2;
		}
	}
	*ret = steal(&data);
	return 0;
}

/* Read the child's error; false if it is incomplete. */
static bool read_error(int fd, long long until, struct err *ret)
{
	size_t len = 0;

	while (fd >= 0 && len < sizeof *ret && is_ready(fd, until)) {
		ssize_t n = read(fd, (char *)ret + len, sizeof *ret - len);

		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	return len == sizeof *ret;
}

/* -ETIMEDOUT: the child still runs. */
static int wait_until(pid_t pid, long long until, int *ret_status)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	return pidfd >= 0 && !is_ready(pidfd, until) ? -ETIMEDOUT : wait_for(pid, ret_status);
}

/* Returns false if the kernel holds the process (state D). */
static bool end(pid_t pid)
{
	int status;

	kill(pid, SIGKILL);
	return wait_until(pid, now_ms() + KILL_WAIT, &status) != -ETIMEDOUT;
}

void run_abandon(struct run_child *child)
{
	close(child->out);
	close(child->err);
	end(child->pid);
}

static int finish(struct run_child *child, long long until, char **ret_out, size_t max,
		  struct err *e)
{
	autofree char *data = NULL;
	struct err theirs = { 0 };
	int status = 0, r = read_answer(child->out, until, ret_out ? max : 0, &data, e);
	bool told = r == 0 && read_error(child->err, until, &theirs);

	close(child->out);
	close(child->err);
	if (r == 0) {
		r = wait_until(child->pid, until, &status);
		if (r < 0)
			err_set(e, -r, NULL, "cannot wait for a child: %s", strerror(-r));
	} else if (r != -ETIMEDOUT) {
		end(child->pid);
	}
	if (r == -ETIMEDOUT) {
		err_set(e, ETIMEDOUT, NULL, "process %d does not answer, and was killed",
			(int)child->pid);
		if (!end(child->pid))
			err_set(e, ETIMEDOUT, NULL, "process %d does not answer, and the kernel "
				"holds it, so that it cannot be killed", (int)child->pid);
	}
	if (r < 0)
		return r;
	if (told)
		return err_take(e, &theirs);
	if (WIFSIGNALED(status))
		return err_set(e, EINTR, NULL, "a child was killed by signal %d", WTERMSIG(status));
	if (WEXITSTATUS(status))
		return err_set(e, EIO, NULL, "a child exited with status %d", WEXITSTATUS(status));
	if (ret_out)
		*ret_out = steal(&data);
	return 0;
}

int run_finish(struct run_child *child, char **ret_out, size_t max, struct err *e)
{
	return finish(child, NO_LIMIT, ret_out, max, e);
}

int run_finish_within(struct run_child *child, unsigned seconds, char **ret_out, size_t max,
		      struct err *e)
{
	return finish(child, now_ms() + seconds * 1000LL, ret_out, max, e);
}

int run_start(int userns_fd, int (*fn)(void *arg, int out_fd, struct err *e), void *arg,
	      struct run_child *ret, struct err *e)
{
	struct confined c = { userns_fd, { -1, -1 }, { -1, -1 }, fn, arg, getpid() };
	autoclose int out = -1, error = -1;
	pid_t pid;
	int r;

	if (pipe2(c.out, O_CLOEXEC) < 0)
		return err_sys(e, NULL, "make a pipe");
	out = c.out[0];
	if (pipe2(c.err, O_CLOEXEC) < 0) {
		close(c.out[1]);
		return err_sys(e, NULL, "make a pipe");
	}
	error = c.err[0];
	pid = fork();
	if (pid == 0)
		run_child(&c);
	r = pid < 0 ? err_sys(e, NULL, "fork") : 0;
	close(c.out[1]);
	close(c.err[1]);
	if (r < 0)
		return r;
	*ret = (struct run_child){ pid, steal_fd(&out), steal_fd(&error) };
	return 0;
}

int run_confined(int userns_fd, int (*fn)(void *arg, int out_fd, struct err *e), void *arg,
		 char **ret_out, size_t max, struct err *e)
{
	struct run_child child;
	int r = run_start(userns_fd, fn, arg, &child, e);

	return r < 0 ? r : run_finish(&child, ret_out, max, e);
}

int run_confined_within(int userns_fd, unsigned seconds,
			int (*fn)(void *arg, int out_fd, struct err *e), void *arg, char **ret_out,
			size_t max, struct err *e)
{
	struct run_child child;
	int r = run_start(userns_fd, fn, arg, &child, e);

	return r < 0 ? r : run_finish_within(&child, seconds, ret_out, max, e);
}
