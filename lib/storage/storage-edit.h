/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Changes storage.cfg.  Lines of other storages, unknown keys and comments stay byte for byte.  The
 * file is replaced as a whole, under a lock, and only by a text that the reader takes.
 */
#ifndef LIB_STORAGE_STORAGE_EDIT_H
#define LIB_STORAGE_STORAGE_EDIT_H

#include <stddef.h>

struct err;
struct storage;

/* value NULL: remove the key. */
struct storage_change {
	const char *key, *value;
};

/* A section to add, change or remove. */
struct storage_edit {
	const char *id;
	const char *type; /* add a section of this type; NULL: it exists */
	const struct storage_change *v; /* of a new section: its keys */
	size_t n;
	/* Called before the file is replaced, with the storage as it will be; may be NULL. */
	int (*check)(const struct storage *s, struct err *e);
};

/*
 * -EINVAL: a key or value that the type does not have.  -EEXIST, -ENOENT: of the section.  "local"
 * without a section gets one when it is changed.
 */
int storage_edit(const struct storage_edit *edit, struct err *e);
/* Remove the section. */
int storage_forget(const char *id, struct err *e);

/* Pure: the text with the edit, or without the section.  The caller frees. */
char *storage_text_edit(const char *text, const struct storage_edit *edit);
char *storage_text_forget(const char *text, const char *id);

#endif
