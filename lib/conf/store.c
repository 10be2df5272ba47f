/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/store.h"

#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

const struct store *store(void)
{
	return &store_folder;
}

void store_list_done(struct store_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].path);
	free(list->v);
	*list = (struct store_list){ 0 };
}

bool store_is_own(const struct store_entry *entry)
{
	autofree char *path = entry->ctid ? store()->path(entry->ctid) : NULL;
	struct stat own, st;

	return path && stat(path, &own) == 0 && stat(entry->path, &st) == 0 &&
	       own.st_dev == st.st_dev && own.st_ino == st.st_ino;
}

bool store_mentions(const char *text)
{
	struct store_list all;
	bool found = false;

	store()->list(NULL, &all, NULL);
	for (size_t i = 0; i < all.n && !found; i++) {
		autofree char *config = NULL;

		found = file_read(all.v[i].path, CONF_MAX_SIZE, &config, NULL, NULL) == 0 &&
			strcasestr(config, text);
	}
	store_list_done(&all);
	return found;
}
