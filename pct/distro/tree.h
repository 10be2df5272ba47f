/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Packs the files that a recipe adds to a template: its folder files/, folders, links, modes. */
#ifndef PCT_DISTRO_TREE_H
#define PCT_DISTRO_TREE_H

struct err;
struct pack;
struct recipe;

struct distro_tree {
	const struct recipe *recipe;
	struct pack *pack;
	char **made; /* folders that are packed already */
};

/* Pack a folder and its parents, unless they are packed already. */
void distro_tree_folder(struct distro_tree *t, const char *member);
/* Pack all files, folders and links of the recipe. */
int distro_tree_recipe(struct distro_tree *t, struct err *e);
/* Finish the archive if r is 0, else remove it.  Must always be called.  Returns r or -errno. */
int distro_tree_close(struct distro_tree *t, int r, struct err *e);

#endif
