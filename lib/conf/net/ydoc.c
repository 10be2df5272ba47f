/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libyaml resolves aliases without a limit, and drops tags and anchors silently.  So the events of
 * a text are checked before they make a tree.
 */
#include "lib/conf/net/ydoc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

/* ---- errors ---- */

static int blame_line(const struct ydoc *y, size_t line, struct err *e)
{
	err_wrap(e, "%s:%zu%s%.100s", y->name, line, y->key ? ": " : "", y->key ? y->key : "");
	err_at_line(e, (unsigned)line);
	return err_code(e);
}

int ydoc_blame(const struct ydoc *y, const yaml_node_t *node, struct err *e)
{
	return blame_line(y, node->start_mark.line + 1, e);
}

int ydoc_fail(const struct ydoc *y, const yaml_node_t *node, struct err *e, const char *fmt, ...)
{
	char cause[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(cause, sizeof cause, fmt, ap);
	va_end(ap);
	err_set(e, EINVAL, NULL, "%s", cause);
	return ydoc_blame(y, node, e);
}

static int fail_parse(const struct ydoc *y, const yaml_parser_t *p, struct err *e)
{
	const unsigned char *at = p->input.string.start;
	size_t line = p->problem_mark.line + 1;

	/* A bad character has an offset, and no line. */
	if (p->error == YAML_READER_ERROR) {
		line = 1;
		for (size_t i = 0; i < p->problem_offset; i++)
			line += at[i] == '\n';
	}
	err_set(e, EINVAL, NULL, "is not YAML: %s", p->problem ? p->problem : "out of memory");
	return blame_line(y, line, e);
}

/* ---- the text ---- */

static void parser_init(yaml_parser_t *p, const char *text, size_t len)
{
	if (!yaml_parser_initialize(p))
		abort(); /* out of memory */
	yaml_parser_set_encoding(p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(p, (const unsigned char *)text, len);
}

static bool has_anchor(const yaml_event_t *event)
{
	return event->type == YAML_ALIAS_EVENT ||
	       (event->type == YAML_SCALAR_EVENT && event->data.scalar.anchor) ||
	       (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.anchor) ||
	       (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.anchor);
}

static bool has_tag(const yaml_event_t *event)
{
	return (event->type == YAML_SCALAR_EVENT && event->data.scalar.tag) ||
	       (event->type == YAML_SEQUENCE_START_EVENT && event->data.sequence_start.tag) ||
	       (event->type == YAML_MAPPING_START_EVENT && event->data.mapping_start.tag);
}

struct walk {
	unsigned depth, documents;
};

static int check_event(struct walk *w, const yaml_event_t *event, struct err *e)
{
	w->documents += event->type == YAML_DOCUMENT_START_EVENT;
	w->depth += event->type == YAML_SEQUENCE_START_EVENT ||
		    event->type == YAML_MAPPING_START_EVENT;
	w->depth -= event->type == YAML_SEQUENCE_END_EVENT ||
		    event->type == YAML_MAPPING_END_EVENT;
	if (w->documents > 1)
		return err_set(e, EINVAL, NULL, "is a second document");
	if (has_anchor(event))
		return err_set(e, EINVAL, NULL, "anchors and aliases are not supported");
	if (has_tag(event))
		return err_set(e, EINVAL, NULL, "tags are not supported");
	return w->depth <= YDOC_MAX_DEPTH ? 0 : err_set(e, EINVAL, NULL, "is nested too deeply");
}

static int check_events(const struct ydoc *y, const char *text, size_t len, struct err *e)
{
	struct walk walk = { 0 };
	bool ended = false;
	yaml_parser_t p;
	int r = 0;

	parser_init(&p, text, len);
	while (r == 0 && !ended) {
		yaml_event_t event;

		if (!yaml_parser_parse(&p, &event)) {
			r = fail_parse(y, &p, e);
			break;
		}
		ended = event.type == YAML_STREAM_END_EVENT;
		if (check_event(&walk, &event, e) < 0)
			r = blame_line(y, event.start_mark.line + 1, e);
		yaml_event_delete(&event);
	}
	yaml_parser_delete(&p);
	return r;
}

int ydoc_open(const char *text, size_t len, const char *name, struct ydoc *ret, struct err *e)
{
	yaml_parser_t p;
	int r;

	*ret = (struct ydoc){ .name = name };
	r = check_events(ret, text, len, e);
	if (r < 0)
		return r;
	ret->tree = xcalloc(1, sizeof *ret->tree);
	parser_init(&p, text, len);
	if (!yaml_parser_load(&p, ret->tree))
		r = fail_parse(ret, &p, e);
	yaml_parser_delete(&p);
	return r;
}

void ydoc_close(struct ydoc *y)
{
	if (y->tree)
		yaml_document_delete(y->tree);
	free(y->tree);
	y->tree = NULL;
}

yaml_node_t *ydoc_root(struct ydoc *y)
{
	return yaml_document_get_root_node(y->tree);
}

/* ---- nodes ---- */

int ydoc_word(const struct ydoc *y, const yaml_node_t *node, char **ret, struct err *e)
{
	char *text;

	if (node->type != YAML_SCALAR_NODE)
		return ydoc_fail(y, node, e, "is not a single value");
	text = (char *)node->data.scalar.value;
	/* The length differs if there is a NUL byte. */
	if (!*text || strcspn(text, " \t,;") != node->data.scalar.length || has_control(text))
		return ydoc_fail(y, node, e, "is not one word: \"%.100s\"", text);
	*ret = text;
	return 0;
}

int ydoc_bool(const struct ydoc *y, const yaml_node_t *node, bool *ret, struct err *e)
{
	char *text;
	int r = node ? ydoc_word(y, node, &text, e) : 0;

	*ret = false;
	if (r == 0 && node && !parse_bool(text, ret))
		r = ydoc_fail(y, node, e, "is not true or false: \"%.100s\"", text);
	return r;
}

int ydoc_list(struct ydoc *y, yaml_node_t *node,
	      int (*take)(void *arg, yaml_node_t *item, struct err *e), void *arg, struct err *e)
{
	const yaml_node_item_t *item, *end;
	int r = 0;

	if (!node)
		return 0;
	if (node->type != YAML_SEQUENCE_NODE)
		return ydoc_fail(y, node, e, "is not a list");
	item = node->data.sequence.items.start;
	end = node->data.sequence.items.top;
	if (end - item > YDOC_MAX_ENTRIES)
		return ydoc_fail(y, node, e, "has more than %d entries", YDOC_MAX_ENTRIES);
	for (; r == 0 && item < end; item++)
		r = take(arg, yaml_document_get_node(y->tree, *item), e);
	return r;
}

static int check_key(struct ydoc *y, const yaml_node_pair_t *first, const yaml_node_pair_t *pair,
		     struct err *e)
{
	const yaml_node_t *key = yaml_document_get_node(y->tree, pair->key);
	char *name;
	int r = ydoc_word(y, key, &name, e);

	if (r < 0)
		return r;
	for (; first < pair; first++) {
		const yaml_node_t *other = yaml_document_get_node(y->tree, first->key);

		if (str_eq((const char *)other->data.scalar.value, name))
			return ydoc_fail(y, key, e, "the key %.100s is given twice", name);
	}
	return 0;
}

int ydoc_pairs(struct ydoc *y, yaml_node_t *node,
	       int (*take)(void *arg, yaml_node_t *key, yaml_node_t *value, struct err *e),
	       void *arg, struct err *e)
{
	const yaml_node_pair_t *first, *pair, *end;
	const char *above = y->key;
	int r = 0;

	if (node->type != YAML_MAPPING_NODE)
		return ydoc_fail(y, node, e, "is not a mapping, KEY: VALUE");
	first = node->data.mapping.pairs.start;
	end = node->data.mapping.pairs.top;
	if (end - first > YDOC_MAX_ENTRIES)
		return ydoc_fail(y, node, e, "has more than %d keys", YDOC_MAX_ENTRIES);
	for (pair = first; r == 0 && pair < end; pair++) {
		r = check_key(y, first, pair, e);
		if (r == 0)
			r = take(arg, yaml_document_get_node(y->tree, pair->key),
				 yaml_document_get_node(y->tree, pair->value), e);
		y->key = above;
	}
	return r;
}

struct keys {
	struct ydoc *y;
	const char *const *names;
	size_t n;
	yaml_node_t **values;
};

static int take_key(void *arg, yaml_node_t *key, yaml_node_t *value, struct err *e)
{
	const char *name = (const char *)key->data.scalar.value;
	struct keys *k = arg;
	autobuf known = BUF_INIT;

	k->y->key = name;
	for (size_t i = 0; i < k->n; i++)
		if (str_eq(k->names[i], name)) {
			k->values[i] = value;
			return 0;
		}
	ydoc_fail(k->y, key, e, "is not supported");
	for (size_t i = 0; i < k->n; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", k->names[i]);
	return err_remedy(e, "the keys here are %s", known.s);
}

int ydoc_keys(struct ydoc *y, yaml_node_t *node, const char *const *names, size_t n,
	      yaml_node_t *values[], struct err *e)
{
	struct keys keys = { y, names, n, values };

	return node ? ydoc_pairs(y, node, take_key, &keys, e) : 0;
}
