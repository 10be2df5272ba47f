/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/cgroup-join.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/host/cgroup.h"

#define CGROUP_TOP "/sys/fs/cgroup"
#define MAX_LINES (64 * 1024)
#define MAX_LEAVES 100

/*
 * Cut path behind the container's own group: "/lxc.payload.105" or "/a/lxc.payload.105-1".  NULL:
 * path contains none.  Takes the last match, since this host may be a container with the same id.
 */
static char *own_group(const char *path, unsigned ctid)
{
	autofree char *name = xasprintf("/lxc.payload.%u", ctid);
	const char *end = NULL;

	for (const char *at = path; (at = strstr(at, name)); at += strlen(name)) {
		const char *after = at + strlen(name);

		if (*after == '-')
			after += 1 + strspn(after + 1, "0123456789");
		if (!*after || *after == '/')
			end = after;
	}
	return end ? xstrndup(path, (size_t)(end - path)) : NULL;
}

/*
 * Open a hierarchy's mount point, which is named after its controllers, the first one, or its name.
 */
static int open_hierarchy(char *controllers)
{
	const char *named = str_after(controllers, "name=");
	int fd = -1;

	for (int words = 2; fd < 0 && words > 0; words--) {
		autofree char *path = xasprintf(CGROUP_TOP "/%s", named ? named : controllers);

		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		controllers[strcspn(controllers, ",")] = '\0';
	}
	return fd;
}

static int open_v2(void)
{
	return open(cgroup_mode() == CGROUP_V2 ? CGROUP_TOP : CGROUP_TOP "/unified",
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int add_place(struct cgroup_places *places, int top, const char *group, bool v2,
		     struct err *e)
{
	autofree char *file = xasprintf("%s%s", group + 1, v2 ? "" : "/cgroup.procs");
	int fd = openat(top, file, (v2 ? O_RDONLY | O_DIRECTORY : O_WRONLY) | O_CLOEXEC);

	if (fd < 0)
		return err_sys(e, group, "open the container's cgroup");
	if (v2) {
		places->v2 = fd;
		return 0;
	}
	if (places->n_v1 == CGROUP_MAX_PLACES) {
		close(fd);
		return err_set(e, E2BIG, "/sys/fs/cgroup", "has more than %d hierarchies",
			       CGROUP_MAX_PLACES);
	}
	places->v1[places->n_v1++] = fd;
	return 0;
}

/* "4:memory:/lxc.payload.105" of v1, "0::/lxc.payload.105" of v2. */
static int find_place(struct cgroup_places *places, unsigned ctid, char *line, struct err *e)
{
	char *controllers = strchr(line, ':');
	char *path = controllers ? strchr(controllers + 1, ':') : NULL;
	autofree char *group = NULL;
	autoclose int top = -1;
	bool is_own, v2;

	if (!path)
		return 0;
	*path++ = '\0';
	group = own_group(path, ctid);
	is_own = group;
	if (!group)
		group = xstrdup(path); /* lxc.cgroup.dir names another group */
	v2 = !controllers[1];
	top = v2 ? open_v2() : open_hierarchy(controllers + 1);
	if (top >= 0)
		return str_eq(group, "/") ? 0 : add_place(places, top, group, v2, e);
	if (!is_own)
		return 0; /* liblxc does not use this hierarchy */
	err_set(e, ENOENT, line, "the cgroup hierarchy of this line of /proc/PID/cgroup is not "
		"mounted below /sys/fs/cgroup");
	return err_remedy(e, "mount it there; nothing enters a container without its limits");
}

int cgroup_places_find(unsigned ctid, pid_t init, struct cgroup_places *ret, struct err *e)
{
	autofree char *path = xasprintf("/proc/%d/cgroup", (int)init), *text = NULL;
	autostrv char **lines = NULL;
	int r = file_read(path, MAX_LINES, &text, NULL, e);

	if (r < 0)
		return r;
	lines = strv_split(text, "\n");
	for (char **line = lines; *line && r == 0; line++)
		r = find_place(ret, ctid, *line, e);
	return r;
}

void cgroup_places_done(struct cgroup_places *places)
{
	for (unsigned i = 0; i < places->n_v1; i++)
		close(places->v1[i]);
	util_closep(&places->v2);
}

static int move_to(int group, const char *procs)
{
	int fd = openat(group, procs, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	int r = fd < 0 ? -errno : file_write_all(fd, "0", 1);

	if (fd >= 0)
		close(fd);
	return r;
}

/* The kernel gives a new group and its files the fsuid and fsgid of this process. */
static int make_group(int parent, const char *name, uid_t uid, gid_t gid)
{
	int r;

	setfsgid(gid);
	setfsuid(uid);
	r = mkdirat(parent, name, 0755) < 0 && errno != EEXIST ? -errno : 0;
	setfsuid(0);
	setfsgid(0);
	return r;
}

/*
 * A group that enables controllers for its children, as systemd does, cannot hold processes
 * (cgroups(7), "no internal processes").  So join a group below it.  Its name is the one that
 * liblxc uses, or the next one if container root has made that group unusable.
 */
static int join_v2(int group, uid_t uid, gid_t gid)
{
	int r = -EBUSY;

	for (int i = 0; i < MAX_LEAVES && r < 0; i++) {
		char leaf[32], procs[48];

		snprintf(leaf, sizeof leaf, i ? ".lxc-%d" : ".lxc", i);
		snprintf(procs, sizeof procs, "%s/cgroup.procs", leaf);
		r = make_group(group, leaf, uid, gid);
		if (r < 0)
			return r;
		r = move_to(group, procs);
	}
	return r;
}

int cgroup_join(const struct cgroup_places *places, uid_t uid, gid_t gid)
{
	int r = 0;

	for (unsigned i = 0; i < places->n_v1 && r == 0; i++)
		r = file_write_all(places->v1[i], "0", 1);
	return r < 0 || places->v2 < 0 ? r : join_v2(places->v2, uid, gid);
}
