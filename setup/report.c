/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/file.h"
#include "lib/util.h"

#define MAX_FILE (64 * 1024)
#define MAX_WARNINGS 64
#define MAX_WARNING 900

static void disarm(char *s)
{
	for (; s && *s; s++)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			*s = '?';
}

void report_note(struct report *r, enum note_level level, const char *step, const char *remedy,
		 const char *fmt, ...)
{
	struct note *note;
	char text[MAX_WARNING];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	r->notes = xrealloc(r->notes, r->n_notes + 1, sizeof *r->notes);
	note = &r->notes[r->n_notes++];
	*note = (struct note){ .level = level, .step = xstrdup(step), .text = xstrdup(text),
			       .remedy = xstrdup(remedy) };
	disarm(note->text);
	disarm(note->remedy);
}

void report_file(struct report *r, const char *step, const char *path, enum file_state state)
{
	for (size_t i = 0; i < r->n_files; i++)
		if (str_eq(r->files[i].path, path))
			return;
	r->files = xrealloc(r->files, r->n_files + 1, sizeof *r->files);
	r->files[r->n_files++] = (struct file_found){ xstrdup(step), xstrdup(path), state };
}

void report_done(struct report *r)
{
	for (size_t i = 0; i < r->n_notes; i++) {
		free(r->notes[i].step);
		free(r->notes[i].text);
		free(r->notes[i].remedy);
	}
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
	free(r->family);
	free(r->family_why);
	free(r->consumer);
	free(r->consumer_why);
	free(r->include);
	*r = (struct report){ 0 };
}

int report_write(const struct report *r, const char *path, struct err *e)
{
	autobuf b = BUF_INIT;

	for (size_t i = 0; i < r->n_notes; i++) {
		const struct note *note = &r->notes[i];

		if (note->level == NOTE_WARNING)
			buf_addf(&b, "%s%s%s\n", note->text, note->remedy ? "; " : "",
				 note->remedy ? note->remedy : "");
	}
	if (b.len)
		return file_write(path, buf_str(&b), b.len, 0644, e);
	if (unlink(path) < 0 && errno != ENOENT)
		return err_sys(e, path, "remove");
	return 0;
}

int report_warnings_read(const char *path, char ***ret, struct err *e)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	autofree char *text = NULL;
	autostrv char **lines = NULL;
	char **warnings = NULL;
	struct stat st;
	int n;

	if (fd < 0 && errno == ENOENT) {
		*ret = NULL;
		return 0;
	}
	if (fd < 0)
		return err_sys(e, path, "open");
	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "stat");
	if (!S_ISREG(st.st_mode))
		return err_set(e, EINVAL, path, "is not a regular file");
	n = file_read_fd(fd, path, MAX_FILE, &text, NULL, e);
	if (n < 0)
		return n;
	lines = strv_split(text, "\n");
	for (size_t i = 0; lines[i] && i < MAX_WARNINGS; i++) {
		if (strlen(lines[i]) > MAX_WARNING)
			lines[i][MAX_WARNING] = '\0';
		disarm(lines[i]);
		strv_push(&warnings, lines[i]);
	}
	*ret = warnings;
	return 0;
}
