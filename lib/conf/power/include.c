/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Checks files that a config includes.  Files of a distribution are known to be harmless; lines of
 * other files are checked like those of the config.
 */
#include "lib/conf/power/power.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"

#define LXC_INCLUDES "/usr/share/lxc/config/"
#define MAX_FILE (256 * 1024)
#define MAX_NAMES 1024 /* entries of an included folder */

/* A file of LXC's packages, or ours on a host that lacks it. */
static bool is_of_distribution(const char *path)
{
	autofree char *ours = xasprintf("%s/", path_templates());

	return !strstr(path, "..") && (str_after(path, LXC_INCLUDES) || str_after(path, ours));
}

/* Record a file; false: it was seen before, or there are too many. */
static bool is_new(struct power *p, const char *path)
{
	struct stat st;

	if (p->n_seen == POWER_MAX_FILES || stat(path, &st) < 0)
		return false;
	for (size_t i = 0; i < p->n_seen; i++)
		if (p->seen[i].st_dev == st.st_dev && p->seen[i].st_ino == st.st_ino)
			return false;
	p->seen[p->n_seen++] = st;
	return true;
}

void power_file(struct power *p, const char *path, void (*fn)(struct power *p, char *line))
{
	const char *file = p->file, *key = p->file_key;
	unsigned line = p->file_line;
	autofree char *text = NULL;

	if (!is_new(p, path) || file_read(path, MAX_FILE, &text, NULL, NULL) < 0)
		return;
	p->file = path;
	p->file_line = 0;
	for (char *at = text, *next; at; at = next) {
		next = strchr(at, '\n');
		if (next)
			*next++ = '\0';
		p->file_line++;
		fn(p, at);
	}
	p->file = file;
	p->file_key = key;
	p->file_line = line;
}

/* KEY = VALUE, with blanks around both. */
static void include_line(struct power *p, char *line)
{
	char *value = strchr(line, '=');
	size_t n;

	line += strspn(line, " \t");
	if (!str_after(line, "lxc.") || !value || value < line)
		return;
	*value++ = '\0';
	line[strcspn(line, " \t")] = '\0';
	value += strspn(value, " \t");
	for (n = strlen(value); n && strchr(" \t\r", value[n - 1]);)
		value[--n] = '\0';
	p->file_key = line;
	power_line(p, line, value);
}

static void include_folder(struct power *p, const char *path)
{
	DIR *dir = file_open_folder(AT_FDCWD, path);
	const struct dirent *entry;

	for (unsigned i = 0; dir && i < MAX_NAMES && (entry = readdir(dir)); i++) {
		autofree char *file = xasprintf("%s/%s", path, entry->d_name);

		if (str_ends_with(entry->d_name, ".conf"))
			power_file(p, file, include_line);
	}
	if (dir)
		closedir(dir);
}

void power_include(struct power *p, const char *key, const char *value)
{
	struct stat st;

	(void)key;
	if (is_of_distribution(value)) {
		if (str_eq(value, LXC_INCLUDES "nesting.conf"))
			power_add(p, POWER_NESTING);
		return;
	}
	power_add(p, "includes further settings from %s", quote(value));
	if (stat(value, &st) == 0 && S_ISDIR(st.st_mode))
		include_folder(p, value);
	else
		power_file(p, value, include_line);
}
