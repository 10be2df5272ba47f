/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/paths.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/util.h"

/* Only this file is compiled with these Makefile variables, so only it depends on their values. */
static const struct {
	const char *name, *path;
} compiled[] = {
	{ "ETC", PCT_ETC },	{ "LIB", PCT_LIB },	{ "VZ", PCT_VZ },
	{ "RUN", PCT_RUN },	{ "HOOKS", PCT_HOOKS }, { "TEMPLATES", PCT_TEMPLATES },
	{ "UNITS", PCT_UNITS }, { "PROGRAM", PCT_PROGRAM },
};

const char *path_compiled(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(compiled); i++)
		if (str_eq(compiled[i].name, name))
			return compiled[i].path;
	return NULL;
}

static const char *root(const char *variable, const char *otherwise)
{
	const char *value = getenv(variable);

	return value && value[0] == '/' ? value : otherwise;
}

const char *path_etc(void)
{
	return root("PCT_ETC", PCT_ETC);
}

const char *path_lib(void)
{
	return root("PCT_LIB", PCT_LIB);
}

const char *path_vz(void)
{
	return root("PCT_VZ", PCT_VZ);
}

const char *path_run(void)
{
	return root("PCT_RUN", PCT_RUN);
}

const char *path_lxcfs(void)
{
	return root("PCT_LXCFS", "/var/lib/lxcfs");
}

/* The folder of the running program; hooks are one folder deeper than pct. */
static const char *program_dir(void)
{
	static char dir[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", dir, sizeof dir - 1);
	char *slash;

	dir[n > 0 ? n : 0] = '\0';
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	if (str_ends_with(dir, "/hooks"))
		dir[strlen(dir) - strlen("/hooks")] = '\0';
	return dir;
}

static const char *beside(const char *name, const char *probe, const char *otherwise, char *at)
{
	autofree char *file = xasprintf("%s/%s/%s", program_dir(), name, probe);

	if (access(file, F_OK) < 0)
		return otherwise;
	snprintf(at, PATH_MAX, "%s/%s", program_dir(), name);
	return at;
}

const char *path_hooks(void)
{
	static char at[PATH_MAX];

	return beside("hooks", "lxc.hook.pre-start", PCT_HOOKS, at);
}

const char *path_templates(void)
{
	static char at[PATH_MAX];

	return beside("distro-templates", "common.conf", PCT_TEMPLATES, at);
}

const char *path_units(void)
{
	return PCT_UNITS;
}

const char *path_pct(void)
{
	static char at[PATH_MAX + sizeof "/pct"];

	snprintf(at, sizeof at, "%s/pct", program_dir());
	return access(at, X_OK) < 0 ? PCT_PROGRAM : at;
}

char *path_runtime_dir(unsigned ctid)
{
	return xasprintf("%s/%u", path_lib(), ctid);
}

char *path_runtime_config(unsigned ctid)
{
	return xasprintf("%s/%u/config", path_lib(), ctid);
}

char *path_rootfs(unsigned ctid)
{
	return xasprintf("%s/%u/rootfs", path_lib(), ctid);
}

char *path_pct_run(void)
{
	return xasprintf("%s/pct", path_run());
}

char *path_ct_run(unsigned ctid)
{
	return xasprintf("%s/pct/%u", path_run(), ctid);
}

char *path_ct_guest(unsigned ctid)
{
	return xasprintf("%s/pct/%u/guest", path_run(), ctid);
}
