/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Programs that are run inside a container, by liblxc's attach. */
#include <errno.h>
#include <fcntl.h>
#include <lxc/attach_options.h>
#include <lxc/lxccontainer.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/file.h"
#include "lib/monitor.h"
#include "lib/relay.h"
#include "lib/runtime-internal.h"
#include "lib/runtime.h"
#include "lib/util.h"

#define PASSWD_MAX (64 * 1024)
#define GONE_MS 1000 /* for a process that was killed to be gone */
#define READY_MS 50
#define SLOW 20 /* of those, and who waits at a terminal wants to interrupt */

/* Seventh field of root's line in the container's /etc/passwd; /bin/sh where it says nothing. */
static char *login_shell(void)
{
	autofree char *text = NULL;
	struct err ignored;
	char *save = NULL;

	if (file_read("/etc/passwd", PASSWD_MAX, &text, NULL, &ignored) < 0)
		return xstrdup("/bin/sh");
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		const char *shell = strrchr(line, ':');

		if (str_after(line, "root:") && shell && shell[1] == '/')
			return xstrdup(shell + 1);
	}
	return xstrdup("/bin/sh");
}

/* Of a child that enters the container, and of who waits for it. */
struct shared {
	volatile sig_atomic_t ready; /* it passes signals on, or they are liblxc's to pass on */
	volatile sig_atomic_t answered;
	int status; /* of the command */
	struct err e;
};

struct inside {
	unsigned ctid;
	char *const *argv; /* NULL: a login shell */
	char **environment;
	bool terminal; /* liblxc gives it one */
	int waiter;    /* pidfd of the child */
	int monitor;   /* of liblxc's monitor; -1: not on record */
	struct shared *shared;
};

/* It ends with who waits for it, also where that was killed before it was told of this one. */
static bool end_with(int waiter)
{
	struct pollfd ended = { .fd = waiter, .events = POLLIN };

	return prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && poll(&ended, 1, 0) == 0;
}

/* Runs inside the container, in all of its namespaces: /etc/passwd here is the container's. */
static int exec_inside(void *data)
{
	const struct inside *in = data;
	/* Where liblxc has led us is true if who told it lives: see runtime_is_running(). */
	bool astray = in->monitor >= 0 && !monitor_still_runs(in->monitor);
	char *const *argv = in->argv;
	autofree char *shell = NULL, *name = NULL;
	int status;

	if (astray) {
		fprintf(stderr, "pct: container %u: stopped before the command could be run\n",
			in->ctid);
		return 126;
	}
	/*
	 * Not the session of who waits, which is killed as a whole; and never one whose
	 * terminal is the caller's: whoever opens /dev/tty could type commands into the host's
	 * shell (TIOCSTI).
	 */
	if (in->terminal)
		in->shared->ready = 1;
	else if (setsid() < 0 || !end_with(in->waiter))
		return 126;
	if (chdir("/root") < 0 && chdir("/") < 0)
		return 126;
	if (argv) {
		execvp(argv[0], argv);
		status = errno == ENOENT ? 127 : 126;
		fprintf(stderr, "pct: %s: cannot run it in the container: %s\n", argv[0],
			strerror(errno));
		return status;
	}
	shell = login_shell();
	name = xasprintf("-%s", strrchr(shell, '/') + 1);
	execl(shell, name, (char *)NULL);
	execl("/bin/sh", "-sh", (char *)NULL);
	fprintf(stderr, "pct: %s: cannot run it in the container: %s\n", shell, strerror(errno));
	return 127;
}

/* ---- what the terminal, or whoever else, tells pct is meant for the command ---- */

static struct {
	volatile sig_atomic_t pid, pidfd, last;
	const struct shared *shared; /* NULL: it is the command itself */
} told = { .pidfd = -1 };

static void pass_on(int number)
{
	struct pollfd ended = { .fd = told.pidfd, .events = POLLIN };
	int saved = errno;

	if (poll(&ended, 1, 0) > 0) {
		/* Nobody is left but a stopped terminal that does not take the rest. */
		signal(number, SIG_DFL);
		raise(number);
	} else if (told.pid > 0) {
		told.last = number;
		/* liblxc ignores an interrupt, and would wait on for what does not come. */
		kill((pid_t)told.pid, told.shared && !told.shared->ready ? SIGKILL : number);
	}
	errno = saved;
}

static void pass_on_signals(pid_t pid, int pidfd, const struct shared *shared)
{
	static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = pass_on };
	struct sigaction old;

	told.pid = pid;
	told.pidfd = pidfd;
	told.shared = shared;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

/* ---- the child: a container can stop what enters it at any point ---- */

static int attach(struct inside *in, pid_t *ret_pid, struct err *e)
{
	autoclose int monitor = monitor_open(in->ctid);
	struct lxc_container *c = runtime_open(in->ctid, e);
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;
	struct sigaction interrupt, quit;
	int r;

	if (!c)
		return -e->num;
	in->monitor = monitor;
	options.env_policy = LXC_ATTACH_CLEAR_ENV;
	options.extra_env_vars = in->environment;
	/* A terminal of its own: nothing inside can push bytes into the host's (TIOCSTI). */
	if (in->terminal)
		options.attach_flags |= LXC_ATTACH_TERMINAL;
	/* liblxc leaves these two ignored. */
	sigaction(SIGINT, NULL, &interrupt);
	sigaction(SIGQUIT, NULL, &quit);
	r = c->attach(c, exec_inside, in, &options, ret_pid);
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	lxc_container_put(c);
	return r < 0 ? err_set(e, EIO, "liblxc", "cannot enter container %u", in->ctid) : 0;
}

/* The command alone has its pipes: who is at their other ends sees it close them. */
static int let_go(struct err *e)
{
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int n = 0; n <= STDERR_FILENO; n++)
		if (null < 0 || dup2(null, n) < 0)
			return err_sys(e, "/dev/null", "open");
	return 0;
}

static int attach_and_wait(struct inside *in, int *ret_status, struct err *e)
{
	pid_t pid = -1;
	int r;

	in->waiter = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (in->waiter < 0)
		return err_sys(e, "pidfd_open", "hold a process");
	r = attach(in, &pid, e);
	if (r == 0 && !in->terminal)
		r = let_go(e);
	if (r < 0)
		return r;
	pass_on_signals(pid, -1, NULL);
	in->shared->ready = 1;
	while (waitpid(pid, ret_status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "waitpid", "wait for the command");
	return 0;
}

static void __attribute__((noreturn)) enter(struct inside *in, const int fds[3], pid_t parent)
{
	struct shared *shared = in->shared;
	struct err e = { 0 };
	int status = 0;

	/* In a session of its own it has no terminal, and can be killed with what liblxc forks. */
	if ((!in->terminal && setsid() < 0) || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
	    getppid() != parent)
		_exit(126);
	for (int n = 0; n <= STDERR_FILENO; n++)
		if (dup2(fds[n], n) < 0)
			_exit(126);
	/* A lock that the caller holds is not for a process to keep that cannot be ended. */
	close_range(STDERR_FILENO + 1, ~0U, 0);
	attach_and_wait(in, &status, &e);
	shared->status = status;
	shared->e = e;
	shared->answered = 1;
	_exit(0);
}

struct child {
	pid_t pid;
	int pidfd;
};

/* The command has fds as 0, 1 and 2, and nothing else of what is open here. */
static int child_start(struct inside *in, const int fds[3], struct child *ret, struct err *e)
{
	pid_t parent = getpid();

	in->shared = mmap(NULL, sizeof *in->shared, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (in->shared == MAP_FAILED)
		return err_sys(e, NULL, "share memory with a child");
	ret->pid = fork();
	if (ret->pid == 0)
		enter(in, fds, parent);
	ret->pidfd = ret->pid < 0 ? -1 : (int)syscall(SYS_pidfd_open, ret->pid, 0);
	if (ret->pidfd >= 0)
		return 0;
	err_sys(e, NULL, "start a child");
	if (ret->pid > 0 && kill(ret->pid, SIGKILL) == 0)
		waitpid(ret->pid, NULL, 0);
	munmap(in->shared, sizeof *in->shared);
	return -e->num;
}

/*
 * Kill what is left of it; the command, in a group of its own, dies with it unless it has ended.
 * What a freezer holds is gone only when that lets go of it: nothing here waits for more than the
 * child itself, and not for long.
 */
static int child_end(struct inside *in, struct child *child, int *ret_status, struct err *e)
{
	struct pollfd ended = { .fd = child->pidfd, .events = POLLIN };
	int status = SIGKILL, r = 0;

	/* The other one is for a child that has not come to make the group. */
	kill(-child->pid, SIGKILL);
	kill(child->pid, SIGKILL);
	while (poll(&ended, 1, GONE_MS) < 0 && errno == EINTR)
		;
	told.pid = 0;
	told.pidfd = -1;
	told.shared = NULL;
	waitpid(child->pid, &status, WNOHANG);
	close(child->pidfd);
	if (in->shared->answered)
		status = in->shared->status;
	else if (told.last)
		status = told.last;
	if (in->shared->answered && in->shared->e.num)
		r = err_take(e, &in->shared->e);
	*ret_status = status;
	munmap(in->shared, sizeof *in->shared);
	return r;
}

/*
 * liblxc takes the terminal's interrupt away before there is anybody whom it could be meant for,
 * and a child that is killed does not give it back.
 */
static void wait_on_terminal(const struct shared *shared, int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };
	struct termios own, raw;
	bool known = tcgetattr(STDIN_FILENO, &own) == 0, lent = false;

	for (int n = 1; !shared->ready; n++) {
		if (poll(&ended, 1, READY_MS) > 0)
			break;
		if (n == SLOW && known && tcgetattr(STDIN_FILENO, &raw) == 0)
			lent = tcsetattr(STDIN_FILENO, TCSANOW, &own) == 0;
	}
	if (lent && shared->ready)
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	while (poll(&ended, 1, -1) <= 0)
		;
	if (known && !shared->answered)
		tcsetattr(STDIN_FILENO, TCSANOW, &own);
}

static bool on_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

static int run_on_terminal(struct inside *in, int *ret_status, struct err *e)
{
	static const int fds[3] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
	struct child child;
	int r = child_start(in, fds, &child, e);

	if (r < 0)
		return r;
	pass_on_signals(child.pid, child.pidfd, in->shared);
	wait_on_terminal(in->shared, child.pidfd);
	return child_end(in, &child, ret_status, e);
}

static int run_by_pipes(struct inside *in, int *ret_status, struct err *e)
{
	struct relay relay;
	struct child child;
	int r = relay_open(&relay, e);

	if (r < 0)
		return r;
	r = child_start(in, relay.child, &child, e);
	relay_close_child(&relay);
	if (r == 0) {
		pass_on_signals(child.pid, child.pidfd, in->shared);
		signal(SIGPIPE, SIG_IGN);
		relay_run(&relay, child.pidfd);
		r = child_end(in, &child, ret_status, e);
	}
	relay_close(&relay);
	return r;
}

int runtime_attach(unsigned ctid, char *const argv[], struct err *e)
{
	const char *term = getenv("TERM");
	autofree char *term_variable =
		xasprintf("TERM=%s", term && !has_control(term) ? term : "linux");
	char *environment[] = {
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"HOME=/root", (char *)"USER=root", (char *)"LOGNAME=root",
		(char *)"LANG=C.UTF-8", term_variable, NULL,
	};
	struct inside in = { ctid, argv, environment, on_terminal(), -1, -1, NULL };
	int status = 0;
	int r = in.terminal ? run_on_terminal(&in, &status, e) : run_by_pipes(&in, &status, e);

	if (r < 0)
		return r;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int runtime_tell(unsigned ctid, char *const argv[], unsigned seconds, struct err *e)
{
	char *environment[] = {
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL,
	};
	struct inside in = { ctid, argv, environment, false, -1, -1, NULL };
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	const int fds[3] = { null, null, null };
	struct child child;
	struct pollfd ended = { .events = POLLIN };
	int status, r;

	if (null < 0)
		return err_sys(e, "/dev/null", "open");
	r = child_start(&in, fds, &child, e);
	if (r < 0)
		return r;
	ended.fd = child.pidfd;
	if (poll(&ended, 1, (int)seconds * 1000) <= 0) {
		child_end(&in, &child, &status, e);
		return err_set(e, ETIMEDOUT, argv[0], "did not end within %u s in the container",
			       seconds);
	}
	r = child_end(&in, &child, &status, e);
	if (r == 0 && (!WIFEXITED(status) || WEXITSTATUS(status)))
		r = err_set(e, EIO, argv[0], "failed in the container");
	return r;
}
