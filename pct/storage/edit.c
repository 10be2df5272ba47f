/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ct/check/ids.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/look.h"
#include "lib/storage/storage-edit.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/storage/storage.h"

/* The options as changes; the caller frees the array. */
static struct storage_change *take_keys(const struct args *args, char *const *removed, size_t *ret)
{
	size_t n = strv_len(removed);
	struct storage_change *v = xcalloc(n + args->n_options + 1, sizeof *v);

	for (size_t i = 0; i < n; i++)
		v[i] = (struct storage_change){ removed[i], NULL };
	for (size_t i = 0; i < args->n_options; i++)
		if (!str_eq(args->options[i].name, "delete"))
			v[n++] = (struct storage_change){ args->options[i].name,
							  args->options[i].value };
	*ret = n;
	return v;
}

/* What a new storage, or a changed one, is refused for. */
static int check(const struct storage *s, struct err *e)
{
	struct storage_status status;
	int r = s->use == STORAGE_USABLE ? storage_prepare(s, &status, e) : 1;

	if (r != 0)
		return r < 0 ? r : 0;
	return storage_check_write(s, &status, e);
}

/* A file that cannot be read is no wrong use, but a wrong key or value is. */
static int edit_file(const struct storage_edit *edit, struct err *e)
{
	autostorage struct storage *list = NULL;
	int r = storage_list_all(&list, e);

	return r < 0 ? r : args_blame(storage_edit(edit, e), e);
}

int storage_cmd_add(const struct args *args, struct err *e)
{
	size_t n;
	autofree struct storage_change *keys = take_keys(args, NULL, &n);
	const struct storage_edit edit = { .type = args->positional[1],
					   .id = args->positional[2], .v = keys, .n = n,
					   .check = check };

	return edit_file(&edit, e);
}

int storage_cmd_set(const struct args *args, struct err *e)
{
	const char *removed = args_option(args, "delete");
	autostrv char **words = removed ? strv_split(removed, ",") : NULL;
	size_t n;
	autofree struct storage_change *keys = take_keys(args, words, &n);
	const struct storage_edit edit = { .id = args->positional[1], .v = keys, .n = n,
					   .check = check };

	for (size_t i = 0; i < args->n_options; i++)
		if (strv_has(words, args->options[i].name))
			return err_set(e, ERR_USAGE, args->options[i].name,
				       "is given both as an option and to --delete");
	if (n == 0)
		return args_usage(args, e, "no key is given");
	return edit_file(&edit, e);
}

/* ---- remove ---- */

static bool is_on(const char *volid, const char *storage)
{
	const char *rest = str_after(volid, storage);

	return rest && *rest == ':';
}

static bool uses(const struct conf *conf, const char *storage)
{
	for (size_t i = 0; i < conf->n_volumes; i++)
		if (is_on(conf->volumes[i].id, storage))
			return true;
	for (size_t i = 0; i < conf->n_unused; i++)
		if (is_on(conf->unused[i].id, storage))
			return true;
	return false;
}

/* Containers whose configs name volumes of the storage; a config that cannot be read counts not. */
static int find_users(const char *storage, char ***ret, struct err *e)
{
	struct ids all = { 0 };
	int r = ids_find_all(&all, e);

	for (size_t i = 0; i < all.n && r == 0; i++) {
		autofree char *number = xasprintf("%u", all.v[i]);
		struct conf_file *f = NULL;

		if (store()->load(all.v[i], &f, NULL) == 0 && uses(conf_values(f), storage))
			strv_push(ret, number);
		conf_free(f);
	}
	free(all.v);
	return r;
}

int storage_cmd_remove(const struct args *args, struct err *e)
{
	const char *id = args->positional[1];
	autostrv char **users = NULL;
	autofree char *list = NULL;
	int r = find_users(id, &users, e);

	if (r < 0)
		return r;
	if (!users)
		return storage_forget(id, e);
	list = strv_join(users, ", ");
	err_set(e, EBUSY, id, "has volumes of the containers %s", list);
	return err_remedy(e, "destroy them; or keep the storage: pct storage set %s --disable 1",
			  id);
}
