/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compares two configs, option by option. */
#include "lib/conf/conf.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/util.h"

void conf_change_add(struct conf_changes *to, const char *name, const char *old, const char *new)
{
	struct conf_change *c;

	to->v = array_grow(to->v, to->n, sizeof *to->v);
	c = &to->v[to->n++];
	*c = (struct conf_change){ .option = conf_option_find(name), .name = xstrdup(name),
				   .old = xstrdup(old), .new = xstrdup(new) };
	if (conf_option_is_numbered(c->option))
		c->index = (unsigned)strtoul(name + strcspn(name, "0123456789"), NULL, 10);
}

static void compare(const struct conf_file *a, const struct conf_file *b, const char *name,
		    struct conf_changes *to)
{
	autofree char *old = conf_get(a, name), *new = conf_get(b, name);

	if (!str_eq(old, new))
		conf_change_add(to, name, old, new);
}

/* Compare mpN, unusedN and devN of the lines of from with those of the other config. */
static void compare_slots(const struct conf_file *from, const struct conf_file *a,
			  const struct conf_file *b, struct conf_changes *to)
{
	const struct conf_line *lines;
	size_t n = conf_lines(from, &lines);

	for (size_t i = 0; i < n; i++) {
		const char *name = str_after(lines[i].name, "pve.");
		const struct conf_option *o = name ? conf_option_find(name) : NULL;

		if (o && conf_option_is_numbered(o) && !conf_changes_find(to, name))
			compare(a, b, name, to);
	}
}

void conf_diff(const struct conf_file *a, const struct conf_file *b, struct conf_changes *ret)
{
	struct conf_changes all = { 0 }, nets = { 0 };

	for (const struct conf_option *o = conf_options; o->name; o++)
		if (!conf_option_is_numbered(o))
			compare(a, b, o->name, &all);
	compare_slots(a, a, b, &all);
	compare_slots(b, a, b, &all);
	for (unsigned n = 0; n < CONF_MAX_NETS; n++) {
		autofree char *name = xasprintf("net%u", n);

		compare(a, b, name, &nets);
	}
	for (int removed = 1; removed >= 0; removed--)
		for (size_t i = 0; i < nets.n; i++)
			if (removed == !nets.v[i].new)
				conf_change_add(&all, nets.v[i].name, nets.v[i].old,
						nets.v[i].new);
	conf_changes_done(&nets);
	*ret = all;
}

const struct conf_change *conf_changes_find(const struct conf_changes *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (str_eq(list->v[i].name, name))
			return &list->v[i];
	return NULL;
}

void conf_changes_done(struct conf_changes *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].name);
		free(list->v[i].old);
		free(list->v[i].new);
	}
	free(list->v);
	*list = (struct conf_changes){ 0 };
}

int conf_change_make(struct conf_file *f, const struct conf_change *c, struct err *e)
{
	return c->new ? conf_set(f, c->name, c->new, e) : conf_unset(f, c->name, e);
}
