/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pct list: reads the configs, /proc/net/unix and the names of cgroups once each, for any number of
 * containers.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ct/check/ids.h"
#include "ct/ct.h"
#include "ct/usage.h"
#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/runtime/orphan.h"
#include "pct/cmd.h"
#include "pct/output.h"
#include "pct/usage.h"

const struct option_def ct_list_options[] = {
	{ "full", NULL,
	  "Also show memory, CPU time, disk, uptime and addresses of running containers" },
	OPTION_FORMAT,
	{ 0 },
};

struct listing {
	bool full;           /* with usage and addresses */
	struct json_t *rows; /* NULL: print text */
	size_t n_rows;
	struct ids running, orphans, frozen;
};

/* Of a running container, with --full. */
struct full {
	struct usage usage;
	char **addresses;
};

static void print_full(const char *memory, const char *cpu, const char *disk, const char *uptime,
		       const char *addresses)
{
	printf(" %-17s %-9s %-15s %-10s %s", memory, cpu, disk, uptime, addresses);
}

static void print_row(struct listing *l, unsigned ctid, const char *status, const char *lock,
		      const char *name, const struct full *full)
{
	autofree char *list = full && full->addresses ? strv_join(full->addresses, " ")
						      : xstrdup("");
	struct usage_text text = { 0 };

	if (l->n_rows == 0) {
		printf("%-10s %-10s %-12s %-20s", "VMID", "Status", "Lock", "Name");
		if (l->full)
			print_full("Memory", "CPU time", "Disk", "Uptime", "Addresses");
		putchar('\n');
	}
	printf("%-10u %-10s %-12s %-20s", ctid, status, lock ? lock : "",
	       name ? name : "");
	if (full)
		usage_format(&full->usage, "/", &text);
	if (l->full)
		print_full(text.memory, text.cpu, text.disk, text.uptime, list);
	putchar('\n');
	l->n_rows++;
}

static void push_row(struct listing *l, unsigned ctid, const char *status, const char *lock,
		     const char *name, const struct full *full)
{
	struct json_t *row = json_new_object();

	json_put_int(row, "vmid", ctid);
	json_put_string(row, "status", status);
	if (ids_has(&l->orphans, ctid))
		json_put_string(row, "monitor", "gone");
	if (lock)
		json_put_string(row, "lock", lock);
	json_put_string(row, "name", name);
	if (full)
		usage_put_json(row, &full->usage);
	if (l->full) {
		struct json_t *list = json_new_array();

		for (char **a = full ? full->addresses : NULL; a && *a; a++)
			json_push_string(list, *a);
		json_put(row, "addresses", list);
	}
	json_push(l->rows, row);
}

/* Shows one container, even if its config cannot be read, which returns -errno. */
static int show(struct listing *l, unsigned ctid, struct err *e)
{
	bool runs = ids_has(&l->running, ctid);
	autofree char *name = NULL, *lock = NULL;
	const char *status = ids_has(&l->frozen, ctid) ? "frozen" : runs ? "running" : "stopped";
	struct full full = { 0 };
	bool look = false;
	struct ct ct;
	int r = ct_open(ctid, CT_LOAD, &ct, e);

	/* Not a container, or just being destroyed. */
	if (r == -ENOENT && !runs) {
		ct_close(&ct);
		return 0;
	}
	if (r == 0) {
		const struct conf *conf = conf_values(ct.file);

		lock = xstrdup(conf->lock);
		name = conf->hostname ? xstrdup(conf->hostname) : xasprintf("CT%u", ctid);
		look = l->full && runs;
		if (look) {
			usage_look(conf, &full.usage);
			full.addresses = ct_addresses(conf);
		}
	}
	(l->rows ? push_row : print_row)(l, ctid, status, lock, name, look ? &full : NULL);
	strv_free(full.addresses);
	ct_close(&ct);
	return r;
}

/* Warn after the table, not between its rows. */
static void tell_of_orphans(const struct listing *l)
{
	struct err e;

	for (size_t i = 0; i < l->orphans.n; i++) {
		orphan_tell(l->orphans.v[i], &e);
		err_print(&e, "pct", stderr);
	}
}

int cmd_list(const struct args *args, struct err *e)
{
	struct ids all = { 0 };
	struct listing l = { .full = args_flag(args, "full") };
	struct err *bad = NULL;
	size_t n_bad = 0;
	enum format format = args_format(args);
	int r;

	r = ids_find_all(&all, e);
	if (r < 0)
		return r;
	ids_find_running(&all, &l.running, &l.orphans);
	ids_find_frozen(&l.running, &l.frozen);
	ids_add_unlisted(&all, &l.running);
	if (format != FORMAT_TEXT)
		l.rows = json_new_array();
	for (size_t i = 0; i < all.n; i++) {
		if (show(&l, all.v[i], e) == 0)
			continue;
		bad = xrealloc(bad, n_bad + 1, sizeof *bad);
		bad[n_bad++] = *e;
	}
	if (l.rows)
		print_json(l.rows, format);
	output_flush(NULL);
	tell_of_orphans(&l);
	for (size_t i = 0; i < n_bad; i++)
		err_print(&bad[i], "pct", stderr);
	json_free(l.rows);
	free(bad);
	free(all.v);
	free(l.running.v);
	free(l.orphans.v);
	free(l.frozen.v);
	return n_bad > 0;
}
