/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/managed.h"

#include <string.h>

#include "lib/util.h"
#include "setup/step.h"

static int make_parent(struct setup *s, const char *path, struct err *e)
{
	autofree char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	return *parent ? tree_mkdir(s->tree, parent, 0755, e) : 0;
}

int managed_write(struct setup *s, const char *path, const char *text, mode_t mode, struct err *e)
{
	int n = make_parent(s, path, e);

	return n < 0 ? n : tree_write(s->tree, path, text, mode, ROOTFS_REPLACE_LINK, e);
}

int managed_symlink(struct setup *s, const char *target, const char *path, struct err *e)
{
	int n = make_parent(s, path, e);

	return n < 0 ? n : tree_symlink(s->tree, target, path, e);
}

bool managed_is_ours(struct setup *s, const char *path)
{
	(void)s;
	(void)path;
	return false;
}

void managed_part_record(struct setup *s, const char *path, const char *part, const char *text)
{
	(void)s;
	(void)path;
	(void)part;
	(void)text;
}

bool managed_part_is_ours(struct setup *s, const char *path, const char *part, const char *text)
{
	(void)s;
	(void)path;
	(void)part;
	(void)text;
	return false;
}

int managed_sweep(struct setup *s, struct err *e)
{
	(void)s;
	(void)e;
	return 0;
}
