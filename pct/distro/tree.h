/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a recipe itself brings into a template: its folder files/, and folders, links and modes. */
#ifndef PCT_DISTRO_TREE_H
#define PCT_DISTRO_TREE_H

struct err;
struct pack;
struct recipe;

struct distro_tree {
	const struct recipe *recipe;
	struct pack *pack;
	char **made; /* folders */
};

/* A folder and those above it, once. */
void distro_tree_folder(struct distro_tree *t, const char *member);
/* All that the recipe names. */
int distro_tree_recipe(struct distro_tree *t, struct err *e);
/* Finish the archive where r is 0, else leave none; to be called in any case. */
int distro_tree_close(struct distro_tree *t, int r, struct err *e);

#endif
