/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct pending: shows the current values, and the changes that the next start applies. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ct/ct.h"
#include "ct/live/in-effect.h"
#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/cmd.h"
#include "pct/entries.h"
#include "pct/notes.h"

struct row {
	const char *key;
	const struct entry *current; /* NULL: none */
	const char *pending;         /* the new value; NULL: none */
	bool goes;                   /* the next start removes the option */
};

/* Merges two lists that are sorted by key. */
static size_t merge(const struct entries *now, const struct conf_changes *pending, struct row *ret)
{
	size_t n = 0;

	for (size_t i = 0, k = 0; i < now->n || k < pending->n; n++) {
		int order = i == now->n ? 1 : k == pending->n ? -1 :
				    strcmp(now->v[i].key, pending->v[k].name);

		ret[n] = (struct row){ .key = order > 0 ? pending->v[k].name : now->v[i].key };
		if (order <= 0)
			ret[n].current = &now->v[i++];
		if (order >= 0) {
			ret[n].pending = pending->v[k].new;
			ret[n].goes = !pending->v[k++].new;
		}
	}
	return n;
}

static void print_text(const struct row *rows, size_t n)
{
	for (const struct row *row = rows; row < rows + n; row++) {
		if (row->goes) {
			entry_print("del ", row->key, row->current ? row->current->value : "");
			continue;
		}
		if (row->current)
			entry_print("cur ", row->key, row->current->value);
		if (row->pending)
			entry_print("new ", row->key, row->pending);
	}
}

static void print_array(const struct row *rows, size_t n, enum format format)
{
	struct json_t *array = json_new_array();

	for (const struct row *row = rows; row < rows + n; row++) {
		struct json_t *o = json_new_object();

		json_put_string(o, "key", row->key);
		if (row->current)
			json_put_string(o, "value", row->current->plain);
		if (row->pending)
			json_put_string(o, "pending", row->pending);
		if (row->goes)
			json_put_bool(o, "delete", true);
		json_push(array, o);
	}
	print_json(array, format);
	json_free(array);
}

static int compare_changes(const void *a, const void *b)
{
	return strcmp(((const struct conf_change *)a)->name, ((const struct conf_change *)b)->name);
}

/* Adds edits of the file since the start. */
static void add_edits(const struct conf_file *run, const struct conf_file *file,
		      struct conf_changes *pending)
{
	struct conf_changes edits;

	conf_diff(run, file, &edits);
	for (size_t i = 0; i < edits.n; i++)
		if (in_effect_needs_start(edits.v[i].name) &&
		    !conf_changes_find(pending, edits.v[i].name))
			conf_change_add(pending, edits.v[i].name, edits.v[i].old, edits.v[i].new);
	conf_changes_done(&edits);
	if (pending->n)
		qsort(pending->v, pending->n, sizeof *pending->v, compare_changes);
}

static void print(const struct conf_file *run, const struct conf_file *file, enum format format)
{
	struct entries of_run = { 0 }, of_file = { 0 }, now;
	struct conf_changes pending;
	struct row *rows;
	size_t n;

	entries_collect(run, &of_run);
	entries_collect(file, &of_file);
	now = entries_current(&of_run, &of_file);
	conf_pending(file, &pending);
	add_edits(run, file, &pending);
	rows = xcalloc(now.n + pending.n, sizeof *rows);
	n = merge(&now, &pending, rows);
	if (format == FORMAT_TEXT)
		print_text(rows, n);
	else
		print_array(rows, n, format);
	free(rows);
	conf_changes_done(&pending);
	free(now.v);
	entries_done(&of_run);
	entries_done(&of_file);
}

int cmd_pending(const struct args *args, struct err *e)
{
	struct conf_file *run = NULL;
	struct ct ct;
	int r = ct_open(args->ctid, CT_LOAD, &ct, e);

	if (r < 0)
		return finish_ct(&ct, r);
	if (ct_is_running(args->ctid))
		in_effect_load(args->ctid, &run, NULL);
	print(run ? run : ct.file, ct.file, args_format(args));
	conf_free(run);
	return finish_ct(&ct, 0);
}
