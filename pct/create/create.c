/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/create.h"
#include "ct/ct.h"
#include "ct/systemd-unit.h"
#include "ct/volume/new-volumes.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/store.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/unpack.h"
#include "lib/storage/look.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/create/password-options.h"
#include "pct/create/recipe.h"
#include "pct/create/user-data.h"
#include "pct/notes.h"

#define DEFAULT_GIB 4
#define MAX_GIB (1024 * 1024)

struct request {
	const struct args *args;
	struct ct ct;
	struct create create;
	struct new_volumes volumes;
	char *storage, *archive_name, *password_hash, *ssh_keys, *user_data;
	uint64_t archive_size; /* bytes; 0: unknown */
};

static bool is_own_option(const char *name)
{
	for (const struct option_def *o = create_options; o->name; o++)
		if (str_eq(o->name, name))
			return true;
	return false;
}

static int set_defaults(struct request *q, struct err *e)
{
	autofree char *name = xasprintf("CT%u", q->ct.ctid);
	int r = args_option(q->args, "hostname") ? 0 : conf_set(q->ct.file, "hostname", name, e);

	for (const struct conf_option *o = conf_options; r == 0 && o->name; o++) {
		if (!o->initial || args_option(q->args, o->name))
			continue;
		/* A swap limit is added to a memory limit, so it needs one. */
		if (str_eq(o->name, "swap") && conf_values(q->ct.file)->memory == 0)
			continue;
		r = conf_set(q->ct.file, o->name, o->initial, e);
	}
	return r;
}

static bool is_auto_idmap(const struct option *o)
{
	return str_eq(o->name, "idmap") && str_eq(o->value, "auto");
}

static int take_idmap(struct request *q, struct err *e)
{
	const char *value = args_option(q->args, "idmap");
	const char *mark = args_option(q->args, "unprivileged");
	bool on = true;

	q->create.own_ids = str_eq(value, "auto");
	if (!value || str_eq(value, "shared"))
		return 0;
	if (mark)
		parse_bool(mark, &on);
	if (!on || !conf_values(q->ct.file)->unprivileged)
		return err_set(e, ERR_USAGE, "--idmap", on ? "contains the host's root (id 0)" :
			       "a privileged container has no id map");
	return 0;
}

/* A value of mpN that asks for a new volume gets its name. */
static int take_option(struct request *q, const struct option *o, struct err *e)
{
	autofree char *named = NULL;
	const struct conf_option *option = conf_option_find(o->name);
	int r;

	if (!option || !str_eq(option->name, "mpN") || !new_volume_is_wanted(o->value))
		return ct_set_option(q->ct.file, o->name, o->value, e);
	r = new_volumes_add(&q->volumes, conf_values(q->ct.file), o->value, &named, e);
	return r < 0 ? r : ct_set_option(q->ct.file, o->name, named, e);
}

static int take_conf(struct request *q, struct err *e)
{
	struct idmap map;
	int r = 0;

	q->ct.file = conf_new(q->ct.ctid);
	for (size_t i = 0; r == 0 && i < q->args->n_options; i++) {
		const struct option *o = &q->args->options[i];

		if (!is_own_option(o->name) && !is_auto_idmap(o))
			r = args_blame(take_option(q, o, e), e);
	}
	if (r == 0)
		r = set_defaults(q, e);
	if (r == 0)
		r = take_idmap(q, e);
	if (r == 0)
		r = args_check_swap(q->args, q->ct.file, e);
	if (r == 0)
		r = args_check_nameserver(q->args, q->ct.file, e);
	if (r == 0 && conf_values(q->ct.file)->mapped)
		r = conf_idmap(conf_values(q->ct.file), &map, e);
	return args_option(q->args, "idmap") ? args_blame(r, e) : r;
}

/* "8" or "0.5": GiB, in MiB, rounded up. */
static bool parse_gib(const char *text, uint64_t *ret)
{
	size_t whole = strspn(text, "0123456789");
	size_t point = text[whole] == '.' ? 1 + strspn(text + whole + 1, "0123456789") : 0;
	double mib = strtod(text, NULL) * 1024;

	if (!whole || point == 1 || text[whole + point] || mib > MAX_GIB * 1024.0)
		return false;
	*ret = (uint64_t)mib + (mib > (double)(uint64_t)mib);
	return true;
}

/* The volume of "[volume=]STORAGE:GIB,WORD=VALUE..."; the caller frees.  NULL: none. */
static char *split_rootfs(const char *value, struct buf *words)
{
	autostrv char **parts = strv_split(value, ",");
	char *volume = NULL;

	for (char **part = parts; *part; part++) {
		const char *named = str_after(*part, "volume=");

		if (!volume && (named || !strchr(*part, '=')))
			volume = xstrdup(named ? named : *part);
		/* The size is that of the new volume. */
		else if (!str_after(*part, "size="))
			buf_addf(words, "%s%s", words->len ? "," : "", *part);
	}
	return volume;
}

/* Another storage than usual is told. */
static int find_default(struct request *q, struct err *e)
{
	int r = storage_default(&q->storage, e);

	if (r == 0 && !str_eq(q->storage, "local"))
		fprintf(stderr, "pct: the storage is %s\n", q->storage);
	return r;
}

static int take_rootfs(struct request *q, struct err *e)
{
	const char *storage = args_option(q->args, "storage");
	const char *value = args_option(q->args, "rootfs"), *size;
	autobuf words = BUF_INIT;
	autofree char *volume = value ? split_rootfs(value, &words) : NULL;
	int r = words.len ? conf_set_rootfs_words(q->ct.file, words.s, e) : 0;

	if (r < 0)
		return args_blame(r, e);
	size = volume ? strrchr(volume, ':') : NULL;
	size = size ? size + 1 : volume;
	q->create.mib = DEFAULT_GIB * 1024;
	if (value && (!size || !parse_gib(size, &q->create.mib))) {
		err_set(e, ERR_USAGE, "--rootfs", "bad size \"%s\"", value);
		return err_remedy(e, "write it as STORAGE:GIB, as in local:8 or local:0.5");
	}
	if (size && size != volume)
		q->storage = xstrndup(volume, (size_t)(size - volume) - 1);
	else if (storage)
		q->storage = xstrdup(storage);
	else
		r = find_default(q, e);
	return r < 0 ? r : storage_check_ready(q->storage, e);
}

/* The default limit of a folder is the default size of a volume. */
static int take_limit(struct request *q, struct err *e)
{
	const char *value = args_option(q->args, "unpack-limit");
	uint64_t gib = DEFAULT_GIB;

	if (value && !parse_uint(value, 1, MAX_GIB, &gib)) {
		err_set(e, ERR_USAGE, "--unpack-limit", "bad size \"%s\"", value);
		return err_remedy(e, "write it as GIB, as in 16");
	}
	q->create.unpack_gib = (unsigned)gib;
	if (!value || q->create.mib == 0)
		return 0;
	err_set(e, ERR_USAGE, "--unpack-limit", "limits only folders, and this volume has a size");
	return err_remedy(e, "omit it, or give --rootfs %s:0 for a folder", q->storage);
}

/* Name the command that builds "debian-13-networkd", if the recipe has these choices. */
static int advise_build(const char *spec, struct err *e)
{
	__attribute__((cleanup(recipe_done))) struct recipe recipe = { 0 };
	autostrv char **words = strv_split(spec, "-_"), **releases = NULL, **variants = NULL;
	autofree char *command = NULL;

	if (!words || strpbrk(spec, "/:.") || recipe_load(words[0], &recipe, NULL) < 0)
		return err_code(e);
	releases = recipe_releases(&recipe);
	variants = recipe_variants(&recipe);
	command = xasprintf("pct distro build %s", words[0]);
	for (char **word = words + 1; *word; word++) {
		bool is_release = releases && strv_has(releases, *word);
		char *longer;

		/* The default variant, in the names of templates. */
		if (str_eq(*word, "standard"))
			continue;
		if (!is_release && !(variants && strv_has(variants, *word)))
			return err_code(e);
		longer = xasprintf("%s --%s %s", command, is_release ? "release" : "variant",
				   *word);
		free(command);
		command = longer;
	}
	return err_remedy(e, "build one: %s", command);
}

/* The template that a name stands for is told, as it may change with the next one that is built. */
static int find_template(const char *spec, char **ret, struct err *e)
{
	int r = template_find(spec, ret, e);

	if (r == -ENOENT)
		return advise_build(spec, e);
	if (r == 0 && !str_ends_with(spec, basename(*ret)))
		fprintf(stderr, "pct: the template is %s\n", *ret);
	return r;
}

static int take_archive(struct request *q, struct err *e)
{
	const char *spec = q->args->positional[0];
	struct stat st;
	int r;

	if (str_eq(spec, "-")) {
		if (isatty(STDIN_FILENO))
			return err_set(e, EINVAL, "-", "standard input is a terminal");
		if (secret_is_read(q->args)) {
			err_set(e, ERR_USAGE, "--password", "standard input is the template");
			return err_remedy(e, "give the template as a file");
		}
		q->archive_name = xstrdup("standard input");
		q->create.archive = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		r = find_template(spec, &q->archive_name, e);
		if (r < 0)
			return r;
		q->create.archive = open(q->archive_name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (q->create.archive < 0)
		return err_sys(e, q->archive_name, "open");
	if (fstat(q->create.archive, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	q->archive_size = (uint64_t)st.st_size;
	/* Before --force destroys a container: check that the file is a template. */
	return unpack_probe(q->create.archive, q->archive_name, e);
}

static int take_options(struct request *q, struct err *e)
{
	int r = ct_check_number(q->ct.ctid, q->create.replace, e);

	if (r == 0)
		r = take_conf(q, e);
	if (r == 0)
		r = take_rootfs(q, e);
	if (r == 0)
		r = take_limit(q, e);
	if (r == 0)
		r = user_data_read(q->args, &q->user_data, e);
	if (r == 0)
		r = take_archive(q, e);
	if (r == 0)
		r = secret_ssh_keys(q->args, &q->ssh_keys, e);
	return r == 0 ? secret_password(q->args, &q->password_hash, e) : r;
}

static void show_progress(void *arg, uint64_t read)
{
	const struct request *q = arg;

	if (q->archive_size)
		fprintf(stderr, "\r\033[Kpct: unpacking: %u %%",
			(unsigned)(100 * (read < q->archive_size ? read : q->archive_size) /
				   q->archive_size));
	else
		fprintf(stderr, "\r\033[Kpct: unpacking: %llu MiB",
			(unsigned long long)(read >> 20));
	fflush(stderr);
}

static int create(struct request *q, struct err *e)
{
	bool show = isatty(STDERR_FILENO);
	int r = take_options(q, e);

	if (r < 0)
		return r;
	/* A start notes it as well. */
	if (!args_flag(q->args, "start"))
		note_ignored(&q->ct, q->args, q->ct.file);
	q->create.storage = q->storage;
	q->create.volumes = &q->volumes;
	q->create.archive_name = q->archive_name;
	q->create.password_hash = q->password_hash;
	q->create.ssh_keys = q->ssh_keys;
	q->create.user_data = q->user_data;
	q->create.show = show ? show_progress : NULL;
	q->create.show_arg = q;
	r = ct_create(&q->ct, &q->create, e);
	if (show)
		fprintf(stderr, "\r\033[K");
	return r;
}

static void request_done(struct request *q)
{
	new_volumes_done(&q->volumes);
	free(q->storage);
	free(q->archive_name);
	free(q->password_hash);
	free(q->ssh_keys);
	free(q->user_data);
	if (q->create.archive >= 0)
		close(q->create.archive);
}

static int start(unsigned ctid, struct err *e)
{
	struct ct ct;
	int r = ct_open(ctid, CT_LOCK, &ct, e);

	return finish_ct(&ct, r < 0 ? r : unit_start(&ct, e));
}

int cmd_create(const struct args *args, struct err *e)
{
	struct request q = { .args = args, .create = { .archive = -1 } };
	int r = ct_open(args->ctid, 0, &q.ct, e);

	q.create.replace = args_flag(args, "force");
	if (r == 0)
		r = create(&q, e);
	request_done(&q);
	r = finish_ct(&q.ct, r);
	return r == 0 && args_flag(args, "start") ? start(args->ctid, e) : r;
}
