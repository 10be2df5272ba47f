/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblxc has no call that returns this.  So it attaches a child of ours to only the container's
 * mount namespace, where the container cannot see the child.  To load the seccomp filter, liblxc
 * calls our seccomp_load() below, which writes the filter to a file.
 */
#include "lib/runtime/enter/enter-context.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <lxc/attach_options.h>
#include <lxc/lxccontainer.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/runtime/enter/enter-order.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/runtime-internal.h"

#define LEARN_SECONDS 10
#define SAVED_FORMAT 0x70637402 /* changes with struct saved */
#define SAVED_MAX (1024 * 1024)
#define PROC_KEY "lxc.proc"
#define LIMIT_KEY "lxc.prlimit"

/* The file's format; n_filter instructions follow, then strings: the environment, and proc. */
struct saved {
	uint32_t format;     /* SAVED_FORMAT: a container may outlive an upgrade of pct */
	uint64_t init_start; /* clock ticks since boot: with the pid, identifies the start */
	int32_t init;
	uint32_t filter_flags, n_filter, n_limits, n_env, n_proc;
	struct enter_limit limit[ENTER_MAX_LIMITS];
};

/* ---- asking liblxc ---- */

struct learning {
	unsigned ctid;
	int filter, out; /* memfds */
	struct saved *saved;
	char **limits, **proc; /* "NAME = VALUE" in the config */
};

static struct {
	int to; /* -1: load filters */
	unsigned flags;
} exported = { .to = -1 };

int seccomp_load(const scmp_filter_ctx ctx)
{
	int (*load)(scmp_filter_ctx) = (int (*)(scmp_filter_ctx))dlsym(RTLD_NEXT, "seccomp_load");
	uint32_t on = 0;

	if (exported.to < 0)
		return load ? load(ctx) : -ENOSYS;
	if (seccomp_attr_get(ctx, SCMP_FLTATR_CTL_LOG, &on) == 0 && on)
		exported.flags |= SECCOMP_FILTER_FLAG_LOG;
	if (seccomp_attr_get(ctx, SCMP_FLTATR_CTL_SSB, &on) == 0 && on)
		exported.flags |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	return seccomp_export_bpf(ctx, exported.to);
}

/*
 * Of a filter with notifications, liblxc sends this descriptor to the monitor.  The filter is not
 * loaded here, so there is no such descriptor: give it a pipe without writers.  The monitor closes
 * a descriptor that has hung up.
 */
int seccomp_notify_fd(const scmp_filter_ctx ctx)
{
	int (*get)(scmp_filter_ctx) = (int (*)(scmp_filter_ctx))dlsym(RTLD_NEXT, __func__);
	int ends[2];

	if (exported.to < 0)
		return get ? get(ctx) : -ENOSYS;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	close(ends[1]);
	return ends[0];
}

static const struct {
	const char *name;
	int resource;
} limits[] = {
	{ "as", RLIMIT_AS },
	{ "core", RLIMIT_CORE },
	{ "cpu", RLIMIT_CPU },
	{ "data", RLIMIT_DATA },
	{ "fsize", RLIMIT_FSIZE },
	{ "locks", RLIMIT_LOCKS },
	{ "memlock", RLIMIT_MEMLOCK },
	{ "msgqueue", RLIMIT_MSGQUEUE },
	{ "nice", RLIMIT_NICE },
	{ "nofile", RLIMIT_NOFILE },
	{ "nproc", RLIMIT_NPROC },
	{ "rss", RLIMIT_RSS },
	{ "rtprio", RLIMIT_RTPRIO },
	{ "rttime", RLIMIT_RTTIME },
	{ "sigpending", RLIMIT_SIGPENDING },
	{ "stack", RLIMIT_STACK },
};

/* Save only limits that the config sets; others are inherited from each caller. */
static void save_limits(struct learning *l)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		autofree char *start = xasprintf("%s ", limits[i].name);
		bool named = false;
		struct rlimit now;

		for (char **line = l->limits; line && *line; line++)
			named |= str_after(*line, start) != NULL;
		if (named && getrlimit((__rlimit_resource_t)limits[i].resource, &now) == 0)
			l->saved->limit[l->saved->n_limits++] =
				(struct enter_limit){ limits[i].resource, now };
	}
}

static int write_strings(int fd, char *const *strings)
{
	int r = 0;

	for (; strings && *strings && r == 0; strings++)
		r = file_write_all(fd, *strings, strlen(*strings) + 1);
	return r;
}

/* liblxc calls this instead of executing a command: everything is set by now. */
static int save(void *data)
{
	struct learning *l = data;
	off_t size = lseek(l->filter, 0, SEEK_END);
	char *filter = NULL;
	int r;

	if (size > 0)
		filter = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, l->filter, 0);
	r = filter == MAP_FAILED ? -ENOMEM : 0;

	l->saved->filter_flags = exported.flags;
	l->saved->n_filter = (uint32_t)((size_t)size / sizeof(struct sock_filter));
	l->saved->n_env = (uint32_t)strv_len(environ);
	l->saved->n_proc = (uint32_t)strv_len(l->proc);
	save_limits(l);
	if (r == 0)
		r = file_write_all(l->out, l->saved, sizeof *l->saved);
	if (r == 0 && filter)
		r = file_write_all(l->out, filter, (size_t)size);
	if (r == 0)
		r = write_strings(l->out, environ);
	return r == 0 ? write_strings(l->out, l->proc) != 0 : 1;
}

/* List all lines of a kind in the config as "NAME = VALUE".  The caller frees. */
static char **find_lines(struct lxc_container *c, const char *key)
{
	autofree char *start = xasprintf("%s.", key);
	autostrv char **lines = NULL;
	char text[4096], **found = NULL;
	int n = c->get_config_item(c, key, text, sizeof text);

	if (n <= 0 || n >= (int)sizeof text)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; *line; line++)
		if (str_after(*line, start))
			strv_push(&found, str_after(*line, start));
	return found;
}

/* NAME of lxc.proc.NAME becomes part of a path of ours, so check it. */
static char **find_proc(struct lxc_container *c)
{
	autostrv char **lines = find_lines(c, PROC_KEY);
	char **found = NULL;

	for (char **line = lines; line && *line; line++) {
		size_t len = strspn(*line, "abcdefghijklmnopqrstuvwxyz_");
		const char *value = str_after(*line + len, " = ");
		autofree char *pair = NULL;

		if (!len || !value)
			continue;
		pair = xasprintf("%.*s=%s", (int)len, *line, value);
		strv_push(&found, pair);
	}
	return found;
}

/* If liblxc cannot read the profile, it goes on without a filter, so check that there is one. */
static int check_filter(struct lxc_container *c, const struct learning *l, struct err *e)
{
	autofree char *profile = c->get_running_config_item(c, "lxc.seccomp.profile");

	if (!profile || !*profile || lseek(l->filter, 0, SEEK_END) > 0)
		return 0;
	err_set(e, EIO, profile, "liblxc cannot read this seccomp profile of the container");
	return err_remedy(e, "correct it; pct runs no command in the container without its filter");
}

static int learn(void *arg, int out_fd, struct err *e)
{
	struct learning *l = arg;
	autofree char *object = xasprintf("container %u", l->ctid);
	autoclose int monitor = monitor_open(l->ctid);
	struct lxc_container *c = runtime_recall(l->ctid, e);
	lxc_attach_options_t options = LXC_ATTACH_OPTIONS_DEFAULT;
	int status = 0, r;
	pid_t pid = -1;

	(void)out_fd;
	if (!c)
		return err_code(e);
	l->proc = find_proc(c);
	l->limits = find_lines(c, LIMIT_KEY);
	/* liblxc loads the filter only with the mount namespace. */
	options.namespaces = CLONE_NEWNS;
	options.attach_flags = LXC_ATTACH_LSM_EXEC;
	options.env_policy = LXC_ATTACH_CLEAR_ENV;
	options.initial_cwd = (char *)"/";
	exported.to = l->filter;
	r = c->attach(c, save, l, &options, &pid);
	if (r < 0 || waitpid(pid, &status, 0) < 0 || status)
		r = err_set(e, EIO, "liblxc", "cannot tell how processes of container %u are "
			    "confined", l->ctid);
	if (r == 0)
		r = check_filter(c, l, e);
	lxc_container_put(c);
	/*
	 * While the monitor lives, no other process can answer at the container's command socket.
	 */
	if (r == 0 && !monitor_still_runs(monitor))
		r = err_set(e, ESRCH, object, "stopped before the command could be run");
	return r;
}

/* ---- saving ---- */

static int take(const char *data, size_t len, struct enter_context *ret)
{
	const struct saved *saved = (const void *)data;
	const char *at, *end = data + len;
	struct enter_context c = { 0 };
	size_t filter;

	if (len < sizeof *saved || saved->n_filter > BPF_MAXINSNS ||
	    saved->n_limits > ENTER_MAX_LIMITS)
		return -EPROTO;
	filter = saved->n_filter * sizeof *c.filter;
	if (len - sizeof *saved < filter)
		return -EPROTO;
	c.filter_flags = saved->filter_flags;
	c.n_filter = saved->n_filter;
	c.filter = xcalloc(c.n_filter + 1, sizeof *c.filter);
	memcpy(c.filter, data + sizeof *saved, filter);
	c.n_limits = saved->n_limits;
	memcpy(c.limit, saved->limit, sizeof c.limit);
	at = data + sizeof *saved + filter;
	for (uint32_t i = 0; i < saved->n_env + saved->n_proc; i++) {
		size_t n = strnlen(at, (size_t)(end - at));

		if (at + n == end) {
			enter_context_done(&c);
			return -EPROTO;
		}
		strv_push(i < saved->n_env ? &c.env : &c.proc, at);
		at += n + 1;
	}
	*ret = c;
	return 0;
}

void enter_context_done(struct enter_context *context)
{
	free(context->filter);
	strv_free(context->env);
	strv_free(context->proc);
	*context = (struct enter_context){ 0 };
}

static bool is_of(const char *data, size_t len, pid_t init, uint64_t start)
{
	const struct saved *saved = (const void *)data;

	return len >= sizeof *saved && saved->format == SAVED_FORMAT && saved->init == init &&
	       saved->init_start == start;
}

static int ask(unsigned ctid, pid_t init, uint64_t start, char **ret, size_t *ret_len,
	       struct err *e)
{
	struct saved saved = { .format = SAVED_FORMAT, .init_start = start, .init = init };
	autoclose int filter = memfd_create("filter", MFD_CLOEXEC);
	autoclose int out = memfd_create("context", MFD_CLOEXEC);
	struct learning l = { .ctid = ctid, .filter = filter, .out = out, .saved = &saved };
	int r;

	if (filter < 0 || out < 0)
		return err_sys(e, NULL, "make a file in memory");
	r = run_confined_within(-1, LEARN_SECONDS, learn, &l, NULL, 0, e);
	if (r == 0 && lseek(out, 0, SEEK_SET) < 0)
		r = err_sys(e, NULL, "read a file in memory");
	return r < 0 ? r : file_read_fd(out, "liblxc's answer", SAVED_MAX, ret, ret_len, e);
}

int enter_context_get(unsigned ctid, pid_t init, struct enter_context *ret, struct err *e)
{
	autofree char *path = runfile(ctid, RUNFILE_ENTER), *data = NULL;
	size_t len = 0;
	uint64_t start;
	int r;

	if (!monitor_start_of(init, &start))
		return err_set(e, ESRCH, "the container's init", "does not run any more");
	r = file_read(path, SAVED_MAX, &data, &len, NULL);
	if (r < 0 || !is_of(data, len, init, start)) {
		free(steal(&data));
		r = ask(ctid, init, start, &data, &len, e);
		if (r < 0)
			return r;
		/* The file only saves time, so ignore errors. */
		file_write_volatile(path, data, len, 0600, NULL);
	}
	r = take(data, len, ret);
	return r < 0 ? err_set(e, -r, path, "is not valid") : 0;
}
