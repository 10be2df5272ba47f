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
#include "lib/storage/storage.h"

#define MAX_STORAGE_CFG (1024 * 1024)

static const struct volume_ops *const volume_types[] = {
	&volume_dir,
};

struct parser {
	const char *file;
	const char *asked; /* a storage's name; NULL: none */
	char *why_not;     /* why it is not listed; NULL: not known */
	unsigned number;
	struct storage *list;
	size_t n;
	bool open, disabled; /* in a section of a known type; it has "disable" */
	unsigned opened;     /* line number of the section */
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

static void set_content(struct storage *s, const char *content)
{
	autostrv char **word = strv_split(content, ", \t");

	s->has_images = strv_has(word, "images") || strv_has(word, "rootdir");
	s->has_templates = strv_has(word, "vztmpl");
	s->has_snippets = strv_has(word, "snippets");
}

static void drop_last(struct parser *p)
{
	struct storage *s = &p->list[--p->n];

	free(s->id);
	free(s->path);
	*s = (struct storage){ 0 };
}

static const struct volume_ops *find_type(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(volume_types); i++)
		if (str_eq(volume_types[i]->type, name))
			return volume_types[i];
	return NULL;
}

static void add_storage(struct parser *p, const char *id, const struct volume_ops *ops)
{
	p->list = xrealloc(p->list, p->n + 2, sizeof *p->list);
	p->list[p->n++] = (struct storage){ .ops = ops, .id = xstrdup(id), .has_images = true };
	p->list[p->n] = (struct storage){ 0 };
}

static int parse_error(const struct parser *p, unsigned number, struct err *e, const char *cause,
		       const char *value)
{
	autofree char *where = xasprintf("%s:%u", p->file, number);

	return err_set(e, EINVAL, where, "%s \"%s\"", cause, value);
}

static char **key_field(struct storage *s, const struct storage_key *key)
{
	return (char **)((char *)s + key->field);
}

static void why_not(struct parser *p, const char *reason)
{
	free(p->why_not);
	p->why_not = xstrdup(reason);
}

static int section_end(struct parser *p, struct err *e)
{
	struct storage *s = p->n ? &p->list[p->n - 1] : NULL;

	if (!p->open)
		return 0;
	p->open = false;
	if (p->disabled) {
		if (str_eq(s->id, p->asked))
			why_not(p, "is disabled, or is not for this node");
		drop_last(p);
		return 0;
	}
	if (!s->path && str_eq(s->id, "local"))
		s->path = xstrdup(path_vz());
	for (const struct storage_key *key = s->ops->keys; key->name; key++) {
		autofree char *cause = xasprintf("%s is missing for storage", key->name);

		if (!*key_field(s, key))
			return parse_error(p, p->opened, e, cause, s->id);
	}
	return 0;
}

static int section_begin(struct parser *p, char *line, struct err *e)
{
	char *colon = strchr(line, ':'), *name;
	const struct volume_ops *type;
	int r = section_end(p, e);

	if (r < 0)
		return r;
	if (!colon)
		return parse_error(p, p->number, e, "expected \"TYPE: NAME\", not", line);
	*colon = '\0';
	name = colon + 1 + strspn(colon + 1, " \t");
	type = find_type(line);
	if (!type) {
		autofree char *reason =
			xasprintf("has the type %s, which pct does not support", line);

		if (str_eq(name, p->asked))
			why_not(p, reason);
		return 0;
	}
	if (!storage_name_valid(name))
		return parse_error(p, p->number, e, "bad storage name", name);
	for (size_t i = 0; i < p->n; i++)
		if (str_eq(p->list[i].id, name))
			return parse_error(p, p->number, e, "storage is given twice:", name);
	add_storage(p, name, type);
	p->open = true;
	p->disabled = false;
	p->opened = p->number;
	return 0;
}

static bool is_for_this_node(const char *nodes)
{
	autostrv char **node = strv_split(nodes, ", \t");
	autofree char *name = hostinfo_node();

	return name && strv_has(node, name);
}

/* Take a key of the storage's type; ignore unknown keys. */
static int type_property(struct parser *p, struct storage *s, const char *name, const char *value,
			 struct err *e)
{
	for (const struct storage_key *key = s->ops->keys; key->name; key++) {
		autofree char *cause = xasprintf("%s: not %s:", name, key->form);

		if (!str_eq(key->name, name))
			continue;
		if (!key->is_valid(value))
			return parse_error(p, p->number, e, cause, value);
		free(*key_field(s, key));
		*key_field(s, key) = xstrdup(value);
	}
	return 0;
}

static int section_property(struct parser *p, char *line, struct err *e)
{
	char *key = line + strspn(line, " \t"), *value = key + strcspn(key, " \t");
	struct storage *s = p->n ? &p->list[p->n - 1] : NULL;

	if (!p->open)
		return 0;
	if (*value)
		*value++ = '\0';
	value += strspn(value, " \t");
	if (str_eq(key, "content"))
		set_content(s, value);
	else if (str_eq(key, "disable"))
		p->disabled = p->disabled || !str_eq(value, "0");
	else if (str_eq(key, "nodes"))
		p->disabled = p->disabled || !is_for_this_node(value);
	else
		return type_property(p, s, key, value, e);
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

static int read_list(const char *asked, char **ret_why_not, struct storage **ret, struct err *e)
{
	autofree char *file = xasprintf("%s/storage.cfg", path_etc());
	autofree char *text = NULL;
	struct parser p = { .file = file, .asked = asked };
	bool has_local = false;
	int r;

	r = file_read(file, MAX_STORAGE_CFG, &text, NULL, e);
	if (r < 0 && r != -ENOENT)
		return r;
	p.list = xcalloc(1, sizeof *p.list);
	r = text ? parse_lines(&p, text, e) : 0;
	*ret_why_not = p.why_not;
	if (r < 0) {
		storage_list_free(p.list);
		return r;
	}
	for (size_t i = 0; i < p.n; i++)
		has_local = has_local || str_eq(p.list[i].id, "local");
	if (!has_local) {
		add_storage(&p, "local", &volume_dir);
		p.list[p.n - 1].path = xstrdup(path_vz());
		p.list[p.n - 1].has_templates = true;
		p.list[p.n - 1].has_snippets = true;
	}
	*ret = p.list;
	return 0;
}

int storage_list(struct storage **ret, struct err *e)
{
	autofree char *unused = NULL;

	return read_list(NULL, &unused, ret, e);
}

char *storage_why_not(const char *id)
{
	autostorage struct storage *list = NULL;
	char *why_not = NULL;

	(void)!read_list(id, &why_not, &list, NULL);
	return why_not;
}

void storage_list_free(struct storage *list)
{
	for (struct storage *s = list; s && s->id; s++) {
		free(s->id);
		free(s->path);
	}
	free(list);
}

void storage_list_freep(struct storage **list)
{
	storage_list_free(*list);
}
