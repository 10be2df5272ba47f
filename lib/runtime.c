/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <lxc/attach_options.h>
#include <lxc/lxccontainer.h>
#include <lxc/version.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "lib/util.h"

#define LOG_MAX (256 * 1024)
#define PASSWD_MAX (64 * 1024)

unsigned runtime_major(void)
{
	unsigned major = 0;

	return sscanf(lxc_get_version(), "%u", &major) == 1 ? major : LXC_VERSION_MAJOR;
}

bool runtime_is_running(unsigned ctid)
{
	autofree char *socket = xasprintf("@%s/%u/command", path_lib(), ctid);
	bool found = false;
	char *line = NULL;
	size_t size = 0;
	FILE *sockets = fopen("/proc/net/unix", "re");

	while (sockets && !found && getline(&line, &size, sockets) > 0) {
		const char *name = strrchr(line, ' ');

		line[strcspn(line, "\n")] = '\0';
		found = name && str_eq(name + 1, socket);
	}
	if (sockets)
		fclose(sockets);
	free(line);
	return found;
}

static struct lxc_container *container_open(unsigned ctid, struct err *e)
{
	autofree char *name = xasprintf("%u", ctid), *config = path_runtime_config(ctid);
	struct lxc_container *c = lxc_container_new(name, path_lib());

	if (!c) {
		err_set(e, EIO, config, "liblxc cannot read it");
		err_remedy(e, "run lxc-info -n %u -l debug -o /dev/stderr to see why", ctid);
		return NULL;
	}
	return c;
}

/* "lxc 105 20260101000000.000 ERROR  start - ../src/lxc/start.c:fn:12 - The message" */
static void first_error(const char *log, struct err *e)
{
	autofree char *text = NULL;
	struct err ignored;
	char *line, *at;

	err_set(e, EIO, "liblxc", "the container did not start");
	err_remedy(e, "see %s", log);
	if (file_read(log, LOG_MAX, &text, NULL, &ignored) < 0)
		return;
	line = strstr(text, " ERROR ");
	if (!line)
		return;
	line[strcspn(line, "\n")] = '\0';
	at = strstr(line, " - ");
	at = at ? strstr(at + 3, " - ") : NULL;
	if (!at)
		return;
	err_set(e, EIO, "liblxc", "%s", at + 3);
	err_remedy(e, "see %s", log);
}

int runtime_start(unsigned ctid, const char *log, struct err *e)
{
	struct lxc_container *c = container_open(ctid, e);
	bool started;

	if (!c)
		return -e->num;
	unlink(log);
	started = c->set_config_item(c, "lxc.log.file", log) &&
		  c->set_config_item(c, "lxc.log.level", "ERROR") && c->want_daemonize(c, true) &&
		  c->want_close_all_fds(c, true) && c->start(c, 0, NULL);
	lxc_container_put(c);
	if (started)
		return 0;
	first_error(log, e);
	return -e->num;
}

int runtime_kill(unsigned ctid, struct err *e)
{
	struct lxc_container *c = container_open(ctid, e);
	bool stopped;

	if (!c)
		return -e->num;
	stopped = c->stop(c);
	lxc_container_put(c);
	if (!stopped)
		return err_set(e, EIO, "liblxc", "cannot stop container %u", ctid);
	return 0;
}

int runtime_shutdown(unsigned ctid, unsigned seconds, struct err *e)
{
	struct lxc_container *c = container_open(ctid, e);
	autofree char *object = xasprintf("container %u", ctid);
	bool down;

	if (!c)
		return -e->num;
	down = c->shutdown(c, (int)seconds);
	lxc_container_put(c);
	if (down)
		return 0;
	err_set(e, ETIMEDOUT, object, "did not shut down within %u s", seconds);
	return err_remedy(e, "give --timeout more, or --forceStop 1, or run pct stop %u", ctid);
}

pid_t runtime_init_pid(unsigned ctid)
{
	struct err ignored;
	struct lxc_container *c = container_open(ctid, &ignored);
	pid_t pid = c ? c->init_pid(c) : -1;

	if (c)
		lxc_container_put(c);
	return pid > 0 ? pid : 0;
}

int runtime_init_pidfd(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	struct lxc_container *c = container_open(ctid, e);
	int fd;

	if (!c)
		return -e->num;
	fd = c->init_pidfd(c);
	lxc_container_put(c);
	return fd < 0 ? err_set(e, ESRCH, object, "is not running") : fd;
}

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
};

/* Runs inside the container, in all of its namespaces: /etc/passwd here is the container's. */
static int exec_inside(void *data)
{
	const struct inside *in = data;
	char *const *argv = in->argv;
	autofree char *shell = NULL, *name = NULL;
	int status;

	/*
	 * The caller's terminal must not be the controlling one in there, not even where it is on
	 * no descriptor: whoever opens /dev/tty could type commands into the host's shell
	 * (TIOCSTI).
	 */
	if (!in->terminal && setsid() < 0)
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
	struct lxc_container *c = container_open(ctid, e);
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;
	const char *term = getenv("TERM");
	autofree char *term_variable =
		xasprintf("TERM=%s", term && !has_control(term) ? term : "linux");
	char *environment[] = {
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		(char *)"HOME=/root", (char *)"USER=root", (char *)"LOGNAME=root",
		(char *)"LANG=C.UTF-8", term_variable, NULL,
	};
	struct inside in = { argv, on_terminal() };
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
	struct lxc_container *c = container_open(ctid, e);
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;
	char *environment[] = {
		(char *)"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NULL,
	};
	struct inside in = { argv, false };
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

int runtime_console(unsigned ctid, int tty, char escape, struct err *e)
{
	struct lxc_container *c = container_open(ctid, e);
	int r;

	if (!c)
		return -e->num;
	r = c->console(c, tty, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, escape & 0x1f);
	lxc_container_put(c);
	if (r < 0) {
		err_set(e, EIO, "liblxc", "cannot connect to a console of container %u", ctid);
		return err_remedy(e, "use pct enter %u", ctid);
	}
	return 0;
}

/* liblxc tells no reason, but it leaves errno alone after the write(2) that failed. */
static int cgroup_err(const char *key, const char *what, struct err *e)
{
	if (errno == 0)
		errno = EIO;
	return err_sys(e, key, "%s", what);
}

int runtime_cgroup_set(unsigned ctid, const char *key, const char *value, struct err *e)
{
	struct lxc_container *c = container_open(ctid, e);
	int r = 0;

	if (!c)
		return -e->num;
	errno = 0;
	if (!c->set_cgroup_item(c, key, value))
		r = cgroup_err(key, "set it in the cgroup", e);
	lxc_container_put(c);
	return r;
}

int runtime_cgroup_get(unsigned ctid, const char *key, char *ret, size_t size, struct err *e)
{
	struct lxc_container *c = container_open(ctid, e);
	int n;

	if (!c)
		return -e->num;
	errno = 0;
	n = c->get_cgroup_item(c, key, ret, (int)size - 1);
	if (n < 0)
		cgroup_err(key, "read it in the cgroup", e);
	lxc_container_put(c);
	if (n < 0)
		return -e->num;
	ret[(size_t)n < size ? (size_t)n : size - 1] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return 0;
}
