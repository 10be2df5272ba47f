/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waits until the container's init has finished booting.
 *
 * For systemd, systemctl is-system-running --wait runs in the container, and ends after the boot.
 * The other inits (sysvinit, busybox, OpenRC, runit) run scripts with well-known names as children,
 * one after the other: the boot is over when no such child is left.  An application that runs as
 * init has no such children.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/runtime/runtime.h"
#include "pct/wait/wait.h"

#define FIRST_MS 100 /* pause before the next look; doubles each time */
#define LAST_MS 8000
#define MAX_SCRIPTS 16
#define MAX_CHILDREN 64
#define MAX_PROC 4096
#define PASS_ON_MS 300
#define GONE_MS 1000
#define MAX_SAID 4096 /* bytes; a longer answer is ignored */

struct boot_wait {
	const struct wait_init *init;
	bool asking; /* systemctl runs in the child */
	struct run_child child;
	char word[32];            /* last answer of systemd */
	size_t len, said;
	int script[MAX_SCRIPTS];  /* pidfds */
	unsigned n_scripts, quiet;
	char name[32];            /* name of one of the scripts */
	long long next;
	int pause;
};

struct boot_wait *boot_wait_new(const struct wait_init *init)
{
	struct boot_wait *w = xcalloc(1, sizeof *w);

	w->init = init;
	w->pause = FIRST_MS;
	return w;
}

static void look_later(struct boot_wait *w)
{
	w->next = now_ms() + w->pause;
	w->pause = w->pause * 2 < LAST_MS ? w->pause * 2 : LAST_MS;
}

/* ---- systemd ---- */

static int ask_inside(void *arg, int out_fd, struct err *e)
{
	static char *const argv[] = { (char *)"systemctl", (char *)"is-system-running",
				      (char *)"--wait", NULL };
	const struct boot_wait *w = arg;
	int r;

	run_close_others(out_fd, -1); /* standard input is /dev/null then */
	if (dup2(out_fd, 1) < 0 || dup2(0, 2) < 0)
		return err_sys(e, "systemctl", "run");
	/* The exit status is 1 for each state except "running": only the output counts. */
	r = runtime_attach(w->init->ctid, &(struct attach){ .argv = argv }, e);
	return r < 0 ? r : 0;
}

static void start_asking(struct boot_wait *w)
{
	w->len = w->said = 0;
	w->word[0] = '\0';
	w->asking = run_start(-1, ask_inside, w, &w->child, NULL) == 0;
	if (!w->asking)
		look_later(w);
}

/*
 * Waits at most GONE_MS for the child.  systemctl may hang for ever in the container, and dies with
 * the child.
 */
static void end_asking(struct boot_wait *w)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, w->child.pid, 0);
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	kill(w->child.pid, SIGKILL);
	close(w->child.out);
	close(w->child.err);
	poll(&ended, 1, GONE_MS);
	waitpid(w->child.pid, NULL, WNOHANG);
	w->asking = false;
}

/* Returns true once the answer is complete.  Reads once a call, so that endless output cannot block
 * the loop. */
static bool take_answer(struct boot_wait *w)
{
	struct pollfd ready = { .fd = w->child.out, .events = POLLIN };
	char data[MAX_SAID];
	ssize_t n;

	if (poll(&ready, 1, 0) <= 0)
		return false;
	n = read(w->child.out, data, sizeof data);
	for (ssize_t i = 0; i < n && w->len < sizeof w->word - 1; i++)
		w->word[w->len++] = data[i];
	w->said += n > 0 ? (size_t)n : 0;
	if (n > 0 && w->said < MAX_SAID)
		return false;
	w->word[n > 0 ? 0 : w->len] = '\0';
	w->word[strcspn(w->word, "\r\n")] = '\0';
	text_sanitize(w->word, "");
	return true;
}

static bool systemd_is_done(const struct boot_wait *w)
{
	return str_eq(w->word, "running") || str_eq(w->word, "degraded");
}

/* Repeats systemctl: early in the boot it cannot connect, and old versions do not wait. */
static bool look_at_systemd(struct boot_wait *w, struct buf *why, struct wait_fds *fds)
{
	if (w->asking && take_answer(w)) {
		end_asking(w);
		if (systemd_is_done(w))
			return true;
		look_later(w);
	}
	if (!w->asking && now_ms() >= w->next)
		start_asking(w);
	if (w->asking)
		wait_add(fds, w->child.out);
	else
		wait_again(fds, (int)(w->next - now_ms()));
	buf_addf(why, "systemd says: %s", !w->asking && *w->word ? w->word : "starting");
	return false;
}

/* ---- inits that run scripts ---- */

static bool is_script(const char *name)
{
	static const char *const names[] = { "rc", "rcS", "rc.sysinit", "openrc", "1", "ifup" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(name, names[i]))
			return true;
	return false;
}

/* Reads the kernel's name of a process.  Reading its command line, in its memory, may hang. */
static bool read_name(pid_t pid, char ret[32])
{
	autofree char *path = xasprintf("/proc/%d/comm", (int)pid), *text = NULL;

	if (file_read(path, MAX_PROC, &text, NULL, NULL) < 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	text_sanitize(text, "");
	snprintf(ret, 32, "%.31s", text);
	return true;
}

static void take_child(struct boot_wait *w, pid_t pid)
{
	char name[32], again[32];
	int fd;

	if (w->n_scripts == MAX_SCRIPTS || !read_name(pid, name) || !is_script(name))
		return;
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (fd < 0)
		return;
	if (!read_name(pid, again) || !str_eq(name, again)) {
		close(fd);
		return;
	}
	snprintf(w->name, sizeof w->name, "%s", name);
	w->script[w->n_scripts++] = fd;
}

static void forget_scripts(struct boot_wait *w)
{
	while (w->n_scripts)
		close(w->script[--w->n_scripts]);
}

static void find_scripts(struct boot_wait *w)
{
	autofree char *path = xasprintf("/proc/%d/task/%d/children", (int)w->init->pid,
					(int)w->init->pid);
	autofree char *text = NULL;
	autostrv char **words = NULL;
	uint64_t pid;

	forget_scripts(w);
	if (file_read(path, MAX_PROC * 16, &text, NULL, NULL) < 0)
		return;
	words = strv_split(text, " \n");
	for (size_t i = 0; words && words[i] && i < MAX_CHILDREN; i++)
		if (parse_uint(words[i], 1, INT_MAX, &pid))
			take_child(w, (pid_t)pid);
}

/* The boot is over after three looks without a script: pauses between scripts are short. */
static bool look_at_scripts(struct boot_wait *w, struct buf *why, struct wait_fds *fds)
{
	find_scripts(w);
	if (w->n_scripts) {
		w->quiet = 0;
		for (unsigned i = 0; i < w->n_scripts; i++)
			wait_add(fds, w->script[i]);
		buf_addf(why, "its init still runs %s", w->name);
		return false;
	}
	if (!w->quiet || now_ms() >= w->next) {
		if (++w->quiet > 2)
			return true;
		w->next = now_ms() + FIRST_MS;
	}
	wait_again(fds, (int)(w->next - now_ms()));
	buf_add(why, "its init has only just started");
	return false;
}

/* Uses the path of the program, which a process cannot change like its name. */
static bool is_systemd(const struct wait_init *init)
{
	autofree char *path = xasprintf("/proc/%d/exe", (int)init->pid);
	char program[PATH_MAX];
	ssize_t n = readlink(path, program, sizeof program - 1);

	if (n < 0)
		return false;
	program[n] = '\0';
	return str_ends_with(program, "/systemd");
}

bool boot_wait_look(struct boot_wait *w, struct buf *why, struct wait_fds *fds)
{
	return w->asking || is_systemd(w->init) ? look_at_systemd(w, why, fds)
						: look_at_scripts(w, why, fds);
}

void boot_wait_free(struct boot_wait *w)
{
	if (!w)
		return;
	if (w->asking) {
		struct pollfd closed = { .fd = w->child.out };

		kill(w->child.pid, SIGTERM); /* the child passes the signal to systemctl */
		poll(&closed, 1, PASS_ON_MS);
		end_asking(w);
	}
	forget_scripts(w);
	free(w);
}
