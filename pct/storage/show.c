/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "lib/storage/look.h"
#include "lib/storage/storage.h"
#include "pct/amount.h"
#include "pct/cmd.h"
#include "pct/storage/storage.h"

static const char *const uses[] = {
	[STORAGE_USABLE] = "usable",
	[STORAGE_DISABLED] = "disabled",
	[STORAGE_OTHER_NODE] = "other-node",
	[STORAGE_UNKNOWN] = "unknown-type",
};

/* Whether --content asks for this storage; without it, all. */
static bool is_asked(const struct args *args, const struct storage *s)
{
	const char *given = args_option(args, "content");
	autostrv char **asked = given ? strv_split(given, ",") : NULL;
	autostrv char **has = strv_split(s->content ? s->content : "images", ", \t");

	for (char **word = asked; word && *word; word++)
		if (strv_has(has, *word))
			return true;
	return !asked;
}

static struct json_t *describe(const struct storage *s)
{
	struct json_t *o = json_new_object();

	json_put_string(o, "storage", s->id);
	json_put_string(o, "type", s->type);
	for (const struct storage_key *key = storage_keys; key->name; key++) {
		const char *value = *storage_field((struct storage *)s, key);

		if (value)
			json_put_string(o, key->name, value);
	}
	return o;
}

/* ---- list: what storage.cfg says ---- */

/* Where the volumes are, in the words of the type. */
static const char *place(const struct storage *s)
{
	const char *const places[] = { s->path,   s->thinpool, s->vgname, s->pool,
				       s->export, s->share,    s->server };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (places[i])
			return places[i];
	return "-";
}

static void list_all(const struct args *args, const struct storage *list, enum format format)
{
	static const char row[] = "%-16s %-8s %-12s %-24s %s\n";
	struct json_t *rows = json_new_array();

	if (format == FORMAT_TEXT)
		printf(row, "Storage", "Type", "State", "Content", "Place");
	for (const struct storage *s = list; s->id; s++) {
		struct json_t *o;

		if (!is_asked(args, s))
			continue;
		o = describe(s);
		json_put_string(o, "state", uses[s->use]);
		json_push(rows, o);
		if (format == FORMAT_TEXT)
			printf(row, s->id, s->type, uses[s->use],
			       s->content ? s->content : "images", place(s));
	}
	if (format != FORMAT_TEXT)
		print_json(rows, format);
	json_free(rows);
}

int storage_cmd_list(const struct args *args, struct err *e)
{
	autostorage struct storage *list = NULL;
	int r;

	if (args->positional[1])
		return storage_cmd_content(args, e);
	if (args_option(args, "vmid"))
		return args_usage(args, e, "STORAGE is missing for --vmid");
	r = storage_list_all(&list, e);
	if (r == 0)
		list_all(args, list, args_format(args));
	return r;
}

/* ---- status: what is there ---- */

static const struct {
	enum storage_can can;
	const char *word;
} abilities[] = {
	{ STORAGE_CAN_WRITE, "write" },
	{ STORAGE_CAN_IMAGES, "images" },
	{ STORAGE_CAN_FOLDERS, "folders" },
	{ STORAGE_CAN_LIMIT_FOLDERS, "folder-limits" },
	{ STORAGE_CAN_REFLINK, "reflink" },
};

static char **can(const struct storage_status *status)
{
	char **words = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(abilities); i++)
		if (status->can & abilities[i].can)
			strv_push(&words, abilities[i].word);
	return words;
}

static double percent(const struct storage_status *s)
{
	uint64_t all = s->used + s->available;

	return all ? 100.0 * (double)s->used / (double)all : 0;
}

static const char *state(const struct storage *s, const struct storage_report *report)
{
	if (s->use != STORAGE_USABLE)
		return uses[s->use];
	return report->is_known ? "active" : "inactive";
}

static void print_status(const struct storage *s, const struct storage_report *report)
{
	static const char row[] = "%-16s %-8s %-12s %8s %8s %8s %6s  %-8s %s\n";
	const struct storage_status *status = &report->status;
	char size[AMOUNT_MAX], used[AMOUNT_MAX], available[AMOUNT_MAX], part[AMOUNT_MAX];
	autostrv char **words = NULL;
	autofree char *list = NULL;

	if (!s) {
		printf(row, "Storage", "Type", "Status", "Size", "Used", "Avail", "Use%", "On",
		       "Can");
		return;
	}
	if (!report->is_known) {
		printf(row, s->id, s->type, state(s, report), "-", "-", "-", "-", "-", "-");
		return;
	}
	words = can(status);
	list = words ? strv_join(words, " ") : xstrdup("-");
	snprintf(part, sizeof part, "%.1f%%", percent(status));
	printf(row, s->id, s->type, state(s, report), amount_text(status->size, size),
	       amount_text(status->used, used), amount_text(status->available, available), part,
	       status->on, list);
}

static struct json_t *status_row(const struct storage *s, const struct storage_report *report)
{
	const struct storage_status *status = &report->status;
	struct json_t *o = describe(s);

	json_put_string(o, "status", state(s, report));
	if (report->is_known) {
		autostrv char **words = can(status);
		struct json_t *list = json_new_array();

		json_put_int(o, "size_bytes", (int64_t)status->size);
		json_put_int(o, "used_bytes", (int64_t)status->used);
		json_put_int(o, "available_bytes", (int64_t)status->available);
		json_put_string(o, "on", status->on);
		for (char **word = words; word && *word; word++)
			json_push_string(list, *word);
		json_put(o, "can", list);
		if (*status->warning) {
			json_put_string(o, "warning", status->warning);
			json_put_string(o, "remedy", status->remedy);
		}
	} else if (s->use == STORAGE_USABLE) {
		json_put_string(o, "error", report->err.cause);
		json_put_string(o, "remedy", report->err.remedy);
	}
	return o;
}

/* The warning of a storage that does not answer; its object may be a path. */
static void warn(const struct storage *s, const struct err *cause)
{
	struct err e = *cause;

	if (!str_eq(e.object, s->id))
		err_wrap(&e, "%s", s->id);
	err_print(&e, "pct: warning", stderr);
}

static int show_status(const struct args *args, const struct storage *list, size_t n)
{
	struct storage_report *reports = xcalloc(n + 1, sizeof *reports);
	enum format format = args_format(args);
	struct json_t *rows = json_new_array();
	bool failed = false;
	struct err e;

	storage_look_all(list, reports);
	if (format == FORMAT_TEXT)
		print_status(NULL, NULL);
	for (size_t i = 0; i < n; i++) {
		if (format == FORMAT_TEXT)
			print_status(&list[i], &reports[i]);
		json_push(rows, status_row(&list[i], &reports[i]));
		if (reports[i].is_known && storage_warning(&list[i], &reports[i].status, &e))
			warn(&list[i], &e);
		if (list[i].use != STORAGE_USABLE || reports[i].is_known)
			continue;
		failed = true;
		warn(&list[i], &reports[i].err);
	}
	if (format != FORMAT_TEXT)
		print_json(rows, format);
	json_free(rows);
	free(reports);
	return failed;
}

/* Move the storages that are asked for to the front.  Returns their number. */
static size_t choose(const struct args *args, struct storage *list, size_t all)
{
	const char *id = args->positional[1];
	size_t n = 0;

	for (size_t i = 0; i < all; i++) {
		struct storage other = list[n];

		if (!is_asked(args, &list[i]) || (id && !str_eq(list[i].id, id)))
			continue;
		list[n++] = list[i];
		list[i] = other;
	}
	return n;
}

int storage_cmd_status(const struct args *args, struct err *e)
{
	autostorage struct storage *list = NULL, *chosen = NULL;
	size_t n = 0, asked;
	int r = storage_list_all(&list, e);

	if (r < 0)
		return r;
	while (list[n].id)
		n++;
	asked = choose(args, list, n);
	if (args->positional[1] && !asked) {
		err_set(e, ENOENT, args->positional[1], "there is no such storage");
		return err_remedy(e, "pct storage list shows the storages");
	}
	/* The others are freed with the list. */
	chosen = xcalloc(asked + 1, sizeof *chosen);
	memcpy(chosen, list, asked * sizeof *chosen);
	memmove(list, list + asked, (n - asked + 1) * sizeof *list);
	return show_status(args, chosen, asked);
}

/* ---- content ---- */

static void print_volume(const char *line, struct json_t *rows)
{
	autostrv char **word = strv_split(line, " ");
	struct json_t *o = json_new_object();
	uint64_t bytes = 0, ctid = 0;

	parse_uint(word[3], 0, INT64_MAX, &bytes);
	parse_uint(word[4], 0, UINT32_MAX, &ctid);
	json_put_string(o, "volid", word[0]);
	json_put_string(o, "format", word[1]);
	json_put_string(o, "content", word[2]);
	json_put_int(o, "size", (int64_t)bytes);
	if (ctid)
		json_put_int(o, "vmid", (int64_t)ctid);
	json_push(rows, o);
}

static void print_line(const char *line)
{
	static const char row[] = "%-44s %-8s %-9s %14s %s\n";
	autostrv char **word = line ? strv_split(line, " ") : NULL;

	if (word)
		printf(row, word[0], word[1], word[2], word[3],
		       str_eq(word[4], "0") ? "" : word[4]);
	else
		printf(row, "Volid", "Format", "Type", "Size", "VMID");
}

int storage_cmd_content(const struct args *args, struct err *e)
{
	const char *vmid = args_option(args, "vmid");
	enum format format = args_format(args);
	autostorage struct storage *list = NULL;
	struct json_t *rows = NULL;
	const struct storage *s = NULL;
	autostrv char **lines = NULL;
	unsigned ctid = 0;
	int r;

	if (vmid && !parse_ctid(vmid, &ctid))
		return args_usage(args, e, "\"%s\" is not a CTID", vmid);
	r = storage_list(&list, e);
	if (r == 0)
		r = storage_find(list, args->positional[1], &s, e);
	if (r == 0)
		r = storage_content(s, args_option(args, "content"), ctid, &lines, e);
	if (r < 0)
		return r;
	rows = json_new_array();
	if (format == FORMAT_TEXT)
		print_line(NULL);
	for (char **line = lines; line && *line; line++) {
		if (format == FORMAT_TEXT)
			print_line(*line);
		else
			print_volume(*line, rows);
	}
	if (format != FORMAT_TEXT)
		print_json(rows, format);
	json_free(rows);
	return 0;
}
