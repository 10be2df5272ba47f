/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/storage-edit.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/storage/storage-cfg.h"
#include "lib/storage/storage.h"

#define LOCK_SECONDS 30 /* longer than a look at a storage */
#define BLANK " \t\r\n\v\f"

/* ---- the text ---- */

static size_t line_len(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? (size_t)(end + 1 - line) : strlen(line);
}

static bool is_empty(const char *line)
{
	return strspn(line, BLANK) >= line_len(line);
}

static bool is_property(const char *line)
{
	return (*line == ' ' || *line == '\t') && !is_empty(line);
}

static bool is_header(const char *line)
{
	return *line != '#' && !is_empty(line) && !is_property(line);
}

/* Whether the word is all that the line has from here, besides blanks. */
static bool is_rest(const char *at, size_t left, const char *word)
{
	size_t len = strlen(word);

	return left >= len && strncmp(at, word, len) == 0 && strspn(at + len, BLANK) >= left - len;
}

static bool begins_section(const char *line, const char *id)
{
	size_t len = line_len(line);
	const char *colon = memchr(line, ':', len), *name;

	if (!is_header(line) || !colon)
		return false;
	name = colon + 1 + strspn(colon + 1, " \t");
	return (size_t)(name - line) <= len && is_rest(name, len - (size_t)(name - line), id);
}

static bool has_key(const char *line, const char *key)
{
	const char *at = line + strspn(line, " \t"), *rest = str_after(at, key);

	return is_property(line) && rest && (!*rest || strchr(BLANK, *rest));
}

/* The section: its first line, and the ends of its last property and of all its lines. */
struct section {
	const char *begin, *last, *end;
};

static bool find_section(const char *text, const char *id, struct section *ret)
{
	const char *line = text;

	while (*line && !begins_section(line, id))
		line += line_len(line);
	if (!*line)
		return false;
	ret->begin = line;
	line += line_len(line);
	ret->last = line;
	for (; *line && !is_header(line); line += line_len(line))
		if (is_property(line))
			ret->last = line + line_len(line);
	ret->end = line;
	return true;
}

static void end_line(struct buf *out)
{
	if (out->len && !str_ends_with(buf_str(out), "\n"))
		buf_addc(out, '\n');
}

static void add_property(struct buf *out, const char *like, const struct storage_change *c)
{
	size_t indent = is_property(like) ? strspn(like, " \t") : 0;

	end_line(out);
	buf_addf(out, "%.*s%s %s\n", indent ? (int)indent : 1, indent ? like : "\t", c->key,
		 c->value);
}

static void add_section(struct buf *out, const char *text, const struct storage_edit *edit)
{
	buf_add(out, text);
	end_line(out);
	if (out->len && !str_ends_with(buf_str(out), "\n\n"))
		buf_addc(out, '\n');
	buf_addf(out, "%s: %s\n", edit->type, edit->id);
	for (size_t i = 0; i < edit->n; i++)
		add_property(out, "", &edit->v[i]);
}

/* The first line of a key gets the new value; the reader would take the last. */
static void change_line(struct buf *out, const char *line, const struct storage_edit *edit,
			bool *done)
{
	for (size_t i = 0; i < edit->n; i++) {
		if (!has_key(line, edit->v[i].key))
			continue;
		if (edit->v[i].value && !done[i])
			add_property(out, line, &edit->v[i]);
		done[i] = true;
		return;
	}
	buf_addn(out, line, line_len(line));
}

static void change_section(struct buf *out, const struct section *s,
			   const struct storage_edit *edit)
{
	autofree bool *done = xcalloc(edit->n + 1, sizeof *done);
	const char *line = s->begin, *like = line + line_len(line);

	for (; line < s->last; line += line_len(line))
		change_line(out, line, edit, done);
	for (size_t i = 0; i < edit->n; i++)
		if (edit->v[i].value && !done[i])
			add_property(out, like, &edit->v[i]);
}

char *storage_text_edit(const char *text, const struct storage_edit *edit)
{
	struct section s;
	autobuf out = BUF_INIT;

	if (edit->type) {
		add_section(&out, text, edit);
	} else if (find_section(text, edit->id, &s)) {
		buf_addn(&out, text, (size_t)(s.begin - text));
		change_section(&out, &s, edit);
		buf_add(&out, s.last);
	} else {
		buf_add(&out, text);
	}
	buf_str(&out);
	return buf_detach(&out);
}

char *storage_text_forget(const char *text, const char *id)
{
	struct section s;
	autobuf out = BUF_INIT;

	buf_str(&out);
	if (!find_section(text, id, &s)) {
		buf_add(&out, text);
		return buf_detach(&out);
	}
	while (s.last < s.end && is_empty(s.last))
		s.last += line_len(s.last);
	buf_addn(&out, text, (size_t)(s.begin - text));
	buf_add(&out, s.last);
	return buf_detach(&out);
}

/* ---- the checks ---- */

static const struct storage_key *find_key(const char *name)
{
	for (const struct storage_key *key = storage_keys; key->name; key++)
		if (str_eq(key->name, name))
			return key;
	return NULL;
}

static int check_change(const struct storage_edit *edit, const char *type,
			const struct storage_change *c, struct err *e)
{
	const struct volume_ops *ops = storage_type_find(type);
	const struct storage_key *key = find_key(c->key);

	if (!key || !(ops ? storage_type_takes(ops, key) : key->common))
		return err_set(e, EINVAL, edit->id, "a storage of type %s has no key %s", type,
			       c->key);
	if (c->value && !key->is_valid(c->value))
		return err_set(e, EINVAL, edit->id, "%s: not %s: \"%s\"", c->key, key->form,
			       c->value);
	return 0;
}

static const struct storage_change *find_change(const struct storage_edit *edit, const char *key)
{
	for (size_t i = 0; i < edit->n; i++)
		if (str_eq(edit->v[i].key, key))
			return &edit->v[i];
	return NULL;
}

/* "local" has a path without the key. */
static int check_required(const struct storage_edit *edit, const char *type, struct err *e)
{
	const struct volume_ops *ops = storage_type_find(type);
	autostrv char **keys = ops ? strv_split(ops->required, " ") : NULL;

	for (char **key = keys; key && *key && !str_eq(edit->id, "local"); key++) {
		const struct storage_change *c = find_change(edit, *key);

		if (c ? !c->value : edit->type != NULL)
			return err_set(e, EINVAL, edit->id, "a storage of type %s needs the key %s",
				       type, *key);
	}
	return 0;
}

static const struct storage *find(const struct storage *list, const char *id)
{
	for (; list->id; list++)
		if (str_eq(list->id, id))
			return list;
	return NULL;
}

static int check_new(const struct storage_edit *edit, const struct storage *old, struct err *e)
{
	autofree char *types = storage_type_names(", ");

	if (!storage_type_find(edit->type)) {
		err_set(e, EINVAL, edit->type, "pct does not support this type of storage");
		return err_remedy(e, "pct supports %s", types);
	}
	if (!storage_name_valid(edit->id))
		return err_set(e, EINVAL, edit->id, "is not a name of a storage: letters, digits "
			       "and ._-, from 2 to 64, a letter first");
	if (!old || !old->line)
		return 0;
	err_set(e, EEXIST, edit->id, "there is such a storage, of type %s", old->type);
	return err_remedy(e, "pct storage set %s changes it", edit->id);
}

static int err_none(const char *id, struct err *e)
{
	err_set(e, ENOENT, id, "there is no such storage");
	return err_remedy(e, "pct storage list shows the storages");
}

/* ---- the file ---- */

static int lock(struct err *e)
{
	autofree char *path = xasprintf("%s/pct/lock/storage.lock", path_run());

	return lock_file(path, LOCK_SECONDS, e);
}

static int save(const char *file, const char *text, struct err *e)
{
	struct stat st;
	mode_t mode = stat(file, &st) == 0 ? st.st_mode & 0777 : 0640;

	return file_write(file, text, strlen(text), mode, e);
}

/* "local" is there without a section; its first change writes what it is. */
static char *with_local(const char *text, const struct storage *local)
{
	const struct storage_change keys[] = {
		{ "path", local->path }, { "content", local->content },
	};
	const struct storage_edit add = { .id = local->id, .type = local->type, .v = keys,
					  .n = ARRAY_SIZE(keys) };

	return storage_text_edit(text, &add);
}

static int check(const struct storage_edit *edit, const struct storage *old, struct err *e)
{
	const char *type = edit->type ? edit->type : old ? old->type : NULL;
	int r = edit->type ? check_new(edit, old, e) : old ? 0 : err_none(edit->id, e);

	for (size_t i = 0; i < edit->n && r == 0; i++)
		r = check_change(edit, type, &edit->v[i], e);
	return r < 0 ? r : check_required(edit, type, e);
}

/* The reader has the last word. */
static int check_text(const char *file, const char *text, const struct storage_edit *edit,
		      struct err *e)
{
	autostorage struct storage *list = NULL;
	int r = storage_cfg_parse(file, text, &list, e);

	if (r < 0 || !edit->check)
		return r;
	return edit->check(find(list, edit->id), e);
}

int storage_edit(const struct storage_edit *edit, struct err *e)
{
	autofree char *file = NULL, *text = NULL, *base = NULL, *next = NULL;
	autostorage struct storage *list = NULL;
	autoclose int held = lock(e);
	const struct storage *old;
	int r = held < 0 ? held : storage_cfg_read(&file, &text, e);

	if (r == 0)
		r = storage_cfg_parse(file, text, &list, e);
	if (r < 0)
		return r;
	old = find(list, edit->id);
	r = check(edit, old, e);
	if (r < 0)
		return r;
	base = !edit->type && !old->line ? with_local(text, old) : xstrdup(text);
	next = storage_text_edit(base, edit);
	r = check_text(file, next, edit, e);
	return r < 0 ? r : save(file, next, e);
}

int storage_forget(const char *id, struct err *e)
{
	autofree char *file = NULL, *text = NULL, *next = NULL;
	autostorage struct storage *list = NULL;
	autoclose int held = lock(e);
	const struct storage *old;
	int r = held < 0 ? held : storage_cfg_read(&file, &text, e);

	if (r == 0)
		r = storage_cfg_parse(file, text, &list, e);
	if (r < 0)
		return r;
	old = find(list, id);
	if (!old)
		return err_none(id, e);
	if (!old->line) {
		err_set(e, EPERM, id, "is always there");
		return err_remedy(e, "pct storage set %s --disable 1", id);
	}
	next = storage_text_forget(text, id);
	return save(file, next, e);
}
