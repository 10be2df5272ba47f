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
	int init, userns; /* of one that runs, whose root the child opens; -1: no namespace */
	const struct host_facts *facts;
	unsigned flags;
};

/* ---- the report on the wire: "LENGTH:BYTES\n", or "-\n" for NULL ---- */

static void put(struct buf *b, const char *s)
{
	if (s)
		buf_addf(b, "%zu:%s\n", strlen(s), s);
	else
		buf_add(b, "-\n");
}

static void put_number(struct buf *b, size_t n)
{
	autofree char *s = xasprintf("%zu", n);

	put(b, s);
}

static void put_found(struct buf *b, const struct report *r)
{
	put_number(b, r->n_consumers);
	for (size_t i = 0; i < r->n_consumers; i++) {
		put(b, r->consumers[i].name);
		put(b, r->consumers[i].why);
		put_number(b, r->consumers[i].enabled);
	}
	put_number(b, r->n_files);
	for (size_t i = 0; i < r->n_files; i++) {
		put(b, r->files[i].step);
		put(b, r->files[i].path);
		put_number(b, r->files[i].state);
	}
}

static void put_nets(struct buf *b, const struct report *r)
{
	put_number(b, r->nets_are_read);
	put_number(b, r->n_nets);
	for (size_t i = 0; i < r->n_nets; i++) {
		put(b, r->nets[i].name);
		put(b, r->nets[i].path);
		for (size_t k = 0; k < FOUND_NET_FIELDS; k++)
			put(b, r->nets[i].field[k]);
	}
}

static void put_report(struct buf *b, const struct report *r)
{
	put(b, r->family);
	put(b, r->family_why);
	put(b, r->consumer);
	put(b, r->consumer_why);
	put(b, r->include);
	put(b, r->os);
	put(b, r->init);
	put(b, r->resolver);
	put(b, r->resolver_why);
	put_found(b, r);
	put_nets(b, r);
	put_number(b, r->n_notes);
	for (size_t i = 0; i < r->n_notes; i++) {
		put_number(b, r->notes[i].level);
		put(b, r->notes[i].step);
		put(b, r->notes[i].text);
		put(b, r->notes[i].remedy);
		put_number(b, r->notes[i].failed);
	}
	put_number(b, r->n_changes);
	for (size_t i = 0; i < r->n_changes; i++) {
		put(b, r->changes[i].step);
		put(b, r->changes[i].path);
		put(b, r->changes[i].old_text);
		put(b, r->changes[i].new_text);
		put_number(b, r->changes[i].secret);
		put_number(b, r->changes[i].large);
	}
}

struct reader {
	const char *at;
	bool bad;
};

static char *get(struct reader *in)
{
	size_t len = 0, digits = strspn(in->at, "0123456789");
	autofree char *number = NULL;
	uint64_t value;
	char *s;

	if (in->bad)
		return NULL;
	if (in->at[0] == '-' && in->at[1] == '\n') {
		in->at += 2;
		return NULL;
	}
	number = xstrndup(in->at, digits);
	in->bad = in->at[digits] != ':' || !parse_uint(number, 0, MAX_ANSWER, &value);
	if (in->bad)
		return NULL;
	len = value;
	in->at += digits + 1;
	in->bad = strnlen(in->at, len) < len || in->at[len] != '\n';
	if (in->bad)
		return NULL;
	s = xstrndup(in->at, len);
	in->at += len + 1;
	return s;
}

/* A text that is shown on one line. */
static char *get_line(struct reader *in)
{
	char *s = get(in);

	text_disarm(s, "");
	return s;
}

static size_t get_number(struct reader *in, size_t max)
{
	autofree char *s = get(in);
	uint64_t n = 0;

	if (!s || !parse_uint(s, 0, max, &n))
		in->bad = true;
	return n;
}

static void get_consumers(struct reader *in, struct report *r)
{
	size_t n = get_number(in, REPORT_MAX);

	r->consumers = xcalloc(n, sizeof *r->consumers);
	for (; r->n_consumers < n && !in->bad; r->n_consumers++) {
		struct found_consumer *found = &r->consumers[r->n_consumers];

		found->name = get_line(in);
		found->why = get_line(in);
		found->enabled = get_number(in, 1);
		in->bad |= !found->name;
	}
}

static void get_files(struct reader *in, struct report *r)
{
	size_t n = get_number(in, REPORT_MAX);

	r->files = xcalloc(n, sizeof *r->files);
	for (; r->n_files < n && !in->bad; r->n_files++) {
		struct file_found *found = &r->files[r->n_files];

		found->step = get_line(in);
		found->path = get_line(in);
		found->state = (enum file_state)get_number(in, FILE_IGNORED);
		in->bad |= !found->step || !found->path;
	}
}

static void get_nets(struct reader *in, struct report *r)
{
	size_t n;

	r->nets_are_read = get_number(in, 1);
	n = get_number(in, CONF_MAX_NETS);
	r->nets = xcalloc(n, sizeof *r->nets);
	for (; r->n_nets < n && !in->bad; r->n_nets++) {
		struct found_net *found = &r->nets[r->n_nets];

		found->name = get_line(in);
		found->path = get_line(in);
		in->bad |= !found->name || !found->path;
		for (size_t k = 0; k < FOUND_NET_FIELDS; k++) {
			found->field[k] = get_line(in);
			in->bad |= !found->field[k];
		}
	}
}

static void get_notes(struct reader *in, struct report *r)
{
	size_t n = get_number(in, REPORT_MAX);

	r->notes = xcalloc(n, sizeof *r->notes);
	for (; r->n_notes < n && !in->bad; r->n_notes++) {
		struct note *note = &r->notes[r->n_notes];

		note->level = get_number(in, NOTE_WARNING) ? NOTE_WARNING : NOTE_INFO;
		note->step = get_line(in);
		note->text = get_line(in);
		note->remedy = get_line(in);
		note->failed = get_number(in, 1);
		in->bad |= !note->step || !note->text;
	}
}

static void get_changes(struct reader *in, struct report *r)
{
	size_t n = get_number(in, REPORT_MAX);

	r->changes = xcalloc(n, sizeof *r->changes);
	for (; r->n_changes < n && !in->bad; r->n_changes++) {
		struct change *change = &r->changes[r->n_changes];

		change->step = get_line(in);
		change->path = get_line(in);
		change->old_text = get(in);
		change->new_text = get(in);
		change->secret = get_number(in, 1);
		change->large = get_number(in, 1);
		in->bad |= !change->step || !change->path;
	}
}

/* The include file's name becomes part of a config and of a path. */
static bool include_is_fine(const char *name)
{
	return !name || (name[0] != '.' &&
			 !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.")]);
}

static int get_report(const char *text, struct report *ret, struct err *e)
{
	struct reader in = { .at = text };
	struct report r = { 0 };

	r.family = get_line(&in);
	r.family_why = get_line(&in);
	r.consumer = get_line(&in);
	r.consumer_why = get_line(&in);
	r.include = get_line(&in);
	r.os = get_line(&in);
	r.init = get_line(&in);
	r.resolver = get_line(&in);
	r.resolver_why = get_line(&in);
	get_consumers(&in, &r);
	get_files(&in, &r);
	get_nets(&in, &r);
	get_notes(&in, &r);
	get_changes(&in, &r);
	if (in.bad || !r.family || !include_is_fine(r.include)) {
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
	put_report(&b, &report);
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
 * The container can block a process that looks at its root.  So this child, which has no lock, does
 * that, before it gives up the right to.
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
