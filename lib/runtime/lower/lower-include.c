/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * LXC's include files for distributions.  If this host lacks one, ours in distro-templates replaces
 * it.
 */
#include "lib/runtime/lower/lower-internal.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"
#include "lib/runtime/lower/lower.h"

static bool exists(const struct host *host, const char *path)
{
	return host->file_exists(host->ctx, path);
}

/*
 * Get "debian" from /usr/share/lxc/config/debian.common.conf, "" from .../common.conf; NULL:
 * another file.  The caller frees.
 */
static char *distro_of(const char *path, const char *kind)
{
	const char *name = str_after(path, LXC_INCLUDES);
	size_t n;

	if (!name || strchr(name, '/'))
		return NULL;
	if (str_eq(name, kind))
		return xstrdup("");
	n = strlen(name);
	if (!str_ends_with(name, kind) || n < strlen(kind) + 2 || name[n - strlen(kind) - 1] != '.')
		return NULL;
	return xstrndup(name, n - strlen(kind) - 1);
}

bool lower_is_distro_include(const struct conf_line *line)
{
	autofree char *common = NULL, *userns = NULL;

	if (!str_eq(line->name, "lxc.include"))
		return false;
	common = distro_of(line->value, "common.conf");
	userns = distro_of(line->value, "userns.conf");
	return common || userns;
}

static char *lxc_path(const char *distro, const char *kind)
{
	return xasprintf(LXC_INCLUDES "%s%s%s", distro, *distro ? "." : "", kind);
}

static int no_include(const char *path, struct err *e)
{
	err_set(e, ENOENT, path, "this include file and LXC's own are both missing");
	return err_remedy(e, "install the suite (make install), or the package lxc-templates");
}

/* Our settings for cgroup v1 are in separate files, as liblxc 7 refuses a file that mentions v1. */
static int add_cgroup1(const struct host *host, const char *kind, struct buf *out, struct err *e)
{
	autofree char *path = xasprintf("%s/cgroup1/%s", host->templates, kind);

	if (!exists(host, path))
		return no_include(path, e);
	buf_addf(out, "lxc.include = %s\n", path);
	return 0;
}

/* Add the distribution's file of a kind: LXC's if the host has it, else ours. */
static int add_include(const struct host *host, const char *distro, const char *kind,
		       bool *ret_ours, struct buf *out, struct err *e)
{
	autofree char *path = lxc_path(distro, kind);

	if (!exists(host, path) && *distro) {
		free(path);
		path = xasprintf("%s/%s/%s", host->templates, distro, kind);
	}
	if (!exists(host, path)) {
		free(path);
		path = xasprintf("%s/%s", host->templates, kind);
	}
	if (!exists(host, path))
		return no_include(path, e);
	*ret_ours = !str_after(path, LXC_INCLUDES);
	buf_addf(out, "lxc.include = %s\n", path);
	return *ret_ours && host->cgroup != CGROUP_V2 ? add_cgroup1(host, kind, out, e) : 0;
}

int lower_includes(const struct conf_file *f, const struct host *host, struct buf *out,
		   struct err *e)
{
	const struct conf *c = &f->values;
	autofree char *distro = NULL;
	const struct conf_line *lines;
	size_t n = conf_lines(f, &lines);
	bool any = false, ours, mapped = c->mapped;
	int r;

	for (size_t i = 0; i < n; i++) {
		autofree char *userns = NULL;

		if (!str_eq(lines[i].name, "lxc.include"))
			continue;
		any = true;
		userns = distro_of(lines[i].value, "userns.conf");
		mapped = mapped || userns;
		if (!distro)
			distro = distro_of(lines[i].value, "common.conf");
		if (!distro)
			distro = steal(&userns);
		/* The user's own include file stays among the raw lines. */
		if (!lower_is_distro_include(&lines[i]) && !exists(host, lines[i].value)) {
			err_set(e, ENOENT, NULL, "there is no such file: \"%s\"", lines[i].value);
			return lower_err(f, &lines[i], e);
		}
	}
	if (!distro && any)
		return 0;
	if (!distro)
		distro = xstrdup(c->ostype ? c->ostype : "");
	r = add_include(host, distro, "common.conf", &ours, out, e);
	/*
	 * LXC's include file sets the profile itself; ours cannot know whether it exists.  An
	 * unprivileged container has a profile of its own: lower_features().
	 */
	if (r == 0 && ours && !c->mapped && !lower_find(f, "lxc.seccomp.profile") &&
	    exists(host, LXC_SECCOMP))
		buf_add(out, "lxc.seccomp.profile = " LXC_SECCOMP "\n");
	if (r == 0 && mapped)
		r = add_include(host, distro, "userns.conf", &ours, out, e);
	return r;
}
