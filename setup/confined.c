/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/confined.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
#include "lib/runtime/guest.h"
#include "setup/report.h"

#define MAX_ANSWER (16 * 1024 * 1024)
#define RUNNING_WAIT 30 /* seconds */

struct job {
	enum phase phase;
	const struct conf *conf;
	struct rootfs *root;
	int init, userns; /* pidfd and user namespace of a running container; userns -1: none */
	const struct host_facts *facts;
	unsigned flags;
};

/*
 * ---- the report on the wire: "LENGTH:BYTES\n", or "-\n" for NULL ----
 *
 * The same walk over the fields writes and reads.  The data is hostile: a tree may have taken over
 * the child that writes it.
 */

struct wire {
	struct buf *out; /* NULL: reading */
	const char *at;
	bool bad;
};

static void put(struct buf *b, const char *s)
{
	if (s)
		buf_addf(b, "%zu:%s\n", strlen(s), s);
	else
		buf_add(b, "-\n");
}

static char *get(struct wire *w)
{
	size_t len = 0, digits = strspn(w->at, "0123456789");
	autofree char *number = NULL;
	uint64_t value;
	char *s;

	if (w->bad)
		return NULL;
	if (w->at[0] == '-' && w->at[1] == '\n') {
		w->at += 2;
		return NULL;
	}
	number = xstrndup(w->at, digits);
	w->bad = w->at[digits] != ':' || !parse_uint(number, 0, MAX_ANSWER, &value);
	if (w->bad)
		return NULL;
	len = value;
	w->at += digits + 1;
	w->bad = strnlen(w->at, len) < len || w->at[len] != '\n';
	if (w->bad)
		return NULL;
	s = xstrndup(w->at, len);
	w->at += len + 1;
	return s;
}

static void walk_text(struct wire *w, char **s)
{
	if (w->out)
		put(w->out, *s);
	else
		*s = get(w);
}

/* Walks a text that is shown on one line. */
static void walk_line(struct wire *w, char **s)
{
	walk_text(w, s);
	if (!w->out)
		text_sanitize(*s, "");
}

/* Like walk_line(), for a text that is never NULL. */
static void walk_name(struct wire *w, char **s)
{
	walk_line(w, s);
	w->bad |= !*s;
}

/* Returns the number that was written or read. */
static size_t walk_number(struct wire *w, size_t n, size_t max)
{
	autofree char *s = w->out ? xasprintf("%zu", n) : NULL;
	uint64_t value = 0;

	walk_text(w, &s);
	if (!s || !parse_uint(s, 0, max, &value)) {
		w->bad = true;
		return 0;
	}
	return value;
}

/* Returns the list to write, or a new list to read into. */
static void *walk_list(struct wire *w, void *list, size_t *n, size_t max, size_t size)
{
	*n = walk_number(w, *n, max);
	return w->out ? list : xcalloc(*n, size);
}
#define WALK_LIST(w, r, name, max) \
	((r)->name = walk_list(w, (r)->name, &(r)->n_##name, max, sizeof *(r)->name))

static void walk_found(struct wire *w, struct report *r)
{
	WALK_LIST(w, r, consumers, REPORT_MAX);
	for (size_t i = 0; i < r->n_consumers; i++) {
		struct found_consumer *found = &r->consumers[i];

		walk_name(w, &found->name);
		walk_line(w, &found->why);
		found->enabled = walk_number(w, found->enabled, 1);
	}
	WALK_LIST(w, r, files, REPORT_MAX);
	for (size_t i = 0; i < r->n_files; i++) {
		struct file_found *found = &r->files[i];

		walk_name(w, &found->step);
		walk_name(w, &found->path);
		found->state = (enum file_state)walk_number(w, found->state, FILE_IGNORED);
	}
	r->nets_are_read = walk_number(w, r->nets_are_read, 1);
	WALK_LIST(w, r, nets, CONF_MAX_NETS);
	for (size_t i = 0; i < r->n_nets; i++) {
		walk_name(w, &r->nets[i].name);
		walk_name(w, &r->nets[i].path);
		for (size_t k = 0; k < FOUND_NET_FIELDS; k++)
			walk_name(w, &r->nets[i].field[k]);
	}
}

static void walk_done(struct wire *w, struct report *r)
{
	WALK_LIST(w, r, notes, REPORT_MAX);
	for (size_t i = 0; i < r->n_notes; i++) {
		struct note *note = &r->notes[i];

		note->level = (enum note_level)walk_number(w, note->level, NOTE_WARNING);
		walk_name(w, &note->step);
		walk_name(w, &note->text);
		walk_line(w, &note->remedy);
		note->failed = walk_number(w, note->failed, 1);
	}
	WALK_LIST(w, r, changes, REPORT_MAX);
	for (size_t i = 0; i < r->n_changes; i++) {
		struct change *change = &r->changes[i];

		walk_name(w, &change->step);
		walk_name(w, &change->path);
		walk_text(w, &change->old_text);
		walk_text(w, &change->new_text);
		change->secret = walk_number(w, change->secret, 1);
		change->large = walk_number(w, change->large, 1);
	}
}

static void walk_report(struct wire *w, struct report *r)
{
	char **const lines[] = { &r->family, &r->family_why, &r->consumer, &r->consumer_why,
				 &r->include, &r->os, &r->init, &r->resolver, &r->resolver_why,
				 &r->hostname };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		walk_line(w, lines[i]);
	walk_found(w, r);
	walk_done(w, r);
}

/* The name of the include file becomes a part of the config and of a path. */
static bool include_is_fine(const char *name)
{
	return !name || (name[0] != '.' &&
			 !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.")]);
}

static int get_report(const char *text, struct report *ret, struct err *e)
{
	struct wire w = { .at = text };
	struct report r = { 0 };

	walk_report(&w, &r);
	if (w.bad || !r.family || !include_is_fine(r.include)) {
		report_done(&r);
		return err_set(e, EPROTO, NULL, "setup's report is not valid");
	}
	*ret = r;
	return 0;
}

/* ---- the child ---- */

static int set_up(const struct job *job, int out_fd, struct err *e)
{
	struct report report = { 0 };
	autobuf b = BUF_INIT;
	int n = rootfs_confine(job->root, NULL, e);

	if (n == 0)
		n = setup_run(job->phase, job->conf, job->root, job->facts, job->flags, &report,
			      e);
	if (n < 0)
		return n;
	walk_report(&(struct wire){ .out = &b }, &report);
	report_done(&report);
	n = file_write_all(out_fd, buf_str(&b), b.len);
	return n < 0 ? err_set(e, -n, NULL, "cannot hand back setup's report") : 0;
}

static int run_stopped(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;

	run_close_others(rootfs_fd(job->root), -1);
	return set_up(job, out_fd, e);
}

/*
 * The container can block a process that accesses its root.  So only this child, which holds no
 * lock, does it, before it drops its privileges.
 */
static int run_running(void *arg, int out_fd, struct err *e)
{
	struct job *job = arg;
	int fd, n;

	run_close_others(job->init, job->userns);
	fd = guest_open_root(job->init, e);
	n = fd < 0 ? fd : rootfs_take(fd, "the container's root", &job->root, e);
	if (n == 0 && job->userns >= 0)
		n = run_enter_userns(job->userns, e);
	return n < 0 ? n : set_up(job, out_fd, e);
}

int setup_confined(enum phase phase, const struct conf *conf, const char *rootfs,
		   const struct idmap *map, const struct host_facts *facts, unsigned flags,
		   struct report *ret, struct err *e)
{
	autoclose int userns = map ? idmap_userns(map, e) : -1;
	struct job job = { .phase = phase, .conf = conf, .facts = facts, .flags = flags };
	autofree char *answer = NULL;
	int n;

	if (map && userns < 0)
		return userns;
	n = rootfs_open(rootfs, &job.root, e);
	if (n < 0)
		return n;
	n = run_confined(userns, run_stopped, &job, &answer, MAX_ANSWER, e);
	rootfs_close(job.root);
	return n < 0 ? n : get_report(answer, ret, e);
}

int setup_running(enum phase phase, const struct conf *conf, int init, const struct idmap *map,
		  const struct host_facts *facts, unsigned flags, struct report *ret, struct err *e)
{
	autoclose int userns = map ? idmap_userns(map, e) : -1;
	struct job job = { .phase = phase, .conf = conf, .init = init, .userns = userns,
			   .facts = facts, .flags = flags | SETUP_RUNNING };
	autofree char *answer = NULL;
	int n;

	if (map && userns < 0)
		return userns;
	n = run_confined_within(-1, RUNNING_WAIT, run_running, &job, &answer, MAX_ANSWER, e);
	if (n == -ETIMEDOUT) {
		err_wrap(e, "the container's files");
		err_remedy(e,
			   "a process in the container blocks file access, or froze its file "
			   "system; stop it, or run pct stop %u",
			   conf->ctid);
	}
	return n < 0 ? n : get_report(answer, ret, e);
}
