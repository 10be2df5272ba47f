/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <lxc/lxccontainer.h>
#include <lxc/version.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/memfd-exec.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/store.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/command-socket.h"
#include "lib/runtime/console.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/runtime-internal.h"
#include "lib/runtime/start.h"

#define LOG_MAX (256 * 1024)
#define CONFIG_MAX (1024 * 1024)
#define PAUSE_MS 20

const char *runtime_version(void)
{
	return lxc_get_version();
}

unsigned runtime_major(void)
{
	unsigned major = 0;

	return sscanf(runtime_version(), "%u", &major) == 1 ? major : LXC_VERSION_MAJOR;
}

/* Any user of the host can listen at this name, and liblxc trusts the answers. */
bool runtime_is_running(unsigned ctid)
{
	struct ucred listener;
	int r = listener_find(ctid, &listener);

	return r == -EAGAIN ? monitor_is_alive(ctid) : r == 0 && listener.uid == 0;
}

static int check_name(unsigned ctid, struct err *e)
{
	autofree char *name = xasprintf("@%s/%u/command", path_lib(), ctid);
	struct ucred listener;
	int r = listener_find(ctid, &listener);

	/* A listener that accepts no calls has a full queue after a few connections. */
	if (r == -EAGAIN && !monitor_is_alive(ctid)) {
		err_set(e, EADDRINUSE, name, "a process listens there but does not answer, so "
					     "liblxc cannot");
		return err_remedy(e, "find the process with ss -xlp, and stop it");
	}
	if (r < 0 || listener.uid == 0)
		return 0;
	err_set(e, EADDRINUSE, name, "process %d of user %u listens there, so liblxc cannot",
		(int)listener.pid, (unsigned)listener.uid);
	return err_remedy(e, "stop it (kill %d)", (int)listener.pid);
}

/* This folder has no configs. */
static struct lxc_container *container_without_config(unsigned ctid, struct err *e)
{
	autofree char *name = xasprintf("%u", ctid), *none = xasprintf("%s/.none", path_lib());
	struct lxc_container *c = lxc_container_new(name, none);

	if (!c)
		err_set(e, EIO, "liblxc", "cannot make its lock for container %u", ctid);
	return c;
}

static int require_running(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);

	return runtime_is_running(ctid) ? 0 : err_set(e, ESRCH, object, "is not running");
}

/* liblxc finds a running container's command socket by folder and name. */
static struct lxc_container *container_running(unsigned ctid, struct err *e)
{
	struct lxc_container *c = NULL;

	if (require_running(ctid, e) == 0)
		c = container_without_config(ctid, e);
	if (!c)
		return NULL;
	if (c->set_config_path(c, path_lib()))
		return c;
	lxc_container_put(c);
	err_set(e, EIO, "liblxc", "cannot look for container %u in %s", ctid, path_lib());
	return NULL;
}

/*
 * Find the message in "lxc 105 20260101000000.000 ERROR start - ../src/lxc/start.c:fn:12 -
 * MESSAGE"; NULL: none.
 */
static char *first_error(char *log)
{
	char *line = strstr(log, " ERROR "), *at;

	at = line ? strstr(line, " - ") : NULL;
	at = at ? strstr(at + 3, " - ") : NULL;
	return at ? xasprintf("%.*s", (int)strcspn(at + 3, "\n"), at + 3) : NULL;
}

struct checked {
	unsigned ctid;
	const char *text;
};

/* The second message has the line: "Failed to parse config file "FILE" at line "lxc.foo = 1"". */
static int refused(unsigned ctid, int log, struct err *e)
{
	static const char at_line[] = " at line \"";
	autofree char *path = store()->path(ctid), *text = NULL, *why = NULL;
	char *line;

	if (lseek(log, 0, SEEK_SET) == 0)
		file_read_fd(log, "log", LOG_MAX, &text, NULL, NULL);
	why = text ? first_error(text) : NULL;
	line = text ? strstr(text, at_line) : NULL;
	if (line) {
		line += sizeof at_line - 1;
		line[strcspn(line, "\n")] = '\0';
		line[strlen(line) - str_ends_with(line, "\"")] = '\0';
	}
	err_set(e, EINVAL, line ? line : path, "liblxc %s refuses it: %s", lxc_get_version(),
		why ? why : "it gives no reason");
	return err_remedy(e, "change it in %s, or with its option", path);
}

/* Runs in a child, as liblxc's log belongs to the process and cannot be closed. */
static int load_checked(void *arg, int out_fd, struct err *e)
{
	const struct checked *checked = arg;
	autofree char *name = xasprintf("%u", checked->ctid), *config = NULL, *log_name = NULL;
	int text = memfd_create("config", MFD_CLOEXEC), log = memfd_create("log", MFD_CLOEXEC);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	struct lxc_container *c;

	(void)out_fd;
	if (text < 0 || log < 0 || null < 0 || dup2(null, STDERR_FILENO) < 0 ||
	    file_write_all(text, checked->text, strlen(checked->text)) < 0)
		return err_sys(e, NULL, "make a file in memory");
	config = xasprintf("/proc/self/fd/%d", text);
	log_name = xasprintf("/proc/self/fd/%d", log);
	c = container_without_config(checked->ctid, e);
	if (!c)
		return err_code(e);
	lxc_log_init(&(struct lxc_log){ .name = name, .lxcpath = path_lib(), .file = log_name,
					.level = "ERROR", .prefix = "pct", .quiet = true });
	return c->load_config(c, config) ? 0 : refused(checked->ctid, log, e);
}

int runtime_check(unsigned ctid, const char *text, struct err *e)
{
	struct checked checked = { ctid, text };

	return run_confined(-1, load_checked, &checked, NULL, 0, e);
}

/* liblxc reports why it rejects the config only on standard error. */
static struct lxc_container *open_silently(unsigned ctid)
{
	autofree char *name = xasprintf("%u", ctid);
	autoclose int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	autoclose int old = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	struct lxc_container *c;

	if (null >= 0 && old >= 0)
		dup2(null, STDERR_FILENO);
	c = lxc_container_new(name, path_lib());
	if (null >= 0 && old >= 0)
		dup2(old, STDERR_FILENO);
	return c;
}

/* liblxc does not read the runtime config. */
static int explain_refusal(unsigned ctid, struct err *e)
{
	autofree char *config = path_runtime_config(ctid), *text = NULL;
	int r = file_read(config, CONFIG_MAX, &text, NULL, e);

	if (r == 0)
		r = runtime_check(ctid, text, e);
	return r == 0 ? err_set(e, EIO, config, "liblxc cannot read it") : r;
}

/* All values of a key in the runtime config, one line each; NULL: it cannot be read. */
static char *read_values(unsigned ctid, const char *key)
{
	struct lxc_container *c = open_silently(ctid);
	int len = c && c->is_defined(c) ? c->get_config_item(c, key, NULL, 0) : -1;
	char *text = len < 0 ? NULL : xcalloc((size_t)len + 1, 1);

	if (text)
		c->get_config_item(c, key, text, len + 1);
	if (c)
		lxc_container_put(c);
	return text;
}

/*
 * Copy all values of a key from the config of the monitor.  It does not tell values of more than
 * 8 KiB, which only an environment may have: then the file is all there is.
 */
static void recall(struct lxc_container *c, unsigned ctid, const char *key)
{
	autofree char *text = NULL, *start = xasprintf("%s.", key);
	autostrv char **lines = NULL;

	/* This also makes an empty config, without which liblxc does not ask the monitor. */
	c->set_config_item(c, key, "");
	text = c->get_running_config_item(c, key);
	if (!text)
		text = read_values(ctid, key);
	lines = strv_split(text ? text : "", "\n");
	for (char **line = lines; *line; line++) {
		/* "lxc.prlimit.nofile = 1024", or only the value of a key without names. */
		const char *value = str_after(*line, start) ? strstr(*line, " = ") : NULL;
		autofree char *name =
			value ? xstrndup(*line, (size_t)(value - *line)) : xstrdup(key);

		c->set_config_item(c, name, value ? value + 3 : *line);
	}
}

struct lxc_container *runtime_recall(unsigned ctid, struct err *e)
{
	static const char *const keys[] = { "lxc.environment", "lxc.prlimit", "lxc.proc" };
	struct lxc_container *c = container_running(ctid, e);

	for (size_t i = 0; c && i < ARRAY_SIZE(keys); i++)
		recall(c, ctid, keys[i]);
	return c;
}

static int start_error(const char *log, struct err *e)
{
	autofree char *text = NULL, *why = NULL;

	if (file_read(log, LOG_MAX, &text, NULL, NULL) == 0)
		why = first_error(text);
	err_set(e, EIO, "liblxc", "%s", why ? why : "the container did not start");
	return err_remedy(e, "see %s", log);
}

/* Returns pct-start's exit status, or -errno. */
static int run_starter(unsigned ctid, const char *log, struct err *e)
{
	autofree char *path = xasprintf("%s/pct-start", path_hooks()), *copy = NULL;
	autofree char *name = xasprintf("%u", ctid);
	autoclose int program = memfd_exec_copy(path, e);
	char *const argv[] = { path, (char *)path_lib(), name, (char *)log, NULL };
	int status, r;
	pid_t pid;

	if (program < 0)
		return program;
	copy = xasprintf("/proc/self/fd/%d", program);
	r = posix_spawn(&pid, copy, NULL, NULL, argv, environ);
	if (r)
		return err_set(e, r, path, "cannot run a copy of it: %s", strerror(r));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, path, "wait for it");
	return WIFEXITED(status) ? WEXITSTATUS(status) : START_FAILED;
}

int runtime_start(unsigned ctid, const char *log, struct err *e)
{
	int r = check_name(ctid, e);

	if (r < 0)
		return r;
	unlink(log);
	r = run_starter(ctid, log, e);
	if (r == START_REFUSED)
		return explain_refusal(ctid, e);
	return r == START_FAILED ? start_error(log, e) : r;
}

/* ---- init ---- */

/*
 * There is no init before pre-start has written the plan, nor after post-stop has removed it.
 * While these hooks run, which may last as long as a hookscript, the monitor answers nobody.
 *
 * The answer is valid if the recorded monitor still lives afterwards: then its socket's name was
 * not taken over.
 */
static int ask_for_init(unsigned ctid)
{
	autoclose int monitor = monitor_open(ctid), fd = -1;
	struct lxc_container *c = NULL;

	if (monitor >= 0 && runfiles_are_left(ctid))
		c = container_running(ctid, NULL);
	if (!c)
		return -1;
	fd = c->init_pidfd(c);
	lxc_container_put(c);
	return fd >= 0 && monitor_still_runs(monitor) && guest_pid(fd) ? steal_fd(&fd) : -1;
}

int runtime_init_pidfd(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	int fd = ask_for_init(ctid);

	if (fd < 0)
		fd = cgroup_open_init(ctid);
	return fd < 0 ? err_set(e, ESRCH, object, "is not running") : fd;
}

pid_t runtime_init_pid(unsigned ctid)
{
	autoclose int fd = runtime_init_pidfd(ctid, NULL);

	return fd < 0 ? 0 : guest_pid(fd);
}

int runtime_signal(unsigned ctid, const char *key)
{
	struct lxc_container *c = open_silently(ctid);
	char text[32] = "";
	uint64_t number = 0;

	if (c) {
		if (c->get_config_item(c, key, text, sizeof text) <= 0 ||
		    !parse_uint(text, 0, (uint64_t)SIGRTMAX, &number))
			number = 0;
		lxc_container_put(c);
	}
	return (int)number;
}

int runtime_set_cgroup(unsigned ctid, const char *key, const char *value, struct err *e)
{
	struct lxc_container *c = container_running(ctid, e);
	bool ok;

	if (!c)
		return err_code(e);
	/* liblxc refuses without a config in memory, but does not look at it. */
	ok = c->set_config_item(c, "lxc.tty.max", "0") && c->set_cgroup_item(c, key, value);
	lxc_container_put(c);
	return ok ? 0 : err_set(e, EIO, "liblxc", "cannot set %s to \"%s\"", key, value);
}

/* Input may be a password, so connect only to the recorded monitor. */
static int open_console(unsigned ctid, int *tty, int *ret_ptx, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	autoclose int monitor = monitor_open(ctid), conn = -1, ptx = -1;
	struct lxc_container *c = container_running(ctid, e);

	if (!c)
		return err_code(e);
	conn = c->console_getfd(c, tty, &ptx);
	lxc_container_put(c);
	if (!monitor_still_runs(monitor))
		return err_set(e, ESRCH, object, "is not running any more");
	if (conn < 0 || ptx < 0) {
		err_set(e, EIO, "liblxc", "cannot connect to a console of container %u", ctid);
		return err_remedy(e, "use pct enter %u", ctid);
	}
	*ret_ptx = steal_fd(&ptx);
	return steal_fd(&conn);
}

int runtime_console(unsigned ctid, int tty, char escape, struct err *e)
{
	autoclose int ptx = -1;
	/* The terminal is reserved for this process while conn is open. */
	autoclose int conn = open_console(ctid, &tty, &ptx, e);

	return conn < 0 ? conn : console_run(ptx, tty, escape, e);
}
