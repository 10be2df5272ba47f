/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/cgroup-procs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/host/cgroup-internal.h"
#include "lib/host/cgroup-walk.h"
#include "lib/runtime/command-socket.h"
#include "lib/runtime/monitor.h"

#define MAX_PIDS (1 << 16) /* of one group, each time it is read */
#define BATCH 128          /* descriptors open at a time */
#define MAX_STATUS (1 << 20) /* enough for 65,536 groups */

/* ---- the groups ---- */

/* Root may have containers with the same number in other folders of LXC. */
struct owner {
	pid_t monitor;
	bool foreign;
};
static bool is_foreign(int parent, const char *name, pid_t monitor);

struct each {
	unsigned ctid; /* 0: any */
	char *number;  /* NULL: any */
	bool asked;    /* choose and monitor are known: asked for the first group only */
	bool choose;   /* another container has this number: visit only groups of this monitor */
	pid_t monitor;
	/* Returns false to end the search. */
	bool (*fn)(int parent, const char *name, void *arg);
	void *arg;
	bool over;
};

static bool is_ours(struct each *each, int parent, const char *name)
{
	if (!each->ctid)
		return true;
	if (!each->asked) {
		each->choose = listener_is_elsewhere(each->ctid);
		each->monitor = each->choose && monitor_is_alive(each->ctid) ?
					monitor_pid(each->ctid) : 0;
		each->asked = true;
	}
	return !each->choose || !is_foreign(parent, name, each->monitor);
}

static void each_in_hierarchy(int dirfd, void *arg)
{
	struct each *each = arg;
	DIR *dir = each->over ? NULL : file_open_folder(dirfd, ".");

	for (const char *name; !each->over && (name = cgroup_next(dir));) {
		const char *rest = str_after(name, "lxc.payload.");

		if (rest && each->number)
			rest = str_after(rest, each->number);
		if (rest && (!each->number || cgroup_is_suffix(rest)) && is_ours(each, dirfd, name))
			each->over = !each->fn(dirfd, name, each->arg);
	}
	if (dir)
		closedir(dir);
}

static void each_payload(unsigned ctid, bool (*fn)(int parent, const char *name, void *arg),
			 void *arg)
{
	autofree char *number = ctid ? xasprintf("%u", ctid) : NULL;
	struct each each = { .ctid = ctid, .number = number, .fn = fn, .arg = arg };

	cgroup_each_hierarchy(each_in_hierarchy, &each);
}

static bool note_populated(int parent, const char *name, void *arg)
{
	*(bool *)arg = cgroup_is_populated(parent, name);
	return !*(bool *)arg;
}

bool cgroup_has_procs(unsigned ctid)
{
	bool populated = false;

	each_payload(ctid, note_populated, &populated);
	return populated;
}

struct found {
	unsigned *v;
	size_t n, size;
};

static bool note_number(int parent, const char *name, void *arg)
{
	const char *id = str_after(name, "lxc.payload.");
	size_t digits = strspn(id, "0123456789");
	autofree char *number = xstrndup(id, digits);
	struct found *found = arg;
	unsigned ctid;

	(void)parent;
	if (!cgroup_is_suffix(id + digits) || !parse_ctid(number, &ctid))
		return true;
	if (found->n == found->size) {
		found->size = found->size ? 2 * found->size : 64;
		found->v = xrealloc(found->v, found->size, sizeof *found->v);
	}
	found->v[found->n++] = ctid;
	return true;
}

size_t cgroup_find_payloads(unsigned **ret)
{
	struct found found = { 0 };

	each_payload(0, note_number, &found);
	*ret = found.v;
	return found.n;
}

/* ---- the freezer ---- */

/* "FREEZING" of v1: some processes do not freeze yet. */
static bool is_frozen(int parent, const char *name)
{
	static const struct {
		const char *file, *thawed;
	} freezers[] = { { "cgroup.freeze", "0" }, { "freezer.state", "THAWED" } };

	for (size_t i = 0; i < ARRAY_SIZE(freezers); i++) {
		autofree char *path = xasprintf("%s/%s", name, freezers[i].file);
		autoclose int fd = openat(parent, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		autofree char *text = NULL;

		if (fd >= 0 && file_read_fd(fd, path, 64, &text, NULL, NULL) == 0 &&
		    !str_after(text, freezers[i].thawed))
			return true;
	}
	return false;
}

static bool note_frozen(int parent, const char *name, void *arg)
{
	*(bool *)arg = is_frozen(parent, name);
	return !*(bool *)arg;
}

bool cgroup_is_frozen(unsigned ctid)
{
	bool frozen = false;

	each_payload(ctid, note_frozen, &frozen);
	return frozen;
}

static bool note_frozen_number(int parent, const char *name, void *arg)
{
	return !is_frozen(parent, name) || note_number(parent, name, arg);
}

size_t cgroup_find_frozen(unsigned **ret)
{
	struct found found = { 0 };

	each_payload(0, note_frozen_number, &found);
	*ret = found.v;
	return found.n;
}

/* ---- the processes of a group ---- */

static int compare(const void *a, const void *b)
{
	pid_t x = *(const pid_t *)a, y = *(const pid_t *)b;

	return (x > y) - (x < y);
}

/* Read the pids in the file's order.  The caller frees. */
static size_t read_pids(int group, pid_t **ret)
{
	int fd = openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
	FILE *procs = fd < 0 ? NULL : fdopen(fd, "r");
	size_t n = 0, size = 0;
	int pid;

	*ret = NULL;
	while (procs && n < MAX_PIDS && fscanf(procs, "%d", &pid) == 1) {
		if (n == size) {
			size = size ? 2 * size : 64;
			*ret = xrealloc(*ret, size, sizeof **ret);
		}
		(*ret)[n++] = pid;
	}
	if (procs)
		fclose(procs);
	else if (fd >= 0)
		close(fd);
	if (n)
		qsort(*ret, n, sizeof **ret, compare);
	return n;
}

/* Needs no permission to send the process a signal. */
static bool is_alive(int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) == 0;
}

struct visit {
	bool (*fn)(int pidfd, pid_t pid, void *arg);
	void *arg;
	bool over;
};

/*
 * The kernel may reuse a pid before we open it.  So open a pidfd first, then read the group again:
 * if it still lists the pid and the process is still alive, the pidfd is the right one.
 */
static void visit_some(struct visit *v, int group, const pid_t *pids, size_t n)
{
	autofree pid_t *again = NULL;
	int fds[BATCH];
	size_t n_again;

	for (size_t i = 0; i < n; i++)
		fds[i] = (int)syscall(SYS_pidfd_open, pids[i], 0);
	n_again = read_pids(group, &again);
	for (size_t i = 0; i < n; i++) {
		if (fds[i] < 0)
			continue;
		if (!v->over && n_again &&
		    bsearch(&pids[i], again, n_again, sizeof *again, compare) && is_alive(fds[i]))
			v->over = !v->fn(fds[i], pids[i], v->arg);
		close(fds[i]);
	}
}

static bool visit_group(int group, void *arg)
{
	struct visit *v = arg;
	autofree pid_t *pids = NULL;
	size_t n = read_pids(group, &pids);

	for (size_t i = 0; i < n && !v->over; i += BATCH)
		visit_some(v, group, pids + i, n - i < BATCH ? n - i : BATCH);
	return !v->over;
}

static bool visit_payload(int parent, const char *name, void *arg)
{
	struct visit *v = arg;

	cgroup_walk(parent, name, visit_group, v);
	return !v->over;
}

void cgroup_each_proc(unsigned ctid, bool (*fn)(int pidfd, pid_t pid, void *arg), void *arg)
{
	struct visit v = { .fn = fn, .arg = arg };

	each_payload(ctid, visit_payload, &v);
}

/*
 * NSpid of a container's init has two numbers: in this pid namespace and, 1, in the container's.  A
 * process in a nested namespace has three.
 */
static bool is_init(pid_t pid)
{
	autofree char *path = xasprintf("/proc/%d/status", (int)pid), *text = NULL;
	int here, inside, more;
	const char *line;

	if (file_read(path, MAX_STATUS, &text, NULL, NULL) < 0)
		return false;
	/* A line break in a process's name is escaped. */
	line = strstr(text, "\nNSpid:");
	return line && sscanf(line, "\nNSpid: %d %d %d", &here, &inside, &more) == 2 &&
	       inside == 1;
}

static bool note_owner(int pidfd, pid_t pid, void *arg)
{
	autofree char *path = xasprintf("/proc/%d/status", (int)pid), *text = NULL;
	struct owner *owner = arg;
	const char *line;
	int parent;

	if (!is_init(pid) || file_read(path, MAX_STATUS, &text, NULL, NULL) < 0)
		return true;
	line = strstr(text, "\nPPid:");
	if (!line || sscanf(line, "\nPPid: %d", &parent) != 1 || !is_alive(pidfd))
		return true;
	owner->foreign = parent != owner->monitor;
	return false;
}

/* Whether another monitor started the group's init; the suffixes of groups do not tell. */
static bool is_foreign(int parent, const char *name, pid_t monitor)
{
	struct owner owner = { .monitor = monitor };
	struct visit v = { .fn = note_owner, .arg = &owner };

	visit_payload(parent, name, &v);
	return owner.foreign;
}

static bool take_init(int pidfd, pid_t pid, void *arg)
{
	int *ret = arg;

	if (!is_init(pid) || !is_alive(pidfd))
		return true;
	*ret = fcntl(pidfd, F_DUPFD_CLOEXEC, 3);
	return false;
}

int cgroup_open_init(unsigned ctid)
{
	int init = -1;

	cgroup_each_proc(ctid, take_init, &init);
	return init;
}

/* ---- killing ---- */

/* cgroup v2, since Linux 5.14. */
static bool kill_group(int parent, const char *name, void *unused)
{
	autoclose int group = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	(void)unused;
	if (group >= 0)
		cgroup_write(group, "cgroup.kill", "1");
	return true;
}

static bool kill_proc(int pidfd, pid_t pid, void *unused)
{
	(void)pid;
	(void)unused;
	syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
	return true;
}

void cgroup_kill(unsigned ctid)
{
	each_payload(ctid, kill_group, NULL);
	/* Kill processes that are only in v1 groups, and all processes before Linux 5.14. */
	cgroup_each_proc(ctid, kill_proc, NULL);
}

/* ---- the out-of-memory killer ---- */

/* Add the number in the line "oom_kill N" of the file.  False: there is no such file. */
static bool add_kills(int group, const char *file, unsigned long long *sum)
{
	autoclose int fd = openat(group, file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	autofree char *text = NULL;
	unsigned long long n;
	const char *line;

	if (fd < 0)
		return false;
	line = file_read_fd(fd, file, 4096, &text, NULL, NULL) == 0 ? strstr(text, "\noom_kill ")
								    : NULL;
	if (line && sscanf(line, "\noom_kill %llu", &n) == 1)
		*sum += n;
	return true;
}

static bool add_kills_of_group(int group, void *sum)
{
	return add_kills(group, "memory.oom_control", sum);
}

/* The number of v2 includes the groups below; that of v1 does not. */
static bool add_kills_of_payload(int parent, const char *name, void *sum)
{
	autofree char *v2 = xasprintf("%s/memory.events", name);

	if (!add_kills(parent, v2, sum))
		cgroup_walk(parent, name, add_kills_of_group, sum);
	return true;
}

unsigned long long cgroup_oom_kills(unsigned ctid)
{
	unsigned long long sum = 0;

	each_payload(ctid, add_kills_of_payload, &sum);
	return sum;
}

/* ---- settings ---- */

struct setting {
	const char *key;
	int flags, fd;
};

/* Prefer a group with processes: a killed monitor may leave an empty group behind. */
static bool open_setting(int parent, const char *name, void *arg)
{
	struct setting *s = arg;
	autofree char *path = xasprintf("%s/%s", name, s->key);
	int fd;

	if (s->fd >= 0 && !cgroup_is_populated(parent, name))
		return true;
	fd = openat(parent, path, s->flags | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return true;
	util_closep(&s->fd);
	s->fd = fd;
	return true;
}

static int open_key(unsigned ctid, const char *key, int flags, struct err *e)
{
	struct setting s = { .key = key, .flags = flags, .fd = -1 };

	if (!*key || strchr(key, '/'))
		return err_set(e, EINVAL, key, "is not a cgroup setting");
	each_payload(ctid, open_setting, &s);
	if (s.fd >= 0)
		return s.fd;
	err_set(e, ENOENT, key, "container %u has no cgroup with this setting", ctid);
	return err_remedy(e, "it is set at the next start: pct reboot %u", ctid);
}

struct reading {
	struct cgroup_text *v;
	size_t n;
};

static bool read_group(int parent, const char *name, void *arg)
{
	const struct reading *r = arg;

	if (!cgroup_is_populated(parent, name))
		return true;
	for (size_t i = 0; i < r->n; i++) {
		autofree char *path = xasprintf("%s/%s", name, r->v[i].key);
		autoclose int fd = openat(parent, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		ssize_t len = fd < 0 ? -1 : read(fd, r->v[i].text, sizeof r->v[i].text - 1);

		if (len >= 0)
			r->v[i].text[len] = '\0';
	}
	return true;
}

void cgroup_read(unsigned ctid, struct cgroup_text *v, size_t n)
{
	struct reading r = { v, n };

	for (size_t i = 0; i < n; i++)
		v[i].text[0] = '\0';
	each_payload(ctid, read_group, &r);
}

int cgroup_set(unsigned ctid, const char *key, const char *value, struct err *e)
{
	autoclose int fd = open_key(ctid, key, O_WRONLY, e);

	if (fd < 0)
		return fd;
	return write(fd, value, strlen(value)) < 0 ? err_sys(e, key, "set it in the cgroup") : 0;
}

int cgroup_get(unsigned ctid, const char *key, char *ret, size_t size, struct err *e)
{
	autoclose int fd = open_key(ctid, key, O_RDONLY, e);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, ret, size - 1);
	if (n < 0)
		return err_sys(e, key, "read it in the cgroup");
	ret[n] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return 0;
}

/* A filter of cgroup v2 is a program that is attached to the group (bpf(2)). */
static bool look_for_filter(int parent, const char *name, void *arg)
{
	autoclose int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	union bpf_attr attr = { .query = { .target_fd = (__u32)fd,
					   .attach_type = BPF_CGROUP_DEVICE } };

	if (fd >= 0 && syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof attr) == 0)
		*(bool *)arg |= attr.query.prog_cnt > 0;
	return true;
}

bool cgroup_has_device_filter(unsigned ctid)
{
	bool found = false;

	each_payload(ctid, look_for_filter, &found);
	return found;
}
