/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/tree-lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/storage/mount.h"

#define TRIES 50
#define PAUSE_MS 100

/* Where a folder is, without regard to mounts: its file system, and its path in that. */
struct place {
	char *device; /* "MAJOR:MINOR", as mount tables spell it */
	char *path;   /* "" is the top folder */
};

static void place_done(struct place *p)
{
	free(p->device);
	free(p->path);
}

/* ---- mount tables ---- */

/* A line of mountinfo: proc_pid_mountinfo(5). */
struct entry {
	uint64_t id;
	const char *device;
	char *root, *point;
};

static bool parse_entry(char *line, struct entry *ret)
{
	char *rest = line, *id = strsep(&rest, " ");

	strsep(&rest, " "); /* the parent */
	ret->device = strsep(&rest, " ");
	ret->root = strsep(&rest, " ");
	ret->point = strsep(&rest, " ");
	if (!ret->point || !parse_uint(id, 0, UINT64_MAX, &ret->id))
		return false;
	mount_decode(ret->root);
	mount_decode(ret->point);
	return true;
}

/*
 * Call fn for each mount that a process sees, until it returns true, which is returned.  Line by
 * line: root of a container can make its table long.
 */
static bool find_mount(const char *process, bool (*fn)(const struct entry *entry, void *arg),
		       void *arg)
{
	autofree char *name = xasprintf("/proc/%s/mountinfo", process), *line = NULL;
	FILE *table = fopen(name, "re");
	size_t size = 0;
	bool found = false;

	while (table && !found && getline(&line, &size, table) > 0) {
		struct entry entry;

		found = parse_entry(line, &entry) && fn(&entry, arg);
	}
	if (table)
		fclose(table);
	return found;
}

/* ---- the place of a folder ---- */

struct own_mount {
	uint64_t id;
	const char *path; /* of the folder, as the host sees it */
	struct place *place;
};

static bool take_place(const struct entry *entry, void *arg)
{
	struct own_mount *own = arg;
	const char *point = str_eq(entry->point, "/") ? "" : entry->point;
	const char *rest = str_after(own->path, point);

	if (entry->id != own->id || !rest)
		return false;
	own->place->device = xstrdup(entry->device);
	own->place->path = xasprintf("%s%s", str_eq(entry->root, "/") ? "" : entry->root, rest);
	return true;
}

static int find_place(int top, struct place *ret, const char *path, struct err *e)
{
	autofree char *self = xasprintf("/proc/self/fd/%d", top);
	autofree char *real = realpath(self, NULL);
	struct statx st;

	if (statx(top, "", AT_EMPTY_PATH, STATX_MNT_ID, &st) < 0)
		return err_sys(e, path, "find its mount");
	if (real && find_mount("self", take_place,
			       &(struct own_mount){ st.stx_mnt_id, real, ret }))
		return 0;
	/* The mount is in no table. */
	ret->device = xasprintf("%u:%u", st.stx_dev_major, st.stx_dev_minor);
	ret->path = xstrdup("");
	return 0;
}

/* ---- processes ---- */

static bool is_at_or_below(const struct entry *entry, void *arg)
{
	const struct place *place = arg;
	const char *rest = str_after(entry->root, place->path);

	return str_eq(entry->device, place->device) && rest && (!*rest || *rest == '/');
}

struct namespaces {
	ino_t *v;
	size_t n;
};

/* Whether the process is the first of its mount namespace. */
static bool is_new(struct namespaces *seen, const char *process)
{
	autofree char *name = xasprintf("/proc/%s/ns/mnt", process);
	struct stat st;

	if (stat(name, &st) < 0)
		return false;
	for (size_t i = 0; i < seen->n; i++)
		if (seen->v[i] == st.st_ino)
			return false;
	seen->v = array_grow(seen->v, seen->n, sizeof *seen->v);
	seen->v[seen->n++] = st.st_ino;
	return true;
}

/* The first process that has the folder mounted; 0: none. */
static pid_t find_user(const struct place *place)
{
	struct namespaces seen = { 0 };
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	uint64_t pid, found = 0;

	while (proc && !found && (entry = readdir(proc)))
		if (parse_uint(entry->d_name, 1, INT32_MAX, &pid) && is_new(&seen, entry->d_name) &&
		    find_mount(entry->d_name, is_at_or_below, (void *)place))
			found = pid;
	if (proc)
		closedir(proc);
	free(seen.v);
	return (pid_t)found;
}

/* ---- the lock ---- */

static void wait_a_moment(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	nanosleep(&pause, NULL);
}

static int take(int top, int kind, const char *path, struct err *e)
{
	for (int tries = 0; flock(top, kind | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return err_sys(e, path, "lock");
		if (tries == TRIES) {
			err_set(e, EBUSY, path, "is in use: it is locked");
			return err_remedy(e, "wait for the command that works on it");
		}
		wait_a_moment();
	}
	return 0;
}

int tree_lock(int top, const char *path, struct err *e)
{
	struct place place = { 0 };
	pid_t user = 0;
	int r = take(top, LOCK_EX, path, e);

	if (r == 0)
		r = find_place(top, &place, path, e);
	for (int tries = 0; r == 0 && (user = find_user(&place)) && tries < TRIES; tries++)
		wait_a_moment();
	place_done(&place);
	if (r < 0 || !user)
		return r;
	err_set(e, EBUSY, path, "is in use: it is mounted for process %d", user);
	return err_remedy(e, "stop the container that uses it, or unmount it; \"cat "
			  "/proc/%d/cgroup\" names the container", user);
}

int tree_lock_shared(int mount, const char *path, struct err *e)
{
	autoclose int top = openat(mount, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = top < 0 ? err_sys(e, path, "open") : take(top, LOCK_SH, path, e);

	return r < 0 ? r : steal_fd(&top);
}
