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
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/file.h"
#include "lib/monitor.h"
#include "lib/runtime-internal.h"
#include "lib/runtime.h"
#include "lib/util.h"

#define PASSWD_MAX (64 * 1024)

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

struct inside {
	char *const *argv; /* NULL: a login shell */
	bool terminal;     /* liblxc gave it one */
	int monitor;       /* its pidfd; -1: not on record */
};

/* Runs inside the container, in all of its namespaces: /etc/passwd here is the container's. */
static int exec_inside(void *data)
{
	const struct inside *in = data;
	/* Where liblxc has led us is true if who told it lives: see runtime_is_running(). */
	bool astray = in->monitor >= 0 && !monitor_still_runs(in->monitor);
	char *const *argv = in->argv;
	autofree char *shell = NULL, *name = NULL;
	int status;

	/*
	 * The caller's terminal must not be the controlling one in there, not even where it is on
	 * no descriptor: whoever opens /dev/tty could type commands into the host's shell
	 * (TIOCSTI).
	 */
	if (astray || (!in->terminal && setsid() < 0))
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

/* What the terminal, or whoever else, tells pct is meant for the command. */
static volatile sig_atomic_t attached;

static void pass_on(int number)
{
	kill((pid_t)attached, number);
}

static void pass_on_signals(pid_t pid)
{
	static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_handler = pass_on };
	struct sigaction old;

	attached = pid;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
}

static bool on_terminal(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

int runtime_attach(unsigned ctid, char *const argv[], struct err *e)
{
	struct lxc_container *c = runtime_open(ctid, e);
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;
	const char *term = getenv("TERM");
	autofree char *term_variable =
		xasprintf("TERM=%s", term && !has_control(term) ? term : "linux");
	char *environment[] = {
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"HOME=/root", (char *)"USER=root", (char *)"LOGNAME=root",
		(char *)"LANG=C.UTF-8", term_variable, NULL,
	};
	autoclose int monitor = monitor_open(ctid);
	struct inside in = { argv, on_terminal(), monitor };
	pid_t pid = -1;
	int status;

	if (!c)
		return -e->num;
	options.env_policy = LXC_ATTACH_CLEAR_ENV;
	options.extra_env_vars = environment;
	/* A terminal of its own: nothing inside can push bytes into the host's (TIOCSTI). */
	if (in.terminal)
		options.attach_flags |= LXC_ATTACH_TERMINAL;
	status = c->attach(c, exec_inside, &in, &options, &pid);
	lxc_container_put(c);
	if (status < 0)
		return err_set(e, EIO, "liblxc", "cannot enter container %u", ctid);
	pass_on_signals(pid);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, "waitpid", "wait for the command");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int wait_at_most(pid_t pid, unsigned seconds, int *ret_status)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	if (pidfd < 0 || poll(&poll_fd, 1, (int)seconds * 1000) <= 0)
		kill(pid, SIGKILL);
	return waitpid(pid, ret_status, 0) < 0 ? -errno : 0;
}

int runtime_tell(unsigned ctid, char *const argv[], unsigned seconds, struct err *e)
{
	struct lxc_container *c = runtime_open(ctid, e);
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;
	char *environment[] = {
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL,
	};
	autoclose int monitor = monitor_open(ctid);
	struct inside in = { argv, false, monitor };
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	pid_t pid = -1;
	int status;

	if (!c)
		return -e->num;
	options.env_policy = LXC_ATTACH_CLEAR_ENV;
	options.extra_env_vars = environment;
	options.stdin_fd = options.stdout_fd = options.stderr_fd = null;
	status = c->attach(c, exec_inside, &in, &options, &pid);
	lxc_container_put(c);
	if (status < 0)
		return err_set(e, EIO, "liblxc", "cannot enter container %u", ctid);
	if (wait_at_most(pid, seconds, &status) < 0 || !WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(e, EIO, argv[0], "failed in the container");
	return 0;
}
