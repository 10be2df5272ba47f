/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/ids.h"

#include <errno.h>
#include <linux/net.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/err.h"
#include "lib/paths.h"
#include "lib/runtime.h"
#include "lib/util.h"

static void ids_add(struct ids *ids, unsigned id)
{
	if (ids->n == ids->size) {
		ids->size = ids->size ? 2 * ids->size : 64;
		ids->v = xrealloc(ids->v, ids->size, sizeof *ids->v);
	}
	ids->v[ids->n++] = id;
}

static int compare_ids(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static void ids_sort(struct ids *ids)
{
	if (ids->n)
		qsort(ids->v, ids->n, sizeof *ids->v, compare_ids);
}

bool ids_has(const struct ids *ids, unsigned id)
{
	return ids->n && bsearch(&id, ids->v, ids->n, sizeof *ids->v, compare_ids);
}

/* "ffff: 00000002 00000000 00010000 0001 01 12345 @LIB/105/command": one that listens (proc(5)). */
static bool listens(const char *line)
{
	unsigned flags;

	return sscanf(line, "%*s %*x %*x %x", &flags) == 1 && (flags & __SO_ACCEPTCON);
}

/* liblxc listens on the abstract socket LIB/CTID/command. */
static void find_listeners(struct ids *ret)
{
	autofree char *prefix = xasprintf("@%s/", path_lib());
	FILE *sockets = fopen("/proc/net/unix", "re");
	char *line = NULL;
	size_t size = 0;

	while (sockets && getline(&line, &size, sockets) > 0) {
		char *name = strchr(line, '@'), *slash;
		const char *id = name ? str_after(name, prefix) : NULL;
		unsigned ctid;

		if (!id || !listens(line))
			continue;
		name[strcspn(name, "\n")] = '\0';
		slash = strchr(name + strlen(prefix), '/');
		if (!slash || !str_eq(slash, "/command"))
			continue;
		*slash = '\0';
		if (parse_ctid(id, &ctid))
			ids_add(ret, ctid);
	}
	if (sockets)
		fclose(sockets);
	free(line);
}

/* When the list is read: to ask makes lines of its own in there. */
void ids_find_running(struct ids *running)
{
	struct ids listeners = { 0 };

	find_listeners(&listeners);
	for (size_t i = 0; i < listeners.n; i++)
		if (runtime_is_running(listeners.v[i]))
			ids_add(running, listeners.v[i]);
	free(listeners.v);
	ids_sort(running);
}

int ids_find_all(struct ids *all, DIR **ret_dir, struct err *e)
{
	autofree char *dir = xasprintf("%s/lxc", path_etc());
	DIR *d = opendir(dir);
	const struct dirent *entry;
	unsigned ctid;

	if (!d && errno != ENOENT)
		return err_sys(e, dir, "open");
	*ret_dir = d;
	if (!d)
		return 0;
	while ((entry = readdir(d)))
		if (parse_ctid(entry->d_name, &ctid))
			ids_add(all, ctid);
	ids_sort(all);
	return 0;
}
