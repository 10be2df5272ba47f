/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/managed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/ledger.h"
#include "setup/step.h"
#include "setup/text-section.h"

#define DIR "/var/lib/pct"
#define LEDGER DIR "/ledger"
#define SAVED DIR "/saved"

/*
 * A ledger that cannot be read counts as empty: then existing files count as users', and are saved.
 */
static struct ledger *ledger_of(struct setup *s)
{
	autofree char *text = NULL;

	if (!s->ledger) {
		s->ledger_is_lost = tree_read_optional(s->tree, LEDGER, &text, NULL) == -ETIME;
		s->ledger = ledger_parse(text);
	}
	return s->ledger;
}

/* ---- hashes ---- */

static uint64_t hash_file(const char *text)
{
	return hash_text(text, strlen(text));
}

/* The prefix contains a byte that no text has, so a link never equals a file with its target. */
static uint64_t hash_link(const char *target)
{
	autofree char *text = xasprintf("\1link %s", target);

	return hash_file(text);
}

/* Hashes the file or link at path.  Returns 1, or 0 if there is none. */
static int hash_at(struct setup *s, const char *path, uint64_t *ret, struct err *e)
{
	autofree char *text = NULL;
	int kind = tree_lkind(s->tree, path), n;

	if (kind == 0)
		return 0;
	if (kind < 0)
		return err_set(e, -kind, path, "cannot be looked at: %s", strerror(-kind));
	if (kind != S_IFREG && kind != S_IFLNK)
		return err_set(e, EINVAL, path, "is not a regular file; it is not changed");
	n = kind == S_IFLNK ? tree_readlink(s->tree, path, &text, e)
			    : tree_read(s->tree, path, &text, e);
	if (n < 0)
		return n == -ENOENT ? 0 : n;
	*ret = kind == S_IFLNK ? hash_link(text) : hash_file(text);
	return 1;
}

/* ---- saving files of users ---- */

/* "/etc/x" is saved as "etc%2Fx". */
static char *saved_path(const char *path)
{
	struct buf b = BUF_INIT;

	buf_add(&b, SAVED "/");
	for (const char *c = path + 1; *c; c++) {
		if (*c == '/' || *c == '%')
			buf_addf(&b, "%%%02X", *c);
		else
			buf_addc(&b, *c);
	}
	return buf_detach(&b);
}

/* A saved copy is readable by root only; a restored file gets the mode of the replaced one. */
static int copy(struct setup *s, const char *from, const char *to, mode_t mode, struct err *e)
{
	autofree char *text = NULL;
	int n;

	if (tree_lkind(s->tree, from) == S_IFLNK) {
		n = tree_readlink(s->tree, from, &text, e);
		return n < 0 ? n : tree_symlink(s->tree, text, to, e);
	}
	n = tree_read(s->tree, from, &text, e);
	return n < 0 ? n : tree_write(s->tree, to, text, mode, ROOTFS_REPLACE_LINK, e);
}

static int make_saved(struct setup *s, struct err *e)
{
	int n = tree_mkdir(s->tree, DIR, 0755, e);

	return n < 0 ? n : tree_mkdir(s->tree, SAVED, 0700, e);
}

int managed_keep_aside(struct setup *s, const char *path, const char *text, struct err *e)
{
	autofree char *saved = saved_path(path);
	int n = make_saved(s, e);

	return n < 0 ? n : tree_write(s->tree, saved, text, 0600, ROOTFS_REPLACE_LINK, e);
}

static int save(struct setup *s, const char *path, struct err *e)
{
	autofree char *saved = saved_path(path);
	int n = make_saved(s, e);

	if (n == 0)
		n = copy(s, path, saved, 0600, e);
	return n < 0 ? err_wrap(e, "keeping aside what was there") : 0;
}

/* ---- writing ---- */

static void keep_changed(struct setup *s, struct ledger_entry *entry)
{
	autofree char *remedy =
		s->conf->ctid ? xasprintf("pct setup %u --adopt overwrites it", s->conf->ctid)
			      : xstrdup("pct setup --adopt overwrites it");

	entry->seen = true;
	report_file(s->report, s->step, entry->path, FILE_KEPT);
	report_note(s->report, NOTE_WARNING, s->step, remedy,
		    "%s was changed in the container and is kept", entry->path);
}

/* 1: pct may write the file; 0: it must be left alone. */
static int check_path(struct setup *s, const char *path, struct err *e)
{
	struct ledger_entry *entry = ledger_find(ledger_of(s), path, NULL);

	if (!ledger_path_is_fine(path))
		return err_set(e, EINVAL, path, "is not a path that can be recorded");
	if (!tree_leaves_alone(s->tree, path))
		return 1;
	if (entry)
		entry->seen = true;
	return 0;
}

/* 1: write the file; 0: leave it alone. */
static int may_write(struct setup *s, const char *path, uint64_t wanted, struct err *e)
{
	struct ledger_entry *entry = ledger_find(ledger_of(s), path, NULL);
	uint64_t there;
	int n = check_path(s, path, e);

	if (n <= 0)
		return n;
	n = hash_at(s, path, &there, e);
	if (n < 0)
		return n;
	if (n == 0 || there == wanted)
		return 1;
	if (!entry) {
		n = save(s, path, e);
		return n < 0 ? n : 1;
	}
	if (there != entry->hash && s->phase != PHASE_CREATE && !(s->flags & SETUP_ADOPT)) {
		keep_changed(s, entry);
		return 0;
	}
	return 1;
}

static int make_parent(struct setup *s, const char *path, struct err *e)
{
	autofree char *parent = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	return *parent ? tree_mkdir(s->tree, parent, 0755, e) : 0;
}

static void remember(struct setup *s, const char *path, uint64_t hash)
{
	ledger_set(s->ledger, s->step, path, NULL, hash);
}

static int put(struct setup *s, const char *path, const char *text, mode_t mode, struct err *e)
{
	int n = make_parent(s, path, e);

	if (n == 0)
		n = tree_write(s->tree, path, text, mode, ROOTFS_REPLACE_LINK, e);
	if (n == 0)
		remember(s, path, hash_file(text));
	return n;
}

int managed_write(struct setup *s, const char *path, const char *text, mode_t mode, struct err *e)
{
	int n = may_write(s, path, hash_file(text), e);

	return n <= 0 ? n : put(s, path, text, mode, e);
}

/* Overwrites no line of users, so it saves nothing and does not check for changes of users. */
int managed_section(struct setup *s, const char *path, const char *body, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	int n = check_path(s, path, e);

	if (n <= 0)
		return n;
	n = tree_read_optional(s->tree, path, &old, e);
	if (n < 0)
		return n;
	new = section_set(old, body, SECTION_APPEND);
	return put(s, path, new, 0, e);
}

int managed_symlink(struct setup *s, const char *target, const char *path, struct err *e)
{
	int n = may_write(s, path, hash_link(target), e);

	if (n <= 0)
		return n;
	n = make_parent(s, path, e);
	if (n == 0)
		n = tree_symlink(s->tree, target, path, e);
	if (n == 0)
		remember(s, path, hash_link(target));
	return n;
}

bool managed_is_ours(struct setup *s, const char *path)
{
	return ledger_find(ledger_of(s), path, NULL);
}

void managed_part_record(struct setup *s, const char *path, const char *part, const char *text)
{
	if (ledger_path_is_fine(path) && !has_control(part))
		ledger_set(ledger_of(s), s->step, path, part, hash_file(text));
}

bool managed_part_is_ours(struct setup *s, const char *path, const char *part, const char *text)
{
	const struct ledger_entry *entry = ledger_find(ledger_of(s), path, part);

	return entry && entry->hash == hash_file(text);
}

/* ---- files that are no longer written ---- */

static int take_away(struct setup *s, const char *path, struct err *e)
{
	autofree char *saved = saved_path(path);
	int n;

	if (tree_lkind(s->tree, saved) <= 0)
		return tree_unlink(s->tree, path, 0, e);
	n = copy(s, saved, path, 0, e);
	return n < 0 ? n : tree_unlink(s->tree, saved, 0, e);
}

/*
 * Removes pct's section and keeps other lines.  Returns 1, or 0 if there is no section.  Drops a
 * saved copy, which earlier versions made: its lines are still in the file.
 */
static int take_section(struct setup *s, const char *path, struct err *e)
{
	autofree char *saved = saved_path(path), *old = NULL, *rest = NULL;
	int n;

	if (tree_lkind(s->tree, path) != S_IFREG)
		return 0;
	n = tree_read(s->tree, path, &old, e);
	if (n < 0)
		return n;
	rest = section_strip(old);
	if (str_eq(rest, old))
		return 0;
	n = *rest ? tree_write(s->tree, path, rest, 0, 0, e) : tree_unlink(s->tree, path, 0, e);
	if (n == 0)
		n = tree_unlink(s->tree, saved, 0, e);
	return n < 0 ? n : 1;
}

/* A file that the user has removed or changed is not touched, and its original not restored. */
static int sweep_file(struct setup *s, const struct ledger_entry *entry, struct err *e)
{
	uint64_t there;
	int n = hash_at(s, entry->path, &there, e);

	if (n == -ETIME)
		return n;
	if (n <= 0)
		return 0; /* pct did not write a file that cannot be read */
	n = take_section(s, entry->path, e);
	if (n != 0)
		return n < 0 ? n : 0;
	if (there == entry->hash || (s->flags & SETUP_ADOPT))
		return take_away(s, entry->path, e);
	report_file(s->report, s->step, entry->path, FILE_KEPT);
	report_note(s->report, NOTE_INFO, s->step, "remove it if you do not need it",
		    "%s is no longer needed, but was changed in the container and is kept",
		    entry->path);
	return 0;
}

static bool is_left(struct setup *s, const struct ledger_entry *entry)
{
	return !entry->seen && str_eq(entry->step, s->step) &&
	       (entry->part || !tree_is_ignored(s->tree, entry->path));
}

int managed_sweep(struct setup *s, struct err *e)
{
	struct ledger *l = ledger_of(s);
	int first = 0;

	for (size_t i = 0; i < l->n;) {
		struct err failure = { 0 };
		int n = 0;

		if (!is_left(s, &l->entry[i])) {
			i++;
			continue;
		}
		if (!l->entry[i].part)
			n = sweep_file(s, &l->entry[i], &failure);
		if (n == 0) {
			ledger_drop(l, i);
			continue;
		}
		if (first == 0) {
			first = n;
			err_take(e, &failure);
		}
		i++;
	}
	return first;
}

/* ---- the ledger's file ---- */

static int write_ledger(struct setup *s, struct err *e)
{
	autofree char *text = ledger_text(s->ledger);
	int n;

	if (!*text)
		return tree_lkind(s->tree, LEDGER) == S_IFREG ? tree_unlink(s->tree, LEDGER, 0, e)
							      : 0;
	n = tree_mkdir(s->tree, DIR, 0755, e);
	return n < 0 ? n : tree_write(s->tree, LEDGER, text, 0, 0, e);
}

void managed_finish(struct setup *s)
{
	struct err e = { 0 };

	if (!s->ledger)
		return;
	s->step = "ledger";
	tree_set_step(s->tree, s->step);
	/* A ledger that was not read, for lack of budget, stays: nothing was written since. */
	if (!s->ledger_is_lost && write_ledger(s, &e) < 0)
		report_note(s->report, NOTE_WARNING, s->step, NULL,
			    "%s: %s; the written files are not recorded", e.object, e.cause);
	ledger_free(s->ledger);
	s->ledger = NULL;
}
