/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Whether the container's init has started all that it starts.
 *
 * systemd is asked itself, in the container: systemctl is-system-running --wait ends when it is so.
 * Every other init -- of sysvinit, busybox, OpenRC, runit -- runs scripts with well-known names, as
 * children of its own, one after the other: the boot is over when none of them is left.  What is no
 * init at all, an application, has none.
 */
#include <errno.h>
#include <fcntl.h>
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

#define FIRST_MS 100 /* to the next look, twice as long each time */
#define LAST_MS 8000
#define MAX_SCRIPTS 16
#define MAX_CHILDREN 64
#define MAX_PROC 4096
#define PASS_ON_MS 300
#define GONE_MS 1000
#define MAX_SAID 4096 /* more is no answer */

struct boot_wait {
	const struct wait_init *init;
	bool asking; /* the child runs */
	struct run_child child;
	char word[32];            /* systemd's last one */
	size_t len, said;
	int script[MAX_SCRIPTS];  /* pidfds */
	unsigned n_scripts, quiet;
	char name[32];            /* of one of them */
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
	int null, r;

	run_close_others(out_fd, -1);
	null = open("/dev/null", O_RDWR);
	if (null != 0 || dup2(out_fd, 1) < 0 || dup2(null, 2) < 0)
		return err_sys(e, "/dev/null", "open");
	/* It exits with 1 for anything but "running". */
	r = runtime_attach(w->init->ctid, argv, e);
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

/* What runs in there may hold on for ever: nothing here waits for it.  It dies with the child. */
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

/* True when there is no more to come.  One read a look: whoever talks without end has no answer. */
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

/* Early in the boot nobody listens yet, and an old systemctl does not wait. */
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

/* The name that the kernel has of a process; its command line is its own memory. */
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

/* Between two scripts, and before the first, there is none for a moment. */
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

/* The path of the program is the kernel's; a shell's may be left from before its exec. */
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

		kill(w->child.pid, SIGTERM); /* it passes that on */
		poll(&closed, 1, PASS_ON_MS);
		end_asking(w);
	}
	forget_scripts(w);
	free(w);
}
