/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/config/explain.h"

#include <errno.h>

#include "lib/base/diff.h"
#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "setup/setup.h"

const char *explain_verb(const struct change *c, bool dry)
{
	if (!c->old_text)
		return dry ? "would create" : "created";
	if (!c->new_text)
		return dry ? "would remove" : "removed";
	return dry ? "would change" : "changed";
}

int explain_diff(const struct change *c, char **ret, const char **ret_reason, struct err *e)
{
	int r = -ETIMEDOUT;

	if (!c->secret && !c->large)
		r = diff_unified(c->path, c->old_text, c->new_text, ret, e);
	if (r == -ETIMEDOUT)
		*ret_reason = c->secret ? "contents not shown" : "too much to show";
	return r == -ETIMEDOUT ? 0 : r;
}

static const char *state_name(enum file_state state)
{
	switch (state) {
	case FILE_KEPT:
		return "kept (changed inside)";
	case FILE_IGNORED:
		return "skipped (.pve-ignore)";
	default:
		return "up to date";
	}
}

/* Whether a step changed the file, although another step left it alone. */
static bool is_changed(const struct report *r, const char *path)
{
	for (size_t i = 0; i < r->n_changes; i++)
		if (str_eq(r->changes[i].path, path))
			return true;
	return false;
}

static const char *level_name(const struct note *note)
{
	return note->level == NOTE_WARNING ? "warning" : "note";
}

void explain_note(const struct note *note, FILE *to)
{
	fprintf(to, "%s: %s%s%s\n", level_name(note), note->text, note->remedy ? "; " : "",
		note->remedy ? note->remedy : "");
}

/* ---- text ---- */

static void print_fact(const char *name, const char *fact, const char *why)
{
	printf("%-13s %s%s%s%s\n", name, fact, why ? " (" : "", why ? why : "", why ? ")" : "");
}

static void print_consumers(const struct report *r)
{
	printf("consumers:\n");
	for (size_t i = 0; i < r->n_consumers; i++) {
		const struct found_consumer *c = &r->consumers[i];

		printf("  %-18s %s%s%s%s%s\n", c->name,
		       c->enabled ? "enabled" : "installed",
		       str_eq(c->name, r->consumer) ? ", chosen" : "", c->why ? " (" : "",
		       c->why ? c->why : "", c->why ? ")" : "");
	}
	if (!r->n_consumers)
		printf("  none\n");
}

static void print_files(const struct report *r, bool dry)
{
	printf("files:\n");
	for (size_t i = 0; i < r->n_changes; i++)
		printf("  %-22s %s (%s)\n", explain_verb(&r->changes[i], dry), r->changes[i].path,
		       r->changes[i].step);
	for (size_t i = 0; i < r->n_files; i++)
		if (!is_changed(r, r->files[i].path))
			printf("  %-22s %s (%s)\n", state_name(r->files[i].state),
			       r->files[i].path, r->files[i].step);
}

void explain_text(const struct report *r, bool dry)
{
	print_fact("distribution:", r->os ? r->os : "unknown", NULL);
	print_fact("family:", r->family, r->family_why);
	print_fact("init:", r->init ? r->init : "unknown", NULL);
	print_consumers(r);
	print_fact("resolver:", r->resolver ? r->resolver : "/etc/resolv.conf", r->resolver_why);
	print_files(r, dry);
	printf("findings:\n");
	for (size_t i = 0; i < r->n_notes; i++) {
		const struct note *n = &r->notes[i];

		printf("  %s: %s (%s)\n", level_name(n), n->text, n->step);
		if (n->remedy)
			printf("    remedy: %s\n", n->remedy);
	}
	if (!r->n_notes)
		printf("  none\n");
}

/* ---- JSON ---- */

static int put_change(struct json_t *array, const struct change *c, bool diffs, struct err *e)
{
	struct json_t *o = json_new_object();
	autofree char *diff = NULL;
	const char *reason = NULL;
	int r = 0;

	json_push(array, o);
	json_put_string(o, "step", c->step);
	json_put_string(o, "path", c->path);
	json_put_string(o, "what", !c->old_text ? "create" : !c->new_text ? "remove" : "change");
	if (diffs)
		r = explain_diff(c, &diff, &reason, e);
	if (diff)
		json_put_string(o, "diff", diff);
	return r;
}

static struct json_t *file_json(const struct file_found *f)
{
	static const char *const states[] = { [FILE_SAME] = "same", [FILE_KEPT] = "kept",
					      [FILE_IGNORED] = "ignored" };
	struct json_t *o = json_new_object();

	json_put_string(o, "step", f->step);
	json_put_string(o, "path", f->path);
	json_put_string(o, "state", states[f->state]);
	return o;
}

static struct json_t *consumer_json(const struct report *r, const struct found_consumer *c)
{
	struct json_t *o = json_new_object();

	json_put_string(o, "name", c->name);
	json_put_string(o, "why", c->why);
	json_put_bool(o, "enabled", c->enabled);
	json_put_bool(o, "chosen", str_eq(c->name, r->consumer));
	return o;
}

struct json_t *explain_notes_json(const struct note *notes, size_t n)
{
	struct json_t *array = json_new_array();

	for (size_t i = 0; i < n; i++) {
		struct json_t *o = json_new_object();

		json_put_string(o, "level", notes[i].level == NOTE_WARNING ? "warning" : "info");
		json_put_string(o, "step", notes[i].step);
		json_put_string(o, "text", notes[i].text);
		json_put_string(o, "remedy", notes[i].remedy);
		json_push(array, o);
	}
	return array;
}

int explain_json(const struct report *r, bool diffs, struct json_t **ret, struct err *e)
{
	struct json_t *o = json_new_object(), *changes = json_new_array();
	struct json_t *consumers = json_new_array(), *files = json_new_array();
	int k = 0;

	json_put_string(o, "os", r->os);
	json_put_string(o, "family", r->family);
	json_put_string(o, "family-why", r->family_why);
	json_put_string(o, "init", r->init);
	json_put_string(o, "consumer", r->consumer);
	json_put_string(o, "consumer-why", r->consumer_why);
	json_put_string(o, "resolver", r->resolver);
	json_put_string(o, "resolver-why", r->resolver_why);
	for (size_t i = 0; i < r->n_consumers; i++)
		json_push(consumers, consumer_json(r, &r->consumers[i]));
	for (size_t i = 0; k == 0 && i < r->n_changes; i++)
		k = put_change(changes, &r->changes[i], diffs, e);
	for (size_t i = 0; i < r->n_files; i++)
		if (!is_changed(r, r->files[i].path))
			json_push(files, file_json(&r->files[i]));
	json_put(o, "consumers", consumers);
	json_put(o, "changes", changes);
	json_put(o, "files", files);
	json_put(o, "notes", explain_notes_json(r->notes, r->n_notes));
	if (k < 0)
		json_free(o);
	else
		*ret = o;
	return k;
}
