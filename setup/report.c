/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

#define MAX_FILE (64 * 1024)
#define MAX_LINES 64  /* lines of the file */
#define MAX_NOTES 250 /* notes in memory; 32 networks can have several each */
#define MAX_NOTE 900

static struct note *add_note(struct report *r, enum note_level level, const char *step,
			     const char *remedy, const char *fmt, va_list ap)
{
	struct note *note;
	char text[MAX_NOTE];

	vsnprintf(text, sizeof text, fmt, ap);
	r->notes = xrealloc(r->notes, r->n_notes + 1, sizeof *r->notes);
	note = &r->notes[r->n_notes++];
	*note = (struct note){ .level = level, .step = xstrdup(step), .text = xstrdup(text),
			       .remedy = remedy ? xstrndup(remedy, MAX_NOTE) : NULL };
	text_sanitize(note->text, "");
	text_sanitize(note->remedy, "");
	return note;
}

void report_note(struct report *r, enum note_level level, const char *step, const char *remedy,
		 const char *fmt, ...)
{
	va_list ap;

	if (r->n_notes > MAX_NOTES)
		return;
	if (r->n_notes == MAX_NOTES) {
		remedy = NULL;
		fmt = "further findings of this kind are not shown";
	}
	va_start(ap, fmt);
	add_note(r, level, step, remedy, fmt, ap);
	va_end(ap);
}

void report_failure(struct report *r, const char *step, const char *remedy, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(r, NOTE_WARNING, step, *remedy ? remedy : NULL, fmt, ap)->failed = true;
	va_end(ap);
}

static void free_note(struct note *note)
{
	free(note->step);
	free(note->text);
	free(note->remedy);
}

void report_drop_notes(struct report *r, size_t first)
{
	while (r->n_notes > first)
		free_note(&r->notes[--r->n_notes]);
}

void report_file(struct report *r, const char *step, const char *path, enum file_state state)
{
	if (r->n_files == REPORT_MAX)
		return;
	for (size_t i = 0; i < r->n_files; i++)
		if (str_eq(r->files[i].path, path))
			return;
	r->files = xrealloc(r->files, r->n_files + 1, sizeof *r->files);
	r->files[r->n_files++] = (struct file_found){ xstrdup(step), xstrdup(path), state };
}

void report_done(struct report *r)
{
	report_drop_notes(r, 0);
	for (size_t i = 0; i < r->n_changes; i++) {
		free(r->changes[i].step);
		free(r->changes[i].path);
		free(r->changes[i].old_text);
		free(r->changes[i].new_text);
	}
	for (size_t i = 0; i < r->n_files; i++) {
		free(r->files[i].step);
		free(r->files[i].path);
	}
	for (size_t i = 0; i < r->n_nets; i++) {
		free(r->nets[i].name);
		free(r->nets[i].path);
		for (size_t k = 0; k < FOUND_NET_FIELDS; k++)
			free(r->nets[i].field[k]);
	}
	free(r->nets);
	for (size_t i = 0; i < r->n_consumers; i++) {
		free(r->consumers[i].name);
		free(r->consumers[i].why);
	}
	free(r->notes);
	free(r->changes);
	free(r->files);
	free(r->consumers);
	free(r->os);
	free(r->init);
	free(r->resolver);
	free(r->resolver_why);
	free(r->hostname);
	free(r->family);
	free(r->family_why);
	free(r->consumer);
	free(r->consumer_why);
	free(r->include);
	*r = (struct report){ 0 };
}

/* The texts have no control characters, so a tab can separate fields. */
static void add_notes(struct buf *b, size_t *lines, const struct report *r, bool failed)
{
	for (size_t i = 0; i < r->n_notes && *lines < MAX_LINES; i++) {
		const struct note *note = &r->notes[i];

		if (note->failed != failed || b->len > MAX_FILE - 3 * MAX_NOTE)
			continue;
		buf_addf(b, "%s\t%s\t%s\t%s\n",
			 note->level == NOTE_WARNING ? "warning" : "info", note->step, note->text,
			 note->remedy ? note->remedy : "");
		++*lines;
	}
}

int report_write(const struct report *r, const char *path, struct err *e)
{
	autobuf b = BUF_INIT;
	size_t lines = 0;

	add_notes(&b, &lines, r, true);
	add_notes(&b, &lines, r, false);
	if (b.len)
		return file_write_volatile(path, buf_str(&b), b.len, 0644, e);
	return file_remove(path, e);
}

/* The field at *at, as one line of limited length.  Moves *at behind its tab. */
static char *take_field(const char **at)
{
	size_t len = strcspn(*at, "\t");
	char *field = xstrndup(*at, len < MAX_NOTE ? len : MAX_NOTE);

	text_sanitize(field, "");
	*at += len + ((*at)[len] == '\t');
	return field;
}

static void add_line(struct report *r, const char *line)
{
	const char *at = line;
	autofree char *level = take_field(&at), *step = take_field(&at), *text = take_field(&at);
	autofree char *remedy = take_field(&at);

	if (*text)
		report_note(r, str_eq(level, "info") ? NOTE_INFO : NOTE_WARNING, step,
			    *remedy ? remedy : NULL, "%s", text);
}

int report_read(const char *path, struct report *ret, struct err *e)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;
	int n = file_read_hostile(path, MAX_FILE, &text, e);

	if (n < 0 && n != -ENOENT)
		return n;
	*ret = (struct report){ 0 };
	if (n < 0)
		return 0;
	lines = strv_split(text, "\n");
	for (size_t i = 0; i < MAX_LINES && lines[i]; i++)
		add_line(ret, lines[i]);
	return 0;
}
