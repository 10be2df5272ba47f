/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/create/recipe.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <sys/utsname.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"

#define MAX_RECIPE (64 * 1024)

static const char *const keys[] = {
	/* every method */
	"help", "method", "releases", "variants", "revision", "arch", "folders", "mode", "link",
	/* mmdebstrap */
	"suite", "mirror", "keyring", "bootstrap", "packages", "option", "version_file",
	/* busybox */
	"program",
	NULL,
};

void recipe_done(struct recipe *r)
{
	free(r->name);
	free(r->dir);
	free(r->file);
	strv_free(r->names);
	strv_free(r->values);
	strv_free(r->conditions);
	free(r->release);
	free(r->variant);
	*r = (struct recipe){ 0 };
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
	const char *next, *last = NULL;
	size_t at = 0;

	while ((next = recipe_next(r, key, &at)))
		last = next;
	return last;
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

static char **words_of(const struct recipe *r, const char *key)
{
	autofree char *joined = recipe_joined(r, key);

	return *joined ? strv_split(joined, " ") : NULL;
}

char **recipe_releases(const struct recipe *r)
{
	return words_of(r, "releases");
}

char **recipe_variants(const struct recipe *r)
{
	return words_of(r, "variants");
}

/* condition: "13" or "networkd+13"; earlier lines must list its words. */
static int check_condition(const struct recipe *r, const char *name, const char *condition,
			   struct err *e)
{
	autostrv char **words = strv_split(condition, "+"), **releases = recipe_releases(r);
	autostrv char **variants = recipe_variants(r);

	if (str_eq(name, "releases") || str_eq(name, "variants") || !words[0])
		return err_set(e, EINVAL, name, "cannot have a condition \".%s\"", condition);
	for (size_t i = 0; words[i]; i++)
		if (!strv_has(releases, words[i]) && !strv_has(variants, words[i]))
			return err_set(e, EINVAL, name, "no line above lists a release or "
				       "variant \"%s\"", words[i]);
	return 0;
}

static int parse_line(struct recipe *r, char *line, struct err *e)
{
	char *equals, *name, *value, *dot;
	int n = 0;

	name = trim(line);
	if (!*name || *name == '#')
		return 0;
	equals = strchr(name, '=');
	if (!equals)
		return err_set(e, EINVAL, NULL, "\"%s\" is not KEY = VALUE", name);
	*equals = '\0';
	name = trim(name);
	value = trim(equals + 1);
	dot = strchr(name, '.');
	if (dot)
		*dot++ = '\0';
	if (!strv_has((char *const *)keys, name))
		return err_set(e, EINVAL, NULL, "unknown key \"%s\"", name);
	if (has_control(value))
		return err_set(e, EINVAL, NULL, "%s: control character", name);
	if (dot)
		n = check_condition(r, name, dot, e);
	if (n < 0)
		return n;
	strv_push(&r->names, name);
	strv_push(&r->values, value);
	strv_push(&r->conditions, dot ? dot : "");
	return 0;
}

int recipe_load(const char *name, struct recipe *r, struct err *e)
{
	autofree char *text = NULL;
	char *line, *next;
	unsigned number = 0;
	int ret;

	r->name = xstrdup(name);
	r->dir = xasprintf("%s/%s", path_templates(), name);
	r->file = xasprintf("%s/recipe", r->dir);
	ret = strchr(name, '/') || *name == '.' ? -ENOENT :
	      file_read(r->file, MAX_RECIPE, &text, NULL, e);
	if (ret == -ENOENT) {
		err_set(e, ENOENT, name, "no such distribution");
		return err_remedy(e, "pct distro list shows all");
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

/* *ret: given, or the first of words; untouched if there are no words. */
static int choose(const struct recipe *r, const char *what, char **words, const char *given,
		  char **ret, struct err *e)
{
	autofree char *all = strv_join(words, ", ");

	if (given && !words)
		return err_set(e, EINVAL, r->name, "has no %ss to choose from", what);
	if (given && !strv_has(words, given))
		return err_set(e, EINVAL, r->name, "has no %s \"%s\", but %s", what, given, all);
	if (words)
		*ret = xstrdup(given ? given : words[0]);
	return 0;
}

static bool holds(const struct recipe *r, const char *condition)
{
	autostrv char **words = strv_split(condition, "+");

	for (size_t i = 0; words && words[i]; i++)
		if (!(r->release && str_eq(words[i], r->release)) &&
		    !(r->variant && str_eq(words[i], r->variant)))
			return false;
	return true;
}

int recipe_choose(struct recipe *r, const char *release, const char *variant, struct err *e)
{
	autostrv char **releases = recipe_releases(r), **variants = recipe_variants(r);
	autostrv char **names = steal(&r->names), **values = steal(&r->values);
	int n = choose(r, "release", releases, release, &r->release, e);

	if (n == 0)
		n = choose(r, "variant", variants, variant, &r->variant, e);
	if (n < 0)
		return n;
	r->plain = (!r->variant || str_eq(r->variant, variants[0]));
	for (size_t i = 0; names && names[i]; i++) {
		if (!holds(r, r->conditions[i]))
			continue;
		strv_push(&r->names, names[i]);
		strv_push(&r->values, values[i]);
	}
	strv_clear(&r->conditions);
	return 0;
}

/* The host's architecture by Debian's name. */
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
					      "0123456789.-+~_")] == '\0';
}

char *recipe_file_name(const struct recipe *r, const char *version)
{
	const char *revision = recipe_value(r, "revision");

	return xasprintf("%s%s%s-%s_%s-%s_%s.tar.zst", r->name, r->release ? "-" : "",
			 r->release ? r->release : "", r->plain ? "standard" : r->variant, version,
			 revision ? revision : "1", recipe_arch(r));
}

int recipe_output(const struct recipe *r, const char *version, const char *given, char **ret,
		  struct err *e)
{
	autofree char *name = recipe_file_name(r, version);

	if (given) {
		*ret = xstrdup(given);
		return 0;
	}
	if (!is_name(name))
		return err_set(e, EINVAL, r->file, "\"%s\" cannot be a template's name", name);
	*ret = xasprintf("%s/template/cache/%s", path_vz(), name);
	return 0;
}
