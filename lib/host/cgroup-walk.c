/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/cgroup-walk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/util.h"

#define MAX_GROUPS (1 << 18)

/* A pending step of a walk: enter a group, or leave it. */
struct step {
	char *name;
	unsigned depth; /* of the group; its parent's is one less */
	bool leave;
};

struct walk {
	struct step *todo; /* a stack: the last one is next */
	size_t n, size, seen;
	int at; /* the current folder */
	unsigned depth;
	bool removes;
};

const char *cgroup_next(DIR *dir)
{
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_type == DT_DIR && !str_eq(entry->d_name, ".") &&
		    !str_eq(entry->d_name, ".."))
			return entry->d_name;
	return NULL;
}

static void add(struct walk *w, const char *name, unsigned depth, bool leave)
{
	if (w->n == w->size) {
		w->size = w->size ? 2 * w->size : 16;
		w->todo = xrealloc(w->todo, w->size, sizeof *w->todo);
	}
	w->todo[w->n++] = (struct step){ xstrdup(name), depth, leave };
}

static bool go_to(struct walk *w, const char *name)
{
	int fd = openat(w->at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return false;
	close(w->at);
	w->at = fd;
	return true;
}

/* A group cannot move to another folder, so ".." leads back along the way down. */
static bool climb(struct walk *w, unsigned depth)
{
	for (; w->depth > depth; w->depth--)
		if (!go_to(w, ".."))
			return false;
	return true;
}

static bool go_into(struct walk *w, const struct step *step)
{
	DIR *dir;

	if (!go_to(w, step->name))
		return errno == ENOENT;
	w->depth = step->depth;
	if (++w->seen > MAX_GROUPS)
		return false;
	if (w->removes)
		add(w, step->name, step->depth, true);
	dir = file_open_folder(w->at, ".");
	if (!dir)
		return false;
	for (const char *name; w->n < MAX_GROUPS && (name = cgroup_next(dir));)
		add(w, name, step->depth + 1, false);
	closedir(dir);
	return w->n < MAX_GROUPS;
}

static bool walk(struct walk *w, bool (*fn)(int group, void *arg), void *arg)
{
	bool whole = w->at >= 0;

	while (whole && w->n) {
		struct step step = w->todo[--w->n];

		whole = climb(w, step.depth - 1);
		if (whole && step.leave)
			unlinkat(w->at, step.name, AT_REMOVEDIR);
		else if (whole)
			whole = go_into(w, &step) && (w->depth < step.depth || fn(w->at, arg));
		free(step.name);
	}
	while (w->n)
		free(w->todo[--w->n].name);
	free(w->todo);
	util_closep(&w->at);
	return whole;
}

bool cgroup_walk(int parent, const char *name, bool (*fn)(int group, void *arg), void *arg)
{
	struct walk w = { .at = fcntl(parent, F_DUPFD_CLOEXEC, 3) };

	add(&w, name, 1, false);
	return walk(&w, fn, arg);
}

static bool nothing(int group, void *unused)
{
	(void)group;
	(void)unused;
	return true;
}

void cgroup_remove(int parent, const char *name)
{
	struct walk w = { .at = fcntl(parent, F_DUPFD_CLOEXEC, 3), .removes = true };

	add(&w, name, 1, false);
	walk(&w, nothing, NULL);
}
