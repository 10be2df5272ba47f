/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs programs in a container. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/runtime/enter/enter.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/stdio.h"
#include "lib/runtime/terminal.h"

#define GONE_MS 1000 /* time for a killed process to vanish */
#define FOREVER (-1)
#define MAX_SAID (1024 * 1024)

#define PATH_INSIDE "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* ---- passing signals of pct to the command ---- */

static struct {
	volatile sig_atomic_t pid, pidfd, last;
	volatile sig_atomic_t entering; /* the process is still pct-enter */
	volatile sig_atomic_t missed;   /* a signal that came while no process could get it */
} told = { .pidfd = -1 };

/* A signal typed at a terminal goes to the command's whole group, as a terminal would send it. */
static void send(int number, bool typed)
{
	if (told.entering)
		kill((pid_t)told.pid, SIGKILL);
	else if (!typed || kill((pid_t)-told.pid, number) < 0)
		kill((pid_t)told.pid, number);
}

static void pass_on(int number, siginfo_t *info, void *context)
{
	struct pollfd ended = { .fd = told.pidfd, .events = POLLIN };
	int saved = errno;

	(void)context;
	if (poll(&ended, 1, 0) > 0) {
		/*
		 * The command has ended, so only output to a stopped terminal is left: end this
		 * process.
		 */
		signal(number, SIG_DFL);
		raise(number);
	} else if (told.pid > 0) {
		told.last = number;
		send(number, info->si_code == SI_KERNEL);
	} else {
		told.missed = number;
	}
	errno = saved;
}

static void pass_on_signals(void)
{
	static const int numbers[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP };
	const struct sigaction action = { .sa_sigaction = pass_on, .sa_flags = SA_SIGINFO };
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void tell(pid_t pid, int pidfd, bool entering)
{
	told.pid = 0;
	told.pidfd = pidfd;
	told.entering = entering;
	told.pid = pid;
	if (pid && told.missed) {
		int number = told.missed;

		told.missed = 0;
		told.last = number;
		send(number, false);
	}
}

/* ---- entering ---- */

/*
 * Returns false if the process has not ended in time, or was told to end.  until: FOREVER, or a
 * time of now_ms().
 */
static bool wait_end(int pidfd, long long until, bool until_told)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	while (!until_told || !told.last) {
		long long left = until == FOREVER ? GONE_MS : until - now_ms();
		int n = poll(&ended, 1, left < 0 ? 0 : left > GONE_MS ? GONE_MS : (int)left);

		if (n > 0)
			return true;
		if (n == 0 && until != FOREVER && now_ms() >= until)
			return false;
	}
	/* The process was killed; but a frozen one ends only when the freezer thaws it. */
	return poll(&ended, 1, GONE_MS) > 0;
}

/* -EINTR: a signal came before the process was inside. */
static int come_in(const struct enter_request *request, long long until,
		   struct enter_process *ret, struct err *e)
{
	struct enter enter;
	int r = enter_begin(request, &enter, e);
	bool arrived;

	if (r < 0)
		return r;
	tell(enter.pid, enter.pidfd, true);
	arrived = wait_end(enter.pidfd, until, true);
	tell(0, -1, false);
	if (arrived && !told.last)
		return enter_finish(&enter, ret, e);
	enter_abandon(&enter);
	return told.last ? err_set(e, EINTR, NULL, "was interrupted") :
			   err_set(e, ETIMEDOUT, NULL, "did not enter the container in time");
}

static void done(struct enter_process *process, int *ret_status)
{
	tell(0, -1, false);
	while (waitpid(process->pid, ret_status, 0) < 0 && errno == EINTR)
		continue;
	util_closep(&process->pidfd);
	util_closep(&process->terminal);
}

/* ---- commands for a person or a script ---- */

static int run_on_terminal(struct enter_request *request, int *ret_status, struct err *e)
{
	autoclose int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct enter_process process;
	int r;

	if (null < 0)
		return err_sys(e, "/dev/null", "open");
	for (int n = 0; n <= STDERR_FILENO; n++)
		request->fds[n] = null; /* until the terminal exists */
	request->terminal = true;
	r = come_in(request, FOREVER, &process, e);
	if (r < 0)
		return r;
	tell(process.pid, process.pidfd, false);
	terminal_run(process.terminal, process.pidfd);
	/* If the caller's terminal is gone, this hangs up the command's terminal. */
	util_closep(&process.terminal);
	process.terminal = -1;
	done(&process, ret_status);
	return 0;
}

static int run_by_pipes(struct enter_request *request, int *ret_status, struct err *e)
{
	static struct stdio_pipes pipes; /* too large for the stack */
	struct enter_process process;
	int r = stdio_open(&pipes, e);

	if (r < 0)
		return r;
	memcpy(request->fds, pipes.child, sizeof request->fds);
	request->dies = true;
	r = come_in(request, FOREVER, &process, e);
	stdio_close_child(&pipes);
	if (r == 0) {
		tell(process.pid, process.pidfd, false);
		stdio_run(&pipes, process.pidfd);
		done(&process, ret_status);
	}
	stdio_close(&pipes);
	if (r < 0 || !pipes.failed)
		return r;
	errno = pipes.failed;
	return err_sys(e, "the command's output", "write");
}

/* Add a variable, unless the list has one of this name. */
static void add_variable(char ***env, const char *variable)
{
	size_t len = strcspn(variable, "=") + 1;

	for (char **v = *env; v && *v; v++)
		if (strncmp(*v, variable, len) == 0)
			return;
	strv_push(env, variable);
}

/* The last of two variables with one name is used; the caller frees. */
static char **clean_environment(char *const *given, size_t *ret_n_given)
{
	const char *term = getenv("TERM");
	autofree char *term_variable =
		xasprintf("TERM=%s", term && !has_control(term) ? term : "linux");
	const char *const clean[] = { PATH_INSIDE, "HOME=/root", "USER=root", "LOGNAME=root",
				      "LANG=C.UTF-8", term_variable };
	char **env = NULL;

	for (size_t i = strv_len(given); i-- > 0;)
		add_variable(&env, given[i]);
	*ret_n_given = strv_len(env);
	for (size_t i = 0; i < ARRAY_SIZE(clean); i++)
		add_variable(&env, clean[i]);
	return env;
}

int runtime_attach(unsigned ctid, const struct attach *attach, struct err *e)
{
	autoclose int init = runtime_init_pidfd(ctid, e);
	size_t n_given;
	autostrv char **env = clean_environment(attach->env, &n_given);
	struct enter_request request = { .ctid = ctid, .init = init, .argv = attach->argv,
					 .user = attach->user, .cwd = attach->cwd, .env = env,
					 .n_fixed = n_given };
	int status = 0, r;

	if (init < 0)
		return init;
	pass_on_signals();
	r = terminal_is_ours() ? run_on_terminal(&request, &status, e) :
				 run_by_pipes(&request, &status, e);
	if (r == -EINTR && told.last)
		return 128 + told.last;
	if (r < 0)
		return r;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- commands of pct itself ---- */

/* Kill the command's session: its children are in the same process group, or die with it. */
static void end(struct enter_process *process)
{
	kill(-process->pid, SIGKILL);
	kill(process->pid, SIGKILL);
	wait_end(process->pidfd, now_ms() + GONE_MS, false);
	waitpid(process->pid, NULL, WNOHANG);
	util_closep(&process->pidfd);
}

/*
 * Open descriptors for the command: standard input at its end, and a pipe for its output.
 * /dev/null would be a device of the host.
 */
static int open_quiet(int ret[2], int *ret_said, struct err *e)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) < 0)
		return err_sys(e, NULL, "make a pipe");
	close(in[1]);
	ret[0] = in[0];
	if (pipe2(out, O_CLOEXEC) < 0)
		return err_sys(e, NULL, "make a pipe");
	ret[1] = out[1];
	*ret_said = out[0];
	return 0;
}

/*
 * Returns false if the process has not ended in time.  Output beyond the limit is not read, so its
 * writer blocks.
 */
static bool wait_quiet(const struct enter_process *process, int said, long long until)
{
	size_t left = MAX_SAID;
	char data[4096];

	for (;;) {
		struct pollfd polls[] = { { .fd = process->pidfd, .events = POLLIN },
					  { .fd = left ? said : -1, .events = POLLIN } };
		long long time = until - now_ms();
		int n = poll(polls, 2, time < 0 ? 0 : (int)time);
		ssize_t len;

		if (polls[0].revents)
			return true;
		if (n == 0)
			return false;
		len = n > 0 && polls[1].revents ? read(said, data, sizeof data) : -1;
		if (len >= 0)
			left = len && left > (size_t)len ? left - (size_t)len : 0;
	}
}

static int tell_quietly(struct enter_request *request, unsigned seconds, int *ret_status,
			struct err *e)
{
	long long until = now_ms() + seconds * 1000LL;
	autoclose int said = -1;
	int ends[2] = { -1, -1 }, r = open_quiet(ends, &said, e);
	struct enter_process process;

	request->fds[STDIN_FILENO] = ends[0];
	request->fds[STDOUT_FILENO] = request->fds[STDERR_FILENO] = ends[1];
	if (r == 0)
		r = come_in(request, until, &process, e);
	util_closep(&ends[0]);
	util_closep(&ends[1]);
	if (r < 0)
		return r;
	if (!wait_quiet(&process, said, until)) {
		end(&process);
		return -ETIMEDOUT;
	}
	done(&process, ret_status);
	return 0;
}

int runtime_tell(unsigned ctid, char *const argv[], unsigned seconds, struct err *e)
{
	char *env[] = { (char *)PATH_INSIDE, NULL };
	autoclose int init = runtime_init_pidfd(ctid, e);
	struct enter_request request = { .ctid = ctid, .init = init, .argv = argv, .env = env,
					 .dies = true };
	int status = 0, r = init < 0 ? init : tell_quietly(&request, seconds, &status, e);

	if (r == -ETIMEDOUT)
		return err_set(e, ETIMEDOUT, argv[0], "did not end within %u s in the container",
			       seconds);
	if (r < 0)
		return r;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(e, EIO, argv[0], "failed in the container");
	return 0;
}
