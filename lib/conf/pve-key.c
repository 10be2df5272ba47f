/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Converts the keys of Proxmox VE 4 and later to our options and keys.  Keys that the conversion
 * leaves out stay in the file, since the result is not written (pve-edit.c).
 */
#include "lib/conf/pve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/cgroup-key.h"

#define MAX_PARTS 32 /* of rootfs: each changes the config */

struct import {
	struct conf_file *f;
	struct conf_findings *to;
	bool is_snapshot;
	struct buf raw;     /* lines of raw keys that pct does not use */
	unsigned *raw_line; /* line numbers of raw */
	size_t n_raw;
	const struct pve_entry **single; /* raw keys that occur once: the last of each */
	size_t n_single;
	const struct pve_entry *features; /* its effect depends on the other keys; NULL: none */
	struct conf_line *kept; /* lines that become pve.KEY */
	size_t n_kept;
};

/* Report a bad value as an error; in a snapshot as a warning, since nothing uses snapshots yet. */
static void bad(struct import *im, const struct pve_entry *entry, const char *cause)
{
	conf_findings_add(im->to, entry->line, !im->is_snapshot, entry->key, "%s", cause);
}

/* A key that the conversion leaves out. */
static void lost(struct import *im, const struct pve_entry *entry, const char *cause)
{
	if (!im->is_snapshot)
		conf_findings_add(im->to, entry->line, false, entry->key, "%s", cause);
}

static void put(struct import *im, const struct pve_entry *entry, const char *key,
		const char *value)
{
	struct err e;

	if (conf_put_line(im->f, key, value, &e) < 0)
		bad(im, entry, e.cause);
	else if (!im->is_snapshot)
		conf_findings_of_key(im->f, key, entry->line, entry->key, im->to);
}

static void set(struct import *im, const struct pve_entry *entry, const char *option,
		const char *value)
{
	struct err e;

	if (conf_set(im->f, option, value, &e) < 0)
		bad(im, entry, e.cause);
	else if (!im->is_snapshot)
		conf_findings_of_key(im->f, conf_option_find(option)->key, entry->line, entry->key,
				     im->to);
}

/* ---- keys with conversions ---- */

/* There, the network program of the container decides; Debian's takes them. */
static void note_silence(struct import *im, const struct pve_entry *entry, unsigned n)
{
	const struct conf *conf = conf_values(im->f);

	for (size_t i = 0; i < conf->n_nets; i++)
		if (conf->nets[i].index == n && conf->nets[i].ip4.method != IP_NONE &&
		    conf->nets[i].ip6.method == IP_NONE)
			lost(im, entry,
			     "has no ip6, so the container takes no IPv6 address and no route "
			     "from router advertisements, which Debian's ifupdown takes in "
			     "Proxmox VE; with ip6=auto it takes them");
}

static void take_net(struct import *im, const struct pve_entry *entry)
{
	unsigned n = (unsigned)strtoul(entry->key + strlen("net"), NULL, 10);
	struct err e;

	if (conf_net_import(im->f, n, entry->value, &e) < 0)
		bad(im, entry, e.cause);
	else if (!im->is_snapshot)
		conf_findings_of_net(im->f, n, entry->line, im->to);
	note_silence(im, entry, n);
}

/* Add parts of pve.rootfs to rest. */
static void take_rootfs_part(struct import *im, const struct pve_entry *entry, const char *part,
			     struct buf *rest)
{
	const char *volume = str_after(part, "volume="), *size = str_after(part, "size=");
	const char *value = strchr(part, '=');
	autofree char *cause = NULL, *gib = NULL;
	uint64_t mib;

	if (size && conf_size_parse(size, &mib))
		gib = conf_disksize(mib);
	if (!value)
		volume = part;
	if (volume && *volume != '/') {
		put(im, entry, "pve.volid", volume);
	} else if (gib) {
		put(im, entry, "pve.disksize", gib);
	} else if (size) {
		cause = xasprintf("is not a size: \"%s\"", size);
		bad(im, entry, cause);
	} else {
		buf_addf(rest, "%s%s", rest->len ? "," : "", volume ? volume : part);
	}
}

/* NULL: too many parts. */
static char **split_parts(struct import *im, const struct pve_entry *entry)
{
	char **parts = strv_split(entry->value, ",");

	if (strv_len(parts) > MAX_PARTS) {
		bad(im, entry, "has too many parts");
		strv_clear(&parts);
	}
	return parts;
}

static void take_rootfs(struct import *im, const struct pve_entry *entry)
{
	autostrv char **parts = split_parts(im, entry);
	autobuf rest = BUF_INIT;

	for (char **part = parts; part && *part; part++)
		take_rootfs_part(im, entry, *part, &rest);
	if (rest.len)
		put(im, entry, "pve.rootfs", rest.s);
}

/* Today's value is a cgroup v2 weight, whose default is 100. */
static void take_cpuunits(struct import *im, const struct pve_entry *entry)
{
	uint64_t n;

	if (!parse_uint(entry->value, 0, 500000, &n))
		bad(im, entry, "is not a number from 0 to 500000");
	else if (n > 10000)
		lost(im, entry, "is more than 10000, and becomes 10000");
	else if (n == 0)
		lost(im, entry, "is less than 1, and becomes 1");
	if (parse_uint(entry->value, 0, 500000, &n) && n != 100)
		put(im, entry, CGROUP2_WEIGHT,
		    n > 10000 ? "10000" : n == 0 ? "1" : entry->value);
}

static void take_entrypoint(struct import *im, const struct pve_entry *entry)
{
	put(im, entry, "lxc.init.cmd", entry->value);
}

static void take_console(struct import *im, const struct pve_entry *entry)
{
	bool on;

	if (!parse_bool(entry->value, &on))
		bad(im, entry, "is not 0 or 1");
	else if (!on)
		lost(im, entry, "has no effect: there is always a console");
}

static void take_debug(struct import *im, const struct pve_entry *entry)
{
	bool on;

	if (!parse_bool(entry->value, &on))
		bad(im, entry, "is not 0 or 1");
	else if (on)
		lost(im, entry, "has no effect");
}

static void take_features(struct import *im, const struct pve_entry *entry)
{
	im->features = entry;
}

/* Keep the key with the prefix "pve.". */
static void take_as_it_is(struct import *im, const struct pve_entry *entry)
{
	autofree char *key = xasprintf("pve.%s", entry->key);

	/* There can be hundreds with a number: put_kept(). */
	if (conf_key_find(key) && !conf_option_find(entry->key)) {
		put(im, entry, key, entry->value);
		return;
	}
	im->kept = xrealloc(im->kept, im->n_kept + 1, sizeof *im->kept);
	im->kept[im->n_kept++] = (struct conf_line){ .number = entry->line, .spelt = steal(&key),
						     .value = entry->value };
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(((const struct conf_line *)a)->spelt, ((const struct conf_line *)b)->spelt);
}

/* Insert all at once: there can be hundreds, and each edit parses the whole config again. */
static void put_kept(struct import *im)
{
	bool all;

	if (im->n_kept == 0)
		return;
	qsort(im->kept, im->n_kept, sizeof *im->kept, compare_lines);
	all = conf_insert_lines(im->f, im->kept, im->n_kept, NULL) == 0;
	/* Find the lines with errors. */
	for (size_t i = 0; i < im->n_kept && !all; i++) {
		const struct pve_entry entry = { .line = im->kept[i].number,
						 .key = (char *)im->kept[i].spelt + strlen("pve."),
						 .value = (char *)im->kept[i].value };

		put(im, &entry, im->kept[i].spelt, entry.value);
	}
	for (size_t i = 0; i < im->n_kept && !im->is_snapshot && all; i++)
		conf_findings_of_key(im->f, im->kept[i].spelt, im->kept[i].number,
				     im->kept[i].spelt + strlen("pve."), im->to);
	for (size_t i = 0; i < im->n_kept; i++)
		free((char *)im->kept[i].spelt);
	free(im->kept);
}

/* Keys that are not an option or need a conversion; those with max are followed by a number. */
static const struct rule {
	const char *key;
	void (*take)(struct import *im, const struct pve_entry *entry);
	unsigned max;
} rules[] = {
	{ "cmode", take_as_it_is, 0 },
	{ "console", take_console, 0 },
	{ "cpuunits", take_cpuunits, 0 },
	{ "debug", take_debug, 0 },
	{ "dev", take_as_it_is, 255 },
	{ "entrypoint", take_entrypoint, 0 },
	{ "features", take_features, 0 },
	{ "hookscript", take_as_it_is, 0 },
	{ "lock", take_as_it_is, 0 },
	{ "mp", take_as_it_is, 255 },
	{ "net", take_net, CONF_MAX_NETS - 1 },
	{ "parent", take_as_it_is, 0 },
	{ "rootfs", take_rootfs, 0 },
	{ "snapstate", take_as_it_is, 0 },
	{ "snaptime", take_as_it_is, 0 },
	{ "template", take_as_it_is, 0 },
	{ "unused", take_as_it_is, 255 },
};

static const struct rule *rule_find(const char *key)
{
	size_t letters = strcspn(key, "0123456789");
	uint64_t n;

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++)
		if (strlen(rules[i].key) == letters && memcmp(rules[i].key, key, letters) == 0 &&
		    (rules[i].max ? parse_uint(key + letters, 0, rules[i].max, &n) : !key[letters]))
			return &rules[i];
	return NULL;
}

static void take_key(struct import *im, const struct pve_entry *entry)
{
	const struct rule *rule = rule_find(entry->key);
	const struct conf_option *option = conf_option_find(entry->key);

	if (rule)
		rule->take(im, entry);
	else if (option && !(option->flags & CONF_OPT_INTERNAL))
		set(im, entry, entry->key, entry->value);
	else
		lost(im, entry, "unknown key, which has no effect");
}

/* ---- raw keys ---- */

/* Only the last value counts; collect them, since each edit parses the whole config again. */
static void take_single(struct import *im, const struct pve_entry *entry, const char *today)
{
	for (size_t i = 0; i < im->n_single; i++)
		if (str_eq(conf_name_today(im->single[i]->key), today)) {
			im->single[i] = entry;
			return;
		}
	im->single = xrealloc(im->single, im->n_single + 1, sizeof(const void *));
	im->single[im->n_single++] = entry;
}

static void take_raw(struct import *im, const struct pve_entry *entry)
{
	const char *today = conf_name_today(entry->key), *key = entry->key;
	const struct conf_option *o = conf_key_find(today);

	if (str_after(today, "lxc.rootfs."))
		lost(im, entry, "has no effect: rootfs names the root file system");
	else if (str_after(today, "lxc.net.") || str_after(today, "lxc.network."))
		lost(im, entry, "has no effect: netN describes a network");
	else if (conf_name_removed(today))
		lost(im, entry, "liblxc no longer has this key");
	else if (o && conf_is_limit(o))
		lost(im, entry, "has no effect: use memory, swap, cpulimit and cpuunits");
	else if ((o && !o->type->many) || str_eq(today, "lxc.init.cmd"))
		take_single(im, entry, today);
	else {
		/* The older key sets the variable for hooks, too, but every liblxc has it. */
		if (str_eq(key, "lxc.environment.runtime"))
			key = "lxc.environment";
		buf_addf(&im->raw, "%s =%s%s\n", key, *entry->value ? " " : "", entry->value);
		im->raw_line = xrealloc(im->raw_line, im->n_raw + 1, sizeof *im->raw_line);
		im->raw_line[im->n_raw++] = entry->line;
	}
}

/* Insert all at once, right behind the comment at the top of the config. */
static void put_raw(struct import *im)
{
	struct pve_entry entry = { .key = (char *)"lxc.idmap" };
	unsigned line;
	struct err e;

	if (conf_splice_lines(im->f, 1, 0, buf_str(&im->raw), &e) == 0)
		return;
	line = e.line;
	entry.line = line >= 2 && line - 2 < im->n_raw ? im->raw_line[line - 2] : 0;
	bad(im, &entry, e.cause);
}

/* ---- a section ---- */

static void take_description(struct import *im, const struct pve_section *s)
{
	struct pve_entry entry = { s->description_line, (char *)"description", NULL, false };
	autofree char *text = xstrndup(s->description.s, s->description.len);

	/* Each line of '#' adds a newline; drop the last. */
	if (str_ends_with(text, "\n"))
		text[s->description.len - 1] = '\0';
	set(im, &entry, "description", text);
}

static bool has(const struct pve_section *s, const char *key)
{
	for (size_t i = 0; i < s->n; i++)
		if (!s->v[i].deleted && str_eq(s->v[i].key, key))
			return true;
	return false;
}

struct conf_file *conf_pve_convert(const struct pve_section *s, unsigned ctid,
				   struct conf_findings *to)
{
	static const struct pve_entry memory = { 0, (char *)"memory", (char *)"512", false };
	static const struct pve_entry swap = { 0, (char *)"swap", (char *)"0", false };
	struct import im = { .f = conf_new(ctid), .to = to, .is_snapshot = s->name };

	if (!has(s, "memory"))
		take_key(&im, &memory);
	if (!has(s, "swap"))
		take_key(&im, &swap);
	for (size_t i = 0; i < s->n; i++)
		if (!s->v[i].deleted && !str_after(s->v[i].key, "lxc."))
			take_key(&im, &s->v[i]);
	put_kept(&im);
	/* Raw keys override options, so they come last. */
	for (size_t i = 0; i < s->n; i++)
		if (!s->v[i].deleted && str_after(s->v[i].key, "lxc."))
			take_raw(&im, &s->v[i]);
	/* Replaces the value that the option has set. */
	for (size_t i = 0; i < im.n_single; i++)
		put(&im, im.single[i], im.single[i]->key, im.single[i]->value);
	if (s->description.len)
		take_description(&im, s);
	if (im.n_raw)
		put_raw(&im);
	if (im.features)
		put(&im, im.features, "pve.features", im.features->value);
	buf_done(&im.raw);
	free(im.raw_line);
	free(im.single);
	return im.f;
}
