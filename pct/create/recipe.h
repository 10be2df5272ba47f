/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recipes: distro-templates/NAME/recipe describes how a template is built, in lines "KEY = VALUE".
 * '#' begins a comment line.
 *
 * A key may be repeated: a list has the values of all its lines, a single value that of the last
 * line.  "releases" and "variants" list the choices, the default first.  A line "KEY.WORD = VALUE"
 * applies to that release or variant only, "KEY.WORD+WORD = VALUE" to that pair of them.
 */
#ifndef PCT_CREATE_RECIPE_H
#define PCT_CREATE_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct recipe {
	char *name, *dir, *file;
	char **names, **values; /* in the order of lines */
	char **conditions;      /* "networkd+13", or ""; NULL after recipe_choose() */
	char *release, *variant; /* NULL: the recipe has no choices */
	bool plain;             /* the default variant is chosen */
};

/* -ENOENT if there is no such recipe.  The caller calls recipe_done(), also after a failure. */
int recipe_load(const char *name, struct recipe *r, struct err *e);
void recipe_done(struct recipe *r);

/* The choices, the default first; NULL: there are none.  The caller frees. */
char **recipe_releases(const struct recipe *r);
char **recipe_variants(const struct recipe *r);
/* Choose (NULL: the default), and drop lines that do not apply.  Call it once, before building. */
int recipe_choose(struct recipe *r, const char *release, const char *variant, struct err *e);

const char *recipe_value(const struct recipe *r, const char *key); /* the last line; NULL: none */
/* recipe_value(), but a missing key is an error. */
const char *recipe_require(const struct recipe *r, const char *key, struct err *e);
/* The next value of a key from line *at on, or NULL; moves *at behind it.  Begin with 0. */
const char *recipe_next(const struct recipe *r, const char *key, size_t *at);
/* The values of all lines of a key, separated by blanks; the caller frees. */
char *recipe_joined(const struct recipe *r, const char *key);
/* The architecture of the recipe, else of the host, by Debian's name. */
const char *recipe_arch(const struct recipe *r);

/* NAME-RELEASE-VARIANT_VERSION-REVISION_ARCH.tar.zst; the default variant is "standard". */
char *recipe_file_name(const struct recipe *r, const char *version);
/* The path of the template: given, or recipe_file_name() in the cache folder. */
int recipe_output(const struct recipe *r, const char *version, const char *given, char **ret,
		  struct err *e);

struct args;

/* pct distro check.  Returns 1 if the tree or template cannot be configured. */
int distro_check(const struct args *args, struct err *e);

/* Start a template in a temporary container, and destroy it.  0: its address came up. */
int distro_boot(const char *archive, struct err *e);

/* Builders: write the template to output (NULL: the path of recipe_output()).  *ret: its path. */
int distro_build_busybox(const struct recipe *recipe, const char *output, char **ret,
			 struct err *e);
int distro_build_mmdebstrap(const struct recipe *recipe, const char *output, char **ret,
			    struct err *e);

#endif
