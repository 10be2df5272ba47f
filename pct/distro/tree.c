/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/distro/tree.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/rootfs/pack.h"
#include "pct/create/recipe.h"

static mode_t member_mode(const struct distro_tree *t, const char *member, mode_t usual)
{
	const char *value;
	size_t at = 0;

	while ((value = recipe_next(t->recipe, "mode", &at))) {
		autostrv char **word = strv_split(value, " ");

		if (word && strv_len(word) > 1 && strv_has(word + 1, member))
			return strtoul(word[0], NULL, 8) & 07777;
	}
	return usual;
}

void distro_tree_folder(struct distro_tree *t, const char *member)
{
	const char *slash = strrchr(member, '/');

	if (strv_has(t->made, member))
		return;
	if (slash) {
		autofree char *parent = xstrndup(member, slash - member);

		distro_tree_folder(t, parent);
	}
	strv_push(&t->made, member);
	pack_folder(t->pack, member, member_mode(t, member, 0755));
}

/* Packs files/MEMBER of the recipe's folder and everything below; member "" is files/ itself. */
static int add_files(struct distro_tree *t, const char *member, struct err *e)
{
	autofree char *dir = xasprintf("%s/files/%s", t->recipe->dir, member);
	struct dirent **entry;
	int n, r = 0;

	n = scandir(dir, &entry, NULL, alphasort);
	if (n < 0)
		return errno == ENOENT && !*member ? 0 : err_sys(e, dir, "list");
	for (int i = 0; i < n; free(entry[i++])) {
		const char *name = entry[i]->d_name;
		autofree char *inside = xasprintf("%s%s%s", member, *member ? "/" : "", name);
		autofree char *path = xasprintf("%s/%s", dir, name);
		struct stat st;

		if (r < 0 || str_eq(name, ".") || str_eq(name, ".."))
			continue;
		if (lstat(path, &st) < 0) {
			r = err_sys(e, path, "read");
		} else if (S_ISDIR(st.st_mode)) {
			distro_tree_folder(t, inside);
			r = add_files(t, inside, e);
		} else {
			mode_t mode = st.st_mode & 0100 ? 0755 : 0644;

			pack_file(t->pack, inside, member_mode(t, inside, mode), path);
		}
	}
	free(entry);
	return r;
}

static int add_links(struct distro_tree *t, struct err *e)
{
	const char *value;
	size_t at = 0;

	while ((value = recipe_next(t->recipe, "link", &at))) {
		autostrv char **word = strv_split(value, " ");
		const char *slash;

		if (!word || strv_len(word) != 3 || !str_eq(word[1], "->"))
			return err_set(e, EINVAL, t->recipe->file, "link: \"%s\" is not A -> B",
				       value);
		slash = strrchr(word[0], '/');
		if (slash) {
			autofree char *parent = xstrndup(word[0], slash - word[0]);

			distro_tree_folder(t, parent);
		}
		pack_link(t->pack, word[0], word[2]);
	}
	return 0;
}

int distro_tree_recipe(struct distro_tree *t, struct err *e)
{
	autofree char *folders = recipe_joined(t->recipe, "folders");
	autostrv char **folder = strv_split(folders, " ");
	int r;

	for (size_t i = 0; folder[i]; i++)
		distro_tree_folder(t, folder[i]);
	r = add_files(t, "", e);
	return r < 0 ? r : add_links(t, e);
}

int distro_tree_close(struct distro_tree *t, int r, struct err *e)
{
	if (r == 0)
		r = interrupt_check(e);
	if (r == 0)
		r = pack_commit(t->pack, e);
	pack_free(t->pack);
	t->pack = NULL;
	strv_clear(&t->made);
	return r;
}
