/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /etc/pve/storage.cfg: "TYPE: NAME", then indented "KEY VALUE" lines. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/host/hostinfo.h"
#include "lib/storage/storage-cfg.h"
#include "lib/storage/storage.h"

#define MAX_STORAGE_CFG (1024 * 1024)

static const struct volume_ops *const volume_types[] = {
	&volume_btrfs,
	&volume_dir,
	&volume_lvm,
	&volume_lvmthin,
	&volume_rbd,
	&volume_zfspool,
};

struct parser {
	const char *file;
	unsigned number; /* of the line */
	struct storage *list;
	size_t n;
	struct storage *open; /* the storage whose section this is; NULL: none */
};

bool storage_name_valid(const char *s)
{
	size_t n = strlen(s);

	return n >= 2 && n <= 64 && isalpha((unsigned char)s[0]) &&
	       isalnum((unsigned char)s[n - 1]) &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

bool storage_file_valid(const char *s)
{
	size_t n = strlen(s);

	return n >= 1 && n <= 200 && isalnum((unsigned char)s[0]) &&
	       strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == n;
}

static bool has_word(const char *list, const char *word)
{
	autostrv char **words = list ? strv_split(list, " ") : NULL;

	return strv_has(words, word);
}

bool storage_type_takes(const struct volume_ops *type, const struct storage_key *key)
{
	return key->common || has_word(type->required, key->name) ||
	       has_word(type->optional, key->name);
}

const struct volume_ops *storage_type_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(volume_types); i++)
		if (str_eq(volume_types[i]->type, name))
			return volume_types[i];
	return NULL;
}

void volume_detach_idle(unsigned ctid)
{
	for (size_t i = 0; i < ARRAY_SIZE(volume_types); i++)
		if (volume_types[i]->detach_idle)
			volume_types[i]->detach_idle(ctid);
}

char *storage_type_names(const char *separator)
{
	autostrv char **names = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(volume_types); i++)
		strv_push(&names, volume_types[i]->type);
	return strv_join(names, separator);
}

static struct storage *add_storage(struct parser *p, const char *type, const char *id)
{
	const struct volume_ops *ops = storage_type_find(type);
	struct storage *s;

	p->list = xrealloc(p->list, p->n + 2, sizeof *p->list);
	s = &p->list[p->n++];
	p->list[p->n] = (struct storage){ 0 };
	*s = (struct storage){ .ops = ops, .use = ops ? STORAGE_USABLE : STORAGE_UNKNOWN,
			       .line = p->number, .id = xstrdup(id), .type = xstrdup(type) };
	return s;
}

static int parse_error(const struct parser *p, unsigned number, struct err *e, const char *cause,
		       const char *value)
{
	autofree char *where = xasprintf("%s:%u", p->file, number);

	return err_set(e, EINVAL, where, "%s \"%s\"", cause, value);
}

static bool is_for_this_node(const char *nodes)
{
	autostrv char **node = strv_split(nodes, ", \t");
	autofree char *name = hostinfo_node();

	return name && strv_has(node, name);
}

static void set_content(struct storage *s)
{
	autostrv char **word = s->content ? strv_split(s->content, ", \t") : NULL;

	s->has_images = !s->content || strv_has(word, "images") || strv_has(word, "rootdir");
	s->has_templates = strv_has(word, "vztmpl");
	s->has_snippets = strv_has(word, "snippets");
}

static int section_end(struct parser *p, struct err *e)
{
	struct storage *s = p->open;

	p->open = NULL;
	if (!s)
		return 0;
	set_content(s);
	if (!s->ops)
		return 0;
	if (storage_flag(s->disable, false))
		s->use = STORAGE_DISABLED;
	else if (s->nodes && !is_for_this_node(s->nodes))
		s->use = STORAGE_OTHER_NODE;
	if (!s->path && str_eq(s->id, "local"))
		s->path = xstrdup(path_vz());
	for (const struct storage_key *key = storage_keys; key->name; key++) {
		autofree char *cause = xasprintf("%s is missing for storage", key->name);

		if (has_word(s->ops->required, key->name) && !*storage_field(s, key))
			return parse_error(p, s->line, e, cause, s->id);
	}
	return 0;
}

static int section_begin(struct parser *p, char *line, struct err *e)
{
	char *colon = strchr(line, ':'), *name;
	int r = section_end(p, e);

	if (r < 0)
		return r;
	if (!colon)
		return parse_error(p, p->number, e, "expected \"TYPE: NAME\", not", line);
	*colon = '\0';
	name = colon + 1 + strspn(colon + 1, " \t");
	if (!storage_name_valid(name)) {
		if (!storage_type_find(line))
			return 0;
		return parse_error(p, p->number, e, "bad storage name", name);
	}
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->list[i].id, name))
			return parse_error(p, p->number, e, "storage is given twice:", name);
	p->open = add_storage(p, line, name);
	return 0;
}

/* Keys that pct or the type does not know are ignored. */
static int section_property(struct parser *p, char *line, struct err *e)
{
	char *name = line + strspn(line, " \t"), *end = name + strcspn(name, " \t");
	const char *value;
	const struct storage_key *key = storage_keys;
	struct storage *s = p->open;
	autofree char *cause = NULL;

	if (!s)
		return 0;
	if (*end)
		*end++ = '\0';
	value = end + strspn(end, " \t");
	while (key->name && !str_eq(key->name, name))
		key++;
	if (!key->name || (s->ops && !storage_type_takes(s->ops, key)))
		return 0;
	/* "disable" alone is on. */
	if (!*value && key->is_valid("1"))
		value = "1";
	cause = xasprintf("%s: not %s:", name, key->form);
	if (!key->is_valid(value) && (has_control(value) || (s->ops && !key->lenient)))
		return parse_error(p, p->number, e, cause, value);
	free(*storage_field(s, key));
	*storage_field(s, key) = xstrdup(value);
	return 0;
}

static int parse_lines(struct parser *p, char *text, struct err *e)
{
	for (char *line = text, *next; line && *line; line = next) {
		size_t n;
		int r;

		p->number++;
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		n = strlen(line);
		while (n && isspace((unsigned char)line[n - 1]))
			line[--n] = '\0';
		if (n == 0 || line[0] == '#')
			continue;
		if (line[0] == ' ' || line[0] == '\t')
			r = section_property(p, line, e);
		else
			r = section_begin(p, line, e);
		if (r < 0)
			return r;
	}
	return section_end(p, e);
}

/* Without a section of its own, "local" holds all that pct knows. */
static void add_local(struct parser *p)
{
	struct storage *s;

	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->list[i].id, "local"))
			return;
	p->number = 0;
	s = add_storage(p, "dir", "local");
	s->path = xstrdup(path_vz());
	s->content = xstrdup("rootdir,vztmpl,snippets");
	set_content(s);
}

int storage_cfg_parse(const char *file, const char *text, struct storage **ret, struct err *e)
{
	autofree char *copy = xstrdup(text);
	struct parser p = { .file = file, .list = xcalloc(1, sizeof *p.list) };
	int r = parse_lines(&p, copy, e);

	if (r < 0) {
		storage_list_free(p.list);
		return r;
	}
	add_local(&p);
	*ret = p.list;
	return 0;
}

int storage_cfg_read(char **ret_file, char **ret_text, struct err *e)
{
	autofree char *file = xasprintf("%s/storage.cfg", path_etc()), *text = NULL;
	size_t len = 0;
	int r = file_read(file, MAX_STORAGE_CFG, &text, &len, e);

	if (r < 0 && r != -ENOENT)
		return r;
	if (text && strlen(text) != len)
		return err_set(e, EINVAL, file, "has a NUL character");
	*ret_file = steal(&file);
	*ret_text = text ? steal(&text) : xstrdup("");
	return 0;
}

int storage_list_all(struct storage **ret, struct err *e)
{
	autofree char *file = NULL, *text = NULL;
	int r = storage_cfg_read(&file, &text, e);

	return r < 0 ? r : storage_cfg_parse(file, text, ret, e);
}

static void storage_done(struct storage *s)
{
	for (const struct storage_key *key = storage_keys; key->name; key++)
		free(*storage_field(s, key));
	free(s->id);
	free(s->type);
	*s = (struct storage){ 0 };
}

int storage_list(struct storage **ret, struct err *e)
{
	struct storage *list, *to;
	int r = storage_list_all(&list, e);

	if (r < 0)
		return r;
	to = list;
	for (struct storage *s = list; s->id; s++) {
		if (s->use != STORAGE_USABLE) {
			storage_done(s);
		} else if (to++ != s) {
			to[-1] = *s;
			*s = (struct storage){ 0 };
		}
	}
	*ret = list;
	return 0;
}

struct storage *storage_copy(const struct storage *s)
{
	struct storage *copy = xcalloc(2, sizeof *copy); /* a list of one */

	*copy = *s;
	copy->id = xstrdup(s->id);
	copy->type = xstrdup(s->type);
	for (const struct storage_key *key = storage_keys; key->name; key++) {
		char **field = storage_field(copy, key);

		*field = *field ? xstrdup(*field) : NULL;
	}
	return copy;
}

void storage_list_free(struct storage *list)
{
	for (struct storage *s = list; s && s->id; s++)
		storage_done(s);
	free(list);
}

void storage_list_freep(struct storage **list)
{
	storage_list_free(*list);
}
