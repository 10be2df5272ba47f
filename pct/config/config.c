/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct config: shows the config of a container. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ct/ct.h"
#include "ct/live/in-effect.h"
#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "pct/cmd.h"
#include "pct/entries.h"
#include "pct/notes.h"

void entries_done(struct entries *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->v[i].value);
	free(list->v);
}

/* Takes ownership of value; NULL: not set.  key must stay valid. */
static void entries_add(struct entries *list, const char *key, char *value, const char *plain)
{
	if (!value)
		return;
	list->v = xrealloc(list->v, list->n + 1, sizeof *list->v);
	list->v[list->n++] = (struct entry){ key, value, plain ? plain : value };
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->key, ((const struct entry *)b)->key);
}

void entries_collect(const struct conf_file *f, struct entries *list)
{
	static char nets[CONF_MAX_NETS][8];
	const struct conf *conf = conf_values(f);
	const struct conf_line *lines;
	size_t n = conf_lines(f, &lines);

	for (const struct conf_option *o = conf_options; o->name; o++)
		if (!conf_option_is_numbered(o))
			entries_add(list, o->name, conf_get(f, o->name),
				    str_eq(o->name, "description") ? conf->description : NULL);
	for (size_t i = 0; i < conf->n_nets; i++) {
		unsigned index = conf->nets[i].index;

		snprintf(nets[index], sizeof nets[index], "net%u", index);
		entries_add(list, nets[index], conf_get(f, nets[index]), NULL);
	}
	for (size_t i = 0; i < n; i++) {
		const char *name = str_after(lines[i].name, "pve.");

		const struct conf_option *o = name ? conf_option_find(name) : NULL;

		if (name && (!conf_line_is_option(&lines[i]) || (o && conf_option_is_numbered(o))))
			entries_add(list, name, xstrdup(lines[i].value), NULL);
	}
	if (list->n)
		qsort(list->v, list->n, sizeof *list->v, compare);
}

struct entries entries_current(const struct entries *run, const struct entries *file)
{
	struct entries now = { xcalloc(run->n + file->n, sizeof *now.v), 0 };

	for (size_t i = 0; i < run->n; i++)
		if (in_effect_needs_start(run->v[i].key))
			now.v[now.n++] = run->v[i];
	for (size_t i = 0; i < file->n; i++)
		if (!in_effect_needs_start(file->v[i].key))
			now.v[now.n++] = file->v[i];
	qsort(now.v, now.n, sizeof *now.v, compare);
	return now;
}

/* The option stands for raw lines, which are shown themselves. */
static bool is_of_lines(const struct entry *entry)
{
	const struct conf_option *o = conf_option_find(entry->key);

	return o && o->flags & CONF_OPT_LINES;
}

void entry_print(const char *what, const char *key, const char *value)
{
	autofree char *shown = xstrdup(value);

	if (isatty(STDOUT_FILENO))
		text_sanitize(shown, "");
	printf("%s%s: %s\n", what, key, shown);
}

static bool is_raw(const struct conf_line *line)
{
	return str_after(line->name, "lxc.") && !conf_line_is_option(line);
}

/* The description stays encoded on one line, as in Proxmox VE. */
static void print_text(const struct entries *list, const struct conf_line *lines, size_t n)
{
	for (size_t i = 0; i < list->n; i++)
		if (!is_of_lines(&list->v[i]))
			entry_print("", list->v[i].key, list->v[i].value);
	for (size_t i = 0; i < n; i++)
		if (is_raw(&lines[i]))
			entry_print("", lines[i].spelt, lines[i].value);
}

/* Values have the form of the command line.  Raw LXC keys may repeat, so they are pairs. */
static void print_object(const struct entries *list, const struct conf_line *lines, size_t n,
			 enum format format)
{
	struct json_t *object = json_new_object(), *raw = json_new_array();

	for (size_t i = 0; i < list->n; i++)
		if (!is_of_lines(&list->v[i]))
			json_put_string(object, list->v[i].key, list->v[i].plain);
	for (size_t i = 0; i < n; i++) {
		struct json_t *pair;

		if (!is_raw(&lines[i]))
			continue;
		pair = json_new_array();
		json_push_string(pair, lines[i].spelt);
		json_push_string(pair, lines[i].value);
		json_push(raw, pair);
	}
	json_put(object, "lxc", raw);
	print_json(object, format);
	json_free(object);
}

const struct option_def config_options[] = {
	{ "check", "[PATH]", "Check a config, or all below PATH (default: the folder of the "
			     "configs), for lines that pct ignores or drops, that prevent a start, "
			     "or that give power over the host" },
	{ "strict", "[0|1]", "With --check: exit with 1 if a config gives power over the host" },
	{ "current", "[0|1]", "Show the values in effect, without pending changes" },
	OPTION_FORMAT,
	{ 0 },
};

/* run: the config in effect; it differs from the file f if somebody has edited that. */
static void print(const struct conf_file *run, const struct conf_file *f, enum format format)
{
	struct entries of_run = { 0 }, of_file = { 0 }, now;
	const struct conf_line *lines;
	size_t n = conf_lines(run, &lines);

	entries_collect(run, &of_run);
	entries_collect(f, &of_file);
	now = entries_current(&of_run, &of_file);
	if (format == FORMAT_TEXT)
		print_text(&now, lines, n);
	else
		print_object(&now, lines, n, format);
	free(now.v);
	entries_done(&of_run);
	entries_done(&of_file);
}

int cmd_config(const struct args *args, struct err *e)
{
	const char *check = args_option(args, "check");
	struct conf_file *run = NULL;
	struct ct ct;
	int r;

	if ((!check && !args->ctid) || (check && *check && args->ctid))
		return args_usage(args, e, "give a CTID, or --check and a path");
	if (check) {
		autofree char *own = args->ctid ? store()->path(args->ctid) : NULL;

		return config_check(own ? own : check, args_flag(args, "strict"),
				    args_format(args), e);
	}
	r = ct_open(args->ctid, CT_LOAD, &ct, e);
	if (r == 0 && !args_flag(args, "current"))
		r = conf_pending_merge(ct.file, e);
	else if (r == 0 && ct_is_running(args->ctid))
		in_effect_load(args->ctid, &run, NULL);
	if (r == 0)
		print(run ? run : ct.file, ct.file, args_format(args));
	conf_free(run);
	return finish_ct(&ct, r);
}
