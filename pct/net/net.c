/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct net */
#include "pct/net/net.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "lib/conf/net/ifname.h"
#include "pct/cmd.h"
#include "pct/config/explain.h"
#include "pct/notes.h"
#include "pct/output.h"

const struct option_def net_options[] = {
	{ "rootfs", "DIR", "Compare this folder instead of a container" },
	{ "config", "FILE", "Config to compare the folder with" },
	{ "repair", "[0|1]", "Plug in again what a restart of the host's network unplugged" },
	OPTION_FORMAT,
	{ 0 },
};

static const char *const column_names[COLUMNS] = { "config", "files", "kernel" };

static const struct found_net *find_files(const struct net_look *look, const struct net *net)
{
	for (size_t i = 0; i < look->files.n_nets; i++)
		if (str_eq(look->files.nets[i].name, net->name))
			return &look->files.nets[i];
	return NULL;
}

/* ---- text ---- */

static void print_head(const struct net_look *look, const struct net *net)
{
	const struct found_net *found = find_files(look, net);
	const char *consumer = look->files.consumer;
	char host[16];

	ifname(host, "veth", look->ctid, net->index);
	printf("net%u: %s inside, %s on the host; ", net->index, net->name, host);
	if (net->host_managed)
		printf("the host manages it\n");
	else if (!consumer)
		printf("no known network program inside\n");
	else
		printf("%s reads %s\n", consumer, found ? found->path : "its files");
}

static void print_rows(const struct net_rows *rows)
{
	int width[COLUMNS] = { 0 };

	for (unsigned c = 0; c < COLUMNS; c++)
		width[c] = (int)strlen(column_names[c]);
	for (unsigned i = 0; i < rows->n; i++)
		for (unsigned c = 0; c < COLUMNS; c++) {
			int len = rows->row[i].text[c] ? (int)strlen(rows->row[i].text[c]) : 0;

			width[c] = len > width[c] ? len : width[c];
		}
	printf("            %-*s   %-*s   %s\n", width[0], column_names[0], width[1],
	       column_names[1], column_names[2]);
	for (unsigned i = 0; i < rows->n; i++) {
		const struct net_row *row = &rows->row[i];
		const char *text[COLUMNS];

		for (unsigned c = 0; c < COLUMNS; c++)
			text[c] = !row->text[c] ? "" : *row->text[c] || !row->differs[c]
							   ? row->text[c] : "none";
		printf("  %-8s  %-*s  %c%-*s  %c%s\n", row->key, width[0], text[0],
		       row->differs[1] ? '*' : ' ', width[1], text[1],
		       row->differs[2] ? '*' : ' ', text[2]);
	}
}

static void print_text(const struct net_look *look, const struct net_rows *rows, bool differ)
{
	if (!look->running && look->ctid)
		printf("container %u is stopped: the kernel has no state of it\n", look->ctid);
	for (size_t i = 0; i < look->conf->n_nets; i++) {
		print_head(look, &look->conf->nets[i]);
		print_rows(&rows[i]);
		if (look->ends && look->ends[i].fault)
			printf("  wrong: %s\n", look->ends[i].fault);
	}
	if (!look->conf->n_nets)
		printf("the config has no networks\n");
	if (differ)
		printf("* differs from the config\n");
}

/* ---- JSON ---- */

static struct json_t *row_json(const struct net_row *row)
{
	struct json_t *o = json_new_object(), *differs = json_new_array();

	for (unsigned c = 0; c < COLUMNS; c++) {
		if (row->text[c])
			json_put_string(o, column_names[c], row->text[c]);
		if (row->differs[c])
			json_push_string(differs, column_names[c]);
	}
	json_put(o, "differs", differs);
	return o;
}

static struct json_t *net_json(const struct net_look *look, size_t index,
			       const struct net_rows *rows)
{
	const struct net *net = &look->conf->nets[index];
	autofree char *id = xasprintf("net%u", net->index);
	struct json_t *o = json_new_object(), *values = json_new_object();
	const struct found_net *found = find_files(look, net);
	char host[16];

	ifname(host, "veth", look->ctid, net->index);
	json_put_string(o, "net", id);
	json_put_string(o, "inside", net->name);
	json_put_string(o, "host", host);
	json_put_string(o, "file", found ? found->path : NULL);
	if (look->ends && look->ends[index].fault)
		json_put_string(o, "fault", look->ends[index].fault);
	json_put_bool(o, "differs", rows->differ);
	/* The row after a gateway, without a key, is its neighbour entry. */
	for (unsigned i = 0; i < rows->n; i++) {
		const char *of = *rows->row[i].key ? NULL : rows->row[i - 1].key;
		autofree char *key = of ? xasprintf("%s-neighbour", of)
					: xstrdup(rows->row[i].key);

		json_put(values, key, row_json(&rows->row[i]));
	}
	json_put(o, "values", values);
	return o;
}

static void print_as_json(const struct net_look *look, const struct net_rows *rows, bool differ,
			  enum format format)
{
	struct json_t *o = json_new_object(), *nets = json_new_array();

	json_put_int(o, "vmid", look->ctid);
	json_put_string(o, "status", look->running ? "running" : "stopped");
	json_put_string(o, "consumer", look->files.consumer);
	json_put_bool(o, "differs", differ);
	for (size_t i = 0; i < look->conf->n_nets; i++)
		json_push(nets, net_json(look, i, &rows[i]));
	json_put(o, "networks", nets);
	print_json(o, format);
	json_free(o);
}

/* Warns of files that could not be read, whose column is incomplete. */
static void print_failures(const struct report *r)
{
	output_flush(NULL);
	for (size_t i = 0; i < r->n_notes; i++)
		if (r->notes[i].failed)
			explain_note(&r->notes[i], stderr);
}

static int load(const struct args *args, struct conf_file **ret, struct err *e)
{
	const char *rootfs = args_option(args, "rootfs"), *config = args_option(args, "config");
	struct ct ct;
	int r;

	if (args->ctid ? rootfs || config : !rootfs || !config)
		return args_usage(args, e, "give a CTID, --repair, or --rootfs and --config");
	if (!args->ctid)
		return conf_load(config, 0, ret, e);
	r = need_root("net", e);
	if (r < 0)
		return r;
	r = ct_open(args->ctid, 0, &ct, e);
	if (r == 0)
		r = ct_load_in_effect(&ct, e);
	if (r == 0)
		*ret = steal(&ct.file);
	return finish_ct(&ct, r);
}

static int repair(const struct args *args, struct err *e)
{
	int r;

	if (args_option(args, "rootfs") || args_option(args, "config") ||
	    args_option(args, "output-format"))
		return args_usage(args, e, "--repair takes no other option");
	r = need_root("net --repair", e);
	return r < 0 ? r : net_repair(args->ctid, e);
}

int cmd_net(const struct args *args, struct err *e)
{
	enum format format = args_format(args);
	struct net_rows rows[CONF_MAX_NETS];
	struct conf_file *f = NULL;
	struct net_look look;
	bool differ = false;
	int r;

	if (args_flag(args, "repair"))
		return repair(args, e);
	r = load(args, &f, e);
	if (r < 0)
		return r;
	r = args->ctid ? net_look(conf_values(f), &look, e)
		       : net_look_at_folder(conf_values(f), args_option(args, "rootfs"), &look, e);
	for (size_t i = 0; r == 0 && i < look.conf->n_nets; i++) {
		net_rows_make(&look, i, &rows[i]);
		differ |= rows[i].differ || (look.ends && look.ends[i].fault);
	}
	if (r == 0 && format == FORMAT_TEXT)
		print_text(&look, rows, differ);
	else if (r == 0)
		print_as_json(&look, rows, differ, format);
	if (r == 0)
		print_failures(&look.files);
	for (size_t i = 0; r == 0 && i < look.conf->n_nets; i++)
		net_rows_done(&rows[i]);
	net_look_done(&look);
	conf_free(f);
	return r < 0 ? r : differ;
}
