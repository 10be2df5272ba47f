/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/recipe.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "lib/util.h"

#define MAX_RECIPE (64 * 1024)

static const char *const keys[] = {
	"help",   "method", "name",   "revision", "arch",                /* every method */
	"suite",  "mirror", "variant", "packages", "option", "version_file", /* mmdebstrap */
	"program", "folders", "mode", "link",                            /* busybox */
	NULL,
};

void recipe_done(struct recipe *r)
{
	free(r->dir);
	free(r->file);
	strv_free(r->names);
	strv_free(r->values);
}

const char *recipe_next(const struct recipe *r, const char *key, size_t *at)
{
	while (r->names && r->names[*at])
		if (str_eq(r->names[(*at)++], key))
			return r->values[*at - 1];
	return NULL;
}

const char *recipe_value(const struct recipe *r, const char *key)
{
	size_t at = 0;

	return recipe_next(r, key, &at);
}

char *recipe_joined(const struct recipe *r, const char *key)
{
	autobuf b = BUF_INIT;
	const char *value;
	size_t at = 0;

	buf_add(&b, "");
	while ((value = recipe_next(r, key, &at)))
		buf_addf(&b, "%s%s", b.len ? " " : "", value);
	return buf_detach(&b);
}

const char *recipe_require(const struct recipe *r, const char *key, struct err *e)
{
	const char *value = recipe_value(r, key);

	if (!value)
		err_set(e, EINVAL, r->file, "no \"%s\" line", key);
	return value;
}

static char *trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static int parse_line(struct recipe *r, char *line, struct err *e)
{
	char *equals, *name, *value;

	name = trim(line);
	if (!*name || *name == '#')
		return 0;
	equals = strchr(name, '=');
	if (!equals)
		return err_set(e, EINVAL, NULL, "\"%s\" is not KEY = VALUE", name);
	*equals = '\0';
	name = trim(name);
	value = trim(equals + 1);
	if (!strv_has((char *const *)keys, name))
		return err_set(e, EINVAL, NULL, "unknown key \"%s\"", name);
	if (has_control(value))
		return err_set(e, EINVAL, NULL, "%s: control character", name);
	strv_push(&r->names, name);
	strv_push(&r->values, value);
	return 0;
}

int recipe_load(const char *name, struct recipe *r, struct err *e)
{
	autofree char *text = NULL;
	char *line, *next;
	unsigned number = 0;
	int ret;

	r->dir = xasprintf("%s/%s", path_templates(), name);
	r->file = xasprintf("%s/recipe", r->dir);
	ret = strchr(name, '/') || *name == '.' ? -ENOENT :
	      file_read(r->file, MAX_RECIPE, &text, NULL, e);
	if (ret == -ENOENT) {
		err_set(e, ENOENT, name, "no such distribution");
		return err_remedy(e, "pct distro list names them");
	}
	for (line = text; ret == 0 && line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		ret = parse_line(r, line, e);
		if (ret < 0)
			err_wrap(e, "%s:%u", r->file, number);
	}
	return ret;
}

/* Debian's name of the host's architecture. */
static const char *host_arch(void)
{
	static const char *const names[][2] = {
		{ "x86_64", "amd64" }, { "i686", "i386" },     { "aarch64", "arm64" },
		{ "armv7l", "armhf" }, { "ppc64le", "ppc64el" }, { "riscv64", "riscv64" },
		{ "s390x", "s390x" },
	};
	static struct utsname u;

	if (uname(&u) < 0)
		return "unknown";
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(u.machine, names[i][0]))
			return names[i][1];
	return u.machine;
}

const char *recipe_arch(const struct recipe *r)
{
	const char *arch = recipe_value(r, "arch");

	return arch ? arch : host_arch();
}

static bool is_name(const char *s)
{
	return *s && *s != '.' && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					      "0123456789.-+~")] == '\0';
}

int recipe_output(const struct recipe *r, const char *version, const char *given, char **ret,
		  struct err *e)
{
	const char *name, *revision = recipe_value(r, "revision");

	if (given) {
		*ret = xstrdup(given);
		return 0;
	}
	name = recipe_require(r, "name", e);
	if (!name)
		return -e->num;
	if (!is_name(name) || !is_name(version))
		return err_set(e, EINVAL, r->file, "\"%s_%s\" cannot be a template's name", name,
			       version);
	*ret = xasprintf("%s/template/cache/%s_%s-%s_%s.tar.zst", path_vz(), name, version,
			 revision ? revision : "1", recipe_arch(r));
	return 0;
}
