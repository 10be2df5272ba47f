/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/host/subid.h"

#define DEFAULT_START 100000
#define DEFAULT_COUNT 65536

static bool overlap(uint32_t a, uint32_t n, uint32_t b, uint32_t m)
{
	return (uint64_t)a < (uint64_t)b + m && (uint64_t)b < (uint64_t)a + n;
}

bool idmap_read_line(const char *line, char *ret_kind, struct idmap_range *ret)
{
	autostrv char **word = strv_split(line, " \t");
	uint64_t inside, outside, count;

	if (strv_len(word) != 4 || strlen(word[0]) != 1 || !strchr("ugb", *word[0]) ||
	    !parse_uint(word[1], 0, UINT32_MAX, &inside) ||
	    !parse_uint(word[2], 0, UINT32_MAX, &outside) ||
	    !parse_uint(word[3], 1, UINT32_MAX, &count))
		return false;
	*ret_kind = *word[0];
	*ret = (struct idmap_range){ (uint32_t)inside, (uint32_t)outside, (uint32_t)count };
	return true;
}

int idmap_parse_range(const char *value, char *ret_kind, struct idmap_range *ret, struct err *e)
{
	struct idmap_range range;
	char kind;

	/* The last 32-bit number is not an id (user_namespaces(7)). */
	if (!idmap_read_line(value, &kind, &range) || kind == 'b' ||
	    (uint64_t)range.inside + range.count > UINT32_MAX ||
	    (uint64_t)range.outside + range.count > UINT32_MAX) {
		err_set(e, EINVAL, "lxc.idmap", "bad id map \"%s\"", value);
		return err_remedy(e, "write it as \"u 0 100000 65536\": u or g, first id inside, "
				  "first id on the host, number of ids");
	}
	*ret_kind = kind;
	*ret = range;
	return 0;
}

static bool maps_root(const struct idmap_range *range, unsigned n)
{
	for (; n; n--, range++)
		if (range->inside == 0)
			return true;
	return false;
}

int idmap_parse(char *const *values, struct idmap *ret, size_t *ret_bad, struct err *e)
{
	const char *text[2][IDMAP_MAX_RANGES];
	struct idmap map = { 0 };
	size_t unused;

	ret_bad = ret_bad ? ret_bad : &unused;
	for (*ret_bad = 0; values && *values; values++, ++*ret_bad) {
		struct idmap_range range, *list;
		unsigned *n, which;
		char kind = 0;
		int r = idmap_parse_range(*values, &kind, &range, e);

		if (r < 0)
			return r;
		which = kind == 'g';
		list = which ? map.gid : map.uid;
		n = which ? &map.n_gid : &map.n_uid;
		if (*n == IDMAP_MAX_RANGES)
			return err_set(e, E2BIG, "lxc.idmap", "more than %d ranges",
				       IDMAP_MAX_RANGES);
		for (unsigned i = 0; i < *n; i++)
			if (overlap(list[i].inside, list[i].count, range.inside, range.count) ||
			    overlap(list[i].outside, list[i].count, range.outside, range.count))
				return err_set(e, EINVAL, "lxc.idmap", "\"%s\" and \"%s\" overlap",
					       text[which][i], *values);
		text[which][*n] = *values;
		list[(*n)++] = range;
	}
	if (!maps_root(map.uid, map.n_uid) || !maps_root(map.gid, map.n_gid))
		return err_set(e, EINVAL, "lxc.idmap", "%s 0 of the container is not mapped",
			       maps_root(map.uid, map.n_uid) ? "group" : "user");
	*ret = map;
	return 0;
}

/*
 * The range that a subid file grants root: the usual one if it is part of a grant, else the first
 * grant.  False: nothing is granted.
 */
static bool granted(const char *path, struct idmap_range *ret)
{
	struct subids list;
	bool found = false, usual = false;

	subids_read(path, &list);
	for (size_t i = 0; i < list.n && !usual; i++) {
		const struct subid *s = &list.v[i];
		uint32_t start = s->first, count = s->count;

		if (!s->is_root)
			continue;
		usual = start <= DEFAULT_START &&
			(uint64_t)start + count >= DEFAULT_START + DEFAULT_COUNT;
		if (usual)
			start = DEFAULT_START;
		else if (found)
			continue;
		if (count > DEFAULT_COUNT)
			count = DEFAULT_COUNT;
		*ret = (struct idmap_range){ 0, start, count };
		found = true;
	}
	subids_done(&list);
	return found;
}

bool idmap_has_newuidmap(void)
{
	static const char *const paths[] = { "/usr/bin/newuidmap", "/bin/newuidmap",
					     "/usr/local/bin/newuidmap", "/usr/sbin/newuidmap",
					     "/sbin/newuidmap" };
	struct stat st;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (stat(paths[i], &st) == 0 &&
		    (st.st_mode & S_ISUID ||
		     getxattr(paths[i], "security.capability", NULL, 0) > 0))
			return true;
	return false;
}

static int default_from(const char *subuid, const char *subgid, bool newuidmap, struct idmap *ret,
			struct err *e)
{
	const struct idmap_range usual = { 0, DEFAULT_START, DEFAULT_COUNT };
	struct idmap map = { .n_uid = 1, .n_gid = 1 };
	bool uid = granted(subuid, &map.uid[0]), gid = granted(subgid, &map.gid[0]);

	if (newuidmap && (!uid || !gid)) {
		err_set(e, EPERM, uid ? subgid : subuid,
			"grants root no ids for unprivileged containers");
		return err_remedy(e, "add the line \"root:%d:%d\" to %s%s%s", DEFAULT_START,
				  DEFAULT_COUNT, uid ? subgid : subuid, uid || gid ? "" : " and ",
				  uid || gid ? "" : subgid);
	}
	if (!uid)
		map.uid[0] = usual;
	if (!gid)
		map.gid[0] = usual;
	*ret = map;
	return 0;
}

int idmap_default(struct idmap *ret, struct err *e)
{
	return default_from("/etc/subuid", "/etc/subgid", idmap_has_newuidmap(), ret, e);
}

bool idmap_equal(const struct idmap *a, const struct idmap *b)
{
	return a->n_uid == b->n_uid && a->n_gid == b->n_gid &&
	       memcmp(a->uid, b->uid, a->n_uid * sizeof *a->uid) == 0 &&
	       memcmp(a->gid, b->gid, a->n_gid * sizeof *a->gid) == 0;
}

static uint32_t root_of(const struct idmap_range *range, unsigned n)
{
	for (; n; n--, range++)
		if (range->inside == 0)
			return range->outside;
	return (uint32_t)-1;
}

bool idmap_outside(const struct idmap_range *v, unsigned n, uint32_t inside, uint32_t *ret)
{
	for (unsigned i = 0; i < n; i++)
		if (inside >= v[i].inside && inside - v[i].inside < v[i].count) {
			*ret = v[i].outside + (inside - v[i].inside);
			return true;
		}
	return false;
}

uid_t idmap_root_uid(const struct idmap *map)
{
	return root_of(map->uid, map->n_uid);
}

gid_t idmap_root_gid(const struct idmap *map)
{
	return root_of(map->gid, map->n_gid);
}

static int write_map(pid_t pid, const char *name, const struct idmap_range *range, unsigned n,
		     struct err *e)
{
	autofree char *path = xasprintf("/proc/%d/%s", pid, name);
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);
	autobuf text = BUF_INIT;

	for (; n; n--, range++)
		buf_addf(&text, "%u %u %u\n", range->inside, range->outside, range->count);
	/* The kernel requires the whole map in one write (user_namespaces(7)). */
	if (fd < 0 || write(fd, buf_str(&text), text.len) < 0)
		return err_sys(e, NULL, "write the id map of a user namespace");
	return 0;
}

/* The descriptor keeps the namespace alive after its only process has ended. */
static int map_and_open(pid_t pid, const struct idmap *map, struct err *e)
{
	autofree char *path = xasprintf("/proc/%d/ns/user", pid);
	int fd = write_map(pid, "uid_map", map->uid, map->n_uid, e);

	if (fd == 0)
		fd = write_map(pid, "gid_map", map->gid, map->n_gid, e);
	if (fd < 0)
		return fd;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? err_sys(e, path, "open") : fd;
}

int idmap_userns(const struct idmap *map, struct err *e)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	pid_t parent = getpid();
	pid_t pid = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	int fd;

	if (pid < 0) {
		err_sys(e, NULL, "make a user namespace");
		if (err_code(e) == -EPERM)
			return err_remedy(e, "the kernel allows none in a chroot: use a container");
		return err_remedy(e, "raise /proc/sys/user/max_user_namespaces");
	}
	if (pid == 0) {
		/* If its parent was killed already, the child would keep the container's lock. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
			_exit(1);
		for (;;)
			pause();
	}
	fd = map_and_open(pid, map, e);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	return fd;
}
