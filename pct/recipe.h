/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recipes: distro-templates/NAME/recipe says how a template is built.  Lines "KEY = VALUE"; '#'
 * begins a comment line.
 *
 * A key may come more than once: a list takes all its lines, a single value the last one.
 * "releases" and "variants" name what can be built, the default first.  A line "KEY.WORD = VALUE"
 * holds for that release or variant only, "KEY.WORD+WORD = VALUE" for that pair of them.
 */
#ifndef PCT_RECIPE_H
#define PCT_RECIPE_H

#include <stdbool.h>
#include <stddef.h>

struct err;

struct recipe {
	char *name, *dir, *file;
	char **names, **values; /* in order */
	char **conditions;      /* "networkd+13", or ""; NULL once chosen */
	char *release, *variant; /* NULL: there is nothing to choose from */
	bool plain;             /* it is the default variant */
};

/* -ENOENT when there is no such distribution.  recipe_done() also after a failure. */
int recipe_load(const char *name, struct recipe *r, struct err *e);
void recipe_done(struct recipe *r);

/* What can be built, the default first; NULL: there is nothing to choose.  The caller frees. */
char **recipe_releases(const struct recipe *r);
char **recipe_variants(const struct recipe *r);
/* Keep the lines that hold for these (NULL: the default).  To be called once, before building. */
int recipe_choose(struct recipe *r, const char *release, const char *variant, struct err *e);

const char *recipe_value(const struct recipe *r, const char *key); /* the last; NULL: none */
/* The same, and an error that names the key when there is none. */
const char *recipe_require(const struct recipe *r, const char *key, struct err *e);
/* The next value of a key from line *at on, or NULL. */
const char *recipe_next(const struct recipe *r, const char *key, size_t *at);
/* Values of all lines of a key with blanks between; the caller frees. */
char *recipe_joined(const struct recipe *r, const char *key);
/* Debian's name of an architecture: the recipe's, else the host's. */
const char *recipe_arch(const struct recipe *r);

/* NAME-RELEASE-VARIANT_VERSION-REVISION_ARCH.tar.zst; the default variant is "standard". */
char *recipe_file_name(const struct recipe *r, const char *version);
/* Where the template goes: given, or a file of that name in the cache folder. */
int recipe_output(const struct recipe *r, const char *version, const char *given, char **ret,
		  struct err *e);

struct args;

/* pct distro check; 1: it cannot be configured. */
int distro_check(const struct args *args, struct err *e);

/* Start a template in a container of its own; 0: its address was there.  Leaves nothing. */
int distro_boot(const char *archive, struct err *e);

/* Builders: write the template to output (NULL: recipe_output()'s name); *ret is its path. */
int distro_build_busybox(const struct recipe *recipe, const char *output, char **ret,
			 struct err *e);
int distro_build_mmdebstrap(const struct recipe *recipe, const char *output, char **ret,
			    struct err *e);

#endif
