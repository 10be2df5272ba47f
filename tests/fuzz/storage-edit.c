/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/util.h"
#include "lib/storage/storage-cfg.h"
#include "lib/storage/storage-edit.h"
#include "lib/storage/storage.h"

#include "tests/fuzz/fuzz.h"

static const struct storage *find(const struct storage *list, const char *id)
{
	while (list->id && !str_eq(list->id, id))
		list++;
	return list;
}

/* Every other storage reads as before. */
static void same_others(const struct storage *before, const struct storage *after, const char *id)
{
	for (; before->id; before++) {
		struct storage *s = (struct storage *)before;
		struct storage *now = (struct storage *)find(after, before->id);

		if (str_eq(before->id, id))
			continue;
		fuzz_assert(now->id && str_eq(s->type, now->type));
		for (const struct storage_key *key = storage_keys; key->name; key++)
			fuzz_assert(str_eq(*storage_field(s, key), *storage_field(now, key)));
	}
}

/* An edit takes effect, can be undone, and changes no other storage. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size), *next = NULL, *gone = NULL;
	autostorage struct storage *list = NULL, *changed = NULL, *left = NULL;
	const struct storage_change c = { "shared", "1" };
	struct storage_edit edit = { .id = "local", .v = &c, .n = 1 };

	if (storage_cfg_parse("storage.cfg", text, &list, NULL) < 0)
		return 0;
	if (list[0].line)
		edit.id = list[0].id;
	else
		edit.type = "dir";
	next = storage_text_edit(text, &edit);
	fuzz_assert(storage_cfg_parse("storage.cfg", next, &changed, NULL) == 0);
	fuzz_assert(str_eq(find(changed, edit.id)->shared, "1"));
	same_others(list, changed, edit.id);
	gone = storage_text_forget(next, edit.id);
	fuzz_assert(storage_cfg_parse("storage.cfg", gone, &left, NULL) == 0);
	fuzz_assert(find(left, edit.id)->line == 0);
	same_others(list, left, edit.id);
	return 0;
}
