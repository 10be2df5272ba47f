/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Recipes: distro-templates/NAME/recipe says how a template is built.  Lines "KEY = VALUE"; a key
 * may come more than once; '#' begins a comment line.
 */
#ifndef PCT_RECIPE_H
#define PCT_RECIPE_H

#include <stddef.h>

struct err;

struct recipe {
	char *dir, *file;
	char **names, **values; /* in order */
};

/* -ENOENT when there is no such distribution.  recipe_done() also after a failure. */
int recipe_load(const char *name, struct recipe *r, struct err *e);
void recipe_done(struct recipe *r);

const char *recipe_value(const struct recipe *r, const char *key); /* the first; NULL: none */
/* The same, and an error that names the key when there is none. */
const char *recipe_require(const struct recipe *r, const char *key, struct err *e);
/* The next value of a key from line *at on, or NULL. */
const char *recipe_next(const struct recipe *r, const char *key, size_t *at);
/* Values of all lines of a key with blanks between; the caller frees. */
char *recipe_joined(const struct recipe *r, const char *key);
/* Debian's name of an architecture: the recipe's, else the host's. */
const char *recipe_arch(const struct recipe *r);

/* Where the template goes: given, or NAME_VERSION-REVISION_ARCH.tar.zst in the cache folder. */
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

#endif
