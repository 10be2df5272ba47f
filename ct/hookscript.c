/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/hookscript.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/cgroup.h"
#include "lib/storage/storage.h"

#define INFO "<30>" /* of a daemon, for the system log */
#define LINE_SIZE 1024
#define MAX_LOGGED (64 * 1024) /* bytes of one run */
#define MAX_FILE (1024 * 1024)
#define DRAIN_MS 100 /* for what a script wrote last; its children may keep the pipe */

static const struct {
	const char *name;
	unsigned seconds; /* commands wait 30 s for the monitor, which runs post-stop */
	bool in_monitor;  /* runs in the cgroup of the monitor, which post-stop outlives */
} phases[] = {
	[HOOKSCRIPT_PRE_START] = { "pre-start", 120, true },
	[HOOKSCRIPT_POST_START] = { "post-start", 120, false },
	[HOOKSCRIPT_PRE_STOP] = { "pre-stop", 120, false },
	[HOOKSCRIPT_POST_STOP] = { "post-stop", 20, true },
};

struct run {
	const char *path;
	unsigned ctid;
	enum hookscript_phase phase;
	unsigned seconds;
	int pidfd, out, log;
	bool journal; /* the log is the journal */
	pid_t pid;
	size_t logged;
	char line[LINE_SIZE], last[LINE_SIZE]; /* last: the last line that is not empty */
	size_t len;
};

/* ---- the log ---- */

/* journald takes what is sent to /dev/log, whose other name this is.  Returns -1 without journald.
 */
static int journal_open(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s/systemd/journal/dev-log", path_run());
	if (fd >= 0 && connect(fd, (void *)&to, sizeof to) == 0)
		return fd;
	util_closep(&fd);
	return -1;
}

static int log_open(struct run *r, const char *path, struct err *e)
{
	struct stat st;

	r->log = journal_open();
	r->journal = r->log >= 0;
	if (r->journal)
		return 0;
	r->log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (r->log < 0)
		return err_sys(e, path, "write");
	if (fstat(r->log, &st) == 0 && st.st_size > MAX_FILE && ftruncate(r->log, 0) < 0)
		return err_sys(e, path, "empty it");
	return 0;
}

/* A log that cannot take more keeps no container from starting. */
static void log_line(const struct run *r, const char *line)
{
	const char *phase = phases[r->phase].name;
	autofree char *text = r->journal ? xasprintf(INFO "pct: container %u: hookscript %s: %s",
						     r->ctid, phase, line)
					 : xasprintf("%s: %s\n", phase, line);
	size_t n = strlen(text);

	if (r->journal)
		(void)!send(r->log, text, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	else if (r->log >= 0)
		(void)!write(r->log, text, n);
}

static void end_line(struct run *r)
{
	r->line[r->len] = '\0';
	text_sanitize(r->line, "");
	if (*r->line)
		memcpy(r->last, r->line, sizeof r->last);
	if (r->logged < MAX_LOGGED) {
		log_line(r, r->line);
		r->logged += r->len + 1;
		if (r->logged >= MAX_LOGGED)
			log_line(r, "(it writes more, which is left out)");
	}
	r->len = 0;
}

/* False: the end. */
static bool take_output(struct run *r)
{
	char data[4096];
	ssize_t n = read(r->out, data, sizeof data);

	for (ssize_t i = 0; i < n; i++) {
		if (data[i] != '\n')
			r->line[r->len++] = data[i];
		if (data[i] == '\n' || r->len == sizeof r->line - 1)
			end_line(r);
	}
	return n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN));
}

/* ---- the script ---- */

static void __attribute__((noreturn)) execute(const struct run *r, int out, pid_t parent)
{
	static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		    locale[] = "LC_ALL=C.UTF-8";
	char *environment[] = { path, locale, NULL };
	char ctid[16];
	const char *why;
	char *argv[] = { (char *)r->path, ctid, (char *)phases[r->phase].name, NULL };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	snprintf(ctid, sizeof ctid, "%u", r->ctid);
	run_reset_signals();
	if (phases[r->phase].in_monitor)
		cgroup_leave();
	if (setsid() < 0 || null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 ||
	    chdir("/") < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(126);
	close_range(3, ~0U, 0);
	umask(022);
	execve(r->path, argv, environment);
	why = strerror(errno);
	(void)!write(STDERR_FILENO, why, strlen(why));
	_exit(127);
}

/* Until the script ends, whose children may keep the pipe.  False: not within the time. */
static bool follow(struct run *r)
{
	long long until = now_ms() + r->seconds * 1000LL, left;
	struct pollfd wait[] = { { .fd = r->pidfd, .events = POLLIN },
				 { .fd = r->out, .events = POLLIN } };

	while ((left = until - now_ms()) > 0) {
		if (poll(wait, 2, (int)left) < 0)
			continue;
		if (wait[1].revents && !take_output(r))
			wait[1].fd = -1;
		else if (wait[0].revents && !wait[1].revents)
			return true;
		else if (wait[0].revents && until > now_ms() + DRAIN_MS)
			until = now_ms() + DRAIN_MS;
		if (wait[0].revents && wait[1].fd < 0)
			return true;
	}
	return wait[0].revents != 0;
}

static int judge(const struct run *r, bool ended, int status, struct err *e)
{
	const char *phase = phases[r->phase].name;

	if (!ended)
		return err_set(e, ETIMEDOUT, r->path,
			       "did not end within %u s at %s, and was killed", r->seconds, phase);
	if (WIFSIGNALED(status))
		return err_set(e, EINTR, r->path, "was killed by signal %d at %s", WTERMSIG(status),
			       phase);
	if (WEXITSTATUS(status) == 0)
		return 0;
	return err_set(e, EIO, r->path, "failed with status %d at %s: %s", WEXITSTATUS(status),
		       phase, *r->last ? r->last : "it gave no reason");
}

static int start(struct run *r, struct err *e)
{
	pid_t self = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, r->path, "make a pipe");
	r->out = ends[0];
	fcntl(r->out, F_SETFL, O_NONBLOCK);
	r->pid = fork();
	if (r->pid == 0)
		execute(r, ends[1], self);
	close(ends[1]);
	if (r->pid < 0)
		return err_sys(e, r->path, "fork");
	r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	return r->pidfd < 0 ? err_sys(e, r->path, "watch it") : 0;
}

static int run(struct run *r, struct err *e)
{
	int status = 0, result = start(r, e);
	bool ended = result == 0 && follow(r);

	if (r->pid <= 0)
		return result;
	/* Its children too, as far as they are still in its process group. */
	if (!ended)
		kill(-r->pid, SIGKILL);
	while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR)
		;
	if (r->len)
		end_line(r);
	if (result == 0)
		result = judge(r, ended, status, e);
	return result;
}

int hookscript_run_file(const char *path, unsigned ctid, enum hookscript_phase phase,
			unsigned seconds, struct err *e)
{
	autofree char *log = runfile(ctid, RUNFILE_HOOKSCRIPT_LOG);
	struct run r = { .path = path,
			 .ctid = ctid,
			 .phase = phase,
			 .seconds = seconds,
			 .pidfd = -1,
			 .out = -1,
			 .log = -1 };
	struct err cause;
	int result = log_open(&r, log, &cause);

	if (result == 0)
		result = run(&r, &cause);
	if (result < 0) {
		log_line(&r, cause.cause);
		err_take(e, &cause);
		err_remedy(e, "its output is in %s",
			   r.journal ? "the journal: journalctl -t pct" : log);
	}
	util_closep(&r.log);
	util_closep(&r.out);
	util_closep(&r.pidfd);
	return result;
}

/* ---- of a config ---- */

int hookscript_check(const struct conf *conf, struct err *e)
{
	autofree char *path = NULL;
	int r = conf->hookscript ? snippet_find(conf->hookscript, &path, e) : 0;

	if (r == -ENOENT)
		err_remedy(e, "if it can do without: pct set %u --delete hookscript", conf->ctid);
	return r < 0 ? err_wrap(e, "hookscript") : 0;
}

int hookscript_run(const struct conf *conf, enum hookscript_phase phase, struct err *e)
{
	autofree char *path = NULL;
	int r;

	if (!conf->hookscript)
		return 0;
	r = snippet_find(conf->hookscript, &path, e);
	if (r == 0)
		r = hookscript_run_file(path, conf->ctid, phase, phases[phase].seconds, e);
	return r < 0 ? err_wrap(e, "hookscript") : 0;
}
