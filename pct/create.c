/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ct/build.h"
#include "ct/clashes.h"
#include "ct/ct.h"
#include "ct/idmap.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/interrupt.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/hostkeys.h"
#include "lib/rootfs/unpack.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/destroy.h"
#include "pct/secret.h"

#define DEFAULT_GIB 4
#define MAX_GIB (1024 * 1024)
#define INCLUDES "/usr/share/lxc/config"

struct create {
	const struct args *args;
	unsigned ctid;
	struct conf_file *conf;
	char *storage;
	unsigned gib, unpack_gib;
	struct idmap map;
	char *archive_name;
	int archive;
	uint64_t archive_size; /* 0: not known */
	char *password_hash, *ssh_keys;
	bool reserved;
	struct volume volume;
	struct hostkeys keys;
	struct unpack_progress *progress;
};

/* ---- what is wanted ---- */

static bool is_own_option(const char *name)
{
	for (const struct option_def *o = create_options; o->name; o++)
		if (str_eq(o->name, name))
			return true;
	return false;
}

static int set_defaults(struct create *c, struct err *e)
{
	autofree char *name = xasprintf("CT%u", c->ctid);
	int r = args_option(c->args, "hostname") ? 0 : conf_set(c->conf, "hostname", name, e);

	for (const struct conf_option *o = conf_options; r == 0 && o->name; o++) {
		if (!o->initial || args_option(c->args, o->name))
			continue;
		/* Swap is counted on top of a memory limit. */
		if (str_eq(o->name, "swap") && conf_values(c->conf)->memory == 0)
			continue;
		r = conf_set(c->conf, o->name, o->initial, e);
	}
	return r;
}

static bool is_auto_idmap(const struct option *o)
{
	return str_eq(o->name, "idmap") && idmap_option_is_auto(o->value);
}

/* Whether there is a range is known before a container is replaced; it is given in make(). */
static int take_idmap(struct create *c, struct err *e)
{
	const char *value = args_option(c->args, "idmap");
	const char *mark = args_option(c->args, "unprivileged");
	bool on = true;
	int r = idmap_option_is_auto(value) ? idmap_option_assign(c->conf, e) : 0;

	if (r < 0 || !value || str_eq(value, "shared"))
		return r;
	if (mark)
		parse_bool(mark, &on);
	if (!on || !conf_values(c->conf)->unprivileged)
		return err_set(e, ERR_USAGE, "--idmap", on ? "root of the host is among the ids" :
			       "a privileged container has the ids of the host");
	return 0;
}

static int take_conf(struct create *c, struct err *e)
{
	int r = 0;

	c->conf = conf_new(c->ctid);
	for (size_t i = 0; r == 0 && i < c->args->n_options; i++) {
		const struct option *o = &c->args->options[i];

		if (!is_own_option(o->name) && !is_auto_idmap(o))
			r = args_blame(conf_set(c->conf, o->name, o->value, e), e);
	}
	if (r == 0)
		r = set_defaults(c, e);
	if (r == 0)
		r = take_idmap(c, e);
	if (r == 0)
		r = args_check_swap(c->args, c->conf, e);
	if (r == 0 && conf_values(c->conf)->mapped)
		r = conf_idmap(conf_values(c->conf), &c->map, e);
	if (args_option(c->args, "idmap"))
		r = args_blame(r, e);
	if (r == 0) {
		clashes_warn(NULL, conf_values(c->conf));
		idmap_option_warn(conf_values(c->conf));
	}
	return r;
}

static int take_rootfs(struct create *c, struct err *e)
{
	const char *storage = args_option(c->args, "storage");
	const char *value = args_option(c->args, "rootfs"), *size;
	uint64_t gib = DEFAULT_GIB;

	if (!storage)
		storage = CREATE_STORAGE;
	size = value ? strrchr(value, ':') : NULL;
	size = size ? size + 1 : value;
	if (size && !parse_uint(size, 0, MAX_GIB, &gib)) {
		err_set(e, ERR_USAGE, "--rootfs", "bad size \"%s\"", value);
		return err_remedy(e, "write it as STORAGE:GIB, as in local:8");
	}
	if (size && size != value)
		c->storage = xstrndup(value, (size_t)(size - value) - 1);
	else
		c->storage = xstrdup(storage);
	c->gib = (unsigned)gib;
	return storage_check(c->storage, e);
}

/* As much as a volume has whose size is not given. */
static int take_limit(struct create *c, struct err *e)
{
	const char *value = args_option(c->args, "unpack-limit");
	uint64_t gib = DEFAULT_GIB;

	if (value && !parse_uint(value, 1, MAX_GIB, &gib)) {
		err_set(e, ERR_USAGE, "--unpack-limit", "bad size \"%s\"", value);
		return err_remedy(e, "write it as GIB, as in 16");
	}
	c->unpack_gib = (unsigned)gib;
	if (!value || c->gib == 0)
		return 0;
	err_set(e, ERR_USAGE, "--unpack-limit", "is for a folder, and the volume has a size");
	return err_remedy(e, "leave it out, or give --rootfs %s:0 for a folder", c->storage);
}

static int take_archive(struct create *c, struct err *e)
{
	const char *spec = c->args->positional[0];
	struct stat st;
	int r;

	if (str_eq(spec, "-")) {
		if (isatty(STDIN_FILENO))
			return err_set(e, EINVAL, "-", "standard input is a terminal, no template");
		if (secret_is_read(c->args)) {
			err_set(e, ERR_USAGE, "--password", "standard input is the template");
			return err_remedy(e, "name the template's file");
		}
		c->archive_name = xstrdup("standard input");
		c->archive = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	} else {
		r = template_find(spec, &c->archive_name, e);
		if (r < 0)
			return r;
		c->archive = open(c->archive_name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (c->archive < 0)
		return err_sys(e, c->archive_name, "open");
	if (fstat(c->archive, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	c->archive_size = (uint64_t)st.st_size;
	/* --force must not lose a container to a file that is no template. */
	return unpack_probe(c->archive, c->archive_name, e);
}

/* A container that was made with lxc-create may have a number for a name, too. */
static int check_foreign(unsigned ctid, struct err *e)
{
	autofree char *path = path_runtime_config(ctid);
	autofree char *text = NULL;
	int r = file_read(path, CONF_MAX_SIZE, &text, NULL, e);

	if (r == -ENOENT)
		return 0;
	if (r < 0 || str_after(text, "# made by pct "))
		return r;
	err_set(e, EEXIST, path, "belongs to a container that is not pct's");
	return err_remedy(e, "choose another number, or remove it with lxc-destroy -n %u", ctid);
}

static int check_number(const struct create *c, struct err *e)
{
	autofree char *path = path_ct_config(c->ctid);

	if (access(path, F_OK) < 0)
		return errno == ENOENT ? check_foreign(c->ctid, e) : err_sys(e, path, "look at");
	if (args_flag(c->args, "force"))
		return 0;
	err_set(e, EEXIST, path, "container %u exists already", c->ctid);
	return err_remedy(e, "choose another number, or replace it with --force");
}

static int take_options(struct create *c, struct err *e)
{
	int r = check_number(c, e);

	if (r == 0)
		r = take_conf(c, e);
	if (r == 0)
		r = take_rootfs(c, e);
	if (r == 0)
		r = take_limit(c, e);
	if (r == 0)
		r = take_archive(c, e);
	if (r == 0)
		r = secret_ssh_keys(c->args, &c->ssh_keys, e);
	return r == 0 ? secret_password(c->args, &c->password_hash, e) : r;
}

/* ---- reserving the number ---- */

/* ETC/lxc leads to the folder of this node. */
static int make_node_dir(struct err *e)
{
	autofree char *link = xasprintf("%s/lxc", path_etc());
	autofree char *target = NULL, *dir = NULL;
	char node[256];
	int r;

	if (access(link, F_OK) == 0)
		return 0;
	if (gethostname(node, sizeof node) < 0)
		return err_sys(e, "host name", "get");
	node[sizeof node - 1] = '\0';
	node[strcspn(node, ".")] = '\0';
	if (!*node || *node == '.' || strchr(node, '/'))
		return err_set(e, EINVAL, "host name", "\"%s\" cannot be a node's name", node);
	target = xasprintf("nodes/%s/lxc", node);
	dir = xasprintf("%s/%s", path_etc(), target);
	r = file_mkdirs(dir, 0755, e);
	if (r < 0)
		return r;
	if (symlink(target, link) < 0 && errno != EEXIST)
		return err_sys(e, link, "make link");
	return file_sync_parent(link, e);
}

/* What the number was is gone only now that all that was asked for makes sense. */
static int replace_old(const struct create *c, struct err *e)
{
	autofree char *path = path_ct_config(c->ctid);
	int r = check_number(c, e);

	return r == 0 && access(path, F_OK) == 0 ? destroy_container(c->ctid, e) : r;
}

/* What others see meanwhile, and pct destroy finds what a killed create has left by. */
static int reserve(struct create *c, struct err *e)
{
	autofree char *dir = path_ct_dir(c->ctid), *path = path_ct_config(c->ctid);
	autofree char *volid = volume_root_id(c->storage, c->ctid, c->gib);
	int r = make_node_dir(e);

	if (r < 0)
		return r;
	/* An empty one is what a create leaves that was killed at this point, or half a config. */
	file_remove_stale(path);
	if (rmdir(dir) < 0 && errno == ENOTEMPTY) {
		err_set(e, EEXIST, dir, "holds files, but no config");
		return err_remedy(e, "see what they are, and move them away");
	}
	if (mkdir(dir, 0755) < 0)
		return err_sys(e, dir, "make folder");
	c->reserved = true;
	r = file_sync_parent(dir, e);
	if (r < 0)
		return r;
	conf_set_key(c->conf, "pve.volid", volid);
	conf_set_key(c->conf, "pve.lock", "create");
	return conf_save(c->conf, path, e);
}

/* Until others see who has the ids nobody else is given any. */
static int take_place(struct create *c, struct err *e)
{
	const char *idmap = args_option(c->args, "idmap");
	autoclose int ids = -1;
	int r = 0;

	if (idmap) {
		ids = ct_lock_ids(e);
		r = ids < 0 ? ids : 0;
	}
	if (r == 0 && idmap_option_is_auto(idmap))
		r = idmap_option_assign(c->conf, e);
	if (r == 0 && conf_values(c->conf)->mapped)
		r = conf_idmap(conf_values(c->conf), &c->map, e);
	return r < 0 ? r : reserve(c, e);
}

/* ---- building ---- */

static void show_progress(const struct create *c, bool last)
{
	uint64_t read = atomic_load_explicit(&c->progress->read, memory_order_relaxed);

	if (!isatty(STDERR_FILENO))
		return;
	if (last)
		fprintf(stderr, "\r\033[K");
	else if (c->archive_size)
		fprintf(stderr, "\r\033[Kpct: unpacking: %u %%",
			(unsigned)(100 * (read < c->archive_size ? read : c->archive_size) /
				   c->archive_size));
	else
		fprintf(stderr, "\r\033[Kpct: unpacking: %llu MiB",
			(unsigned long long)(read >> 20));
	fflush(stderr);
}

/* Returns when the child has something to say, or a signal has come. */
static void watch(const struct create *c, const struct run_child *child)
{
	struct pollfd out = { .fd = child->out, .events = POLLIN };

	while (!interrupt_signal() && poll(&out, 1, 200) <= 0)
		show_progress(c, false);
	show_progress(c, true);
}

/* The child's children hold the volume until they are gone, too: they were given to us. */
static void reap_orphans(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
}

static int build(struct create *c, struct built *ret, char **ret_notes, struct err *e)
{
	struct build b = {
		.ctid = c->ctid,
		.conf = c->conf,
		.volume = &c->volume,
		.map = conf_values(c->conf)->mapped ? &c->map : NULL,
		.archive = c->archive,
		.archive_name = c->archive_name,
		.unpack_gib = c->unpack_gib,
		.password_hash = c->password_hash,
		.ssh_keys = c->ssh_keys,
		.keys = &c->keys,
		.progress = c->progress,
	};
	struct run_child child;
	int r = build_start(&b, &child, e);

	if (r < 0)
		return r;
	watch(c, &child);
	if (interrupt_signal())
		kill(child.pid, SIGKILL);
	r = build_finish(&child, ret, ret_notes, e);
	/* A signal of the terminal reaches the child as well; its death is no cause. */
	return interrupt_signal() ? interrupt_check(e) : r;
}

static void start_keys(struct create *c)
{
	autofree char *parent = path_ct_run(c->ctid);
	struct err e;

	if (hostkeys_start(parent, conf_values(c->conf)->hostname, &c->keys, &e) < 0)
		fprintf(stderr, "pct: container %u: no ssh host keys are made: %s: %s\n", c->ctid,
			e.object, e.cause);
}

/* They quote what lies in the container: nothing of it may reach the terminal as it is. */
static void print_notes(const struct create *c, const char *notes)
{
	autostrv char **line = strv_split(notes, "\n");

	for (char **l = line; *l; l++) {
		text_disarm(*l, "");
		fprintf(stderr, "pct: container %u: %s\n", c->ctid, *l);
	}
}

static int finish(struct create *c, const struct built *built, struct err *e)
{
	autofree char *path = path_ct_config(c->ctid), *size = NULL;
	autofree char *include = xasprintf(INCLUDES "/%s", built->include[0] ? built->include :
					   "common.conf");
	int r = 0;

	conf_set_key(c->conf, "lxc.include", include);
	if (c->gib) {
		size = xasprintf("%u", c->gib);
		conf_set_key(c->conf, "pve.disksize", size);
	}
	if (built->shifted)
		conf_set_key(c->conf, "pve.shifted", "1");
	if (built->arch[0] && !args_option(c->args, "arch"))
		r = conf_set(c->conf, "arch", built->arch, e);
	conf_set_key(c->conf, "pve.lock", NULL);
	/* liblxc's config first: the container exists when its own config is no longer locked. */
	if (r == 0)
		r = ct_lower(c->conf, e);
	return r < 0 ? r : conf_save(c->conf, path, e);
}

static int make(struct create *c, struct err *e)
{
	autofree char *notes = NULL, *run = path_ct_run(c->ctid);
	struct built built;
	int r = take_place(c, e);

	if (r == 0)
		r = volume_create(c->storage, c->ctid, c->gib, &c->volume, e);
	if (r == 0)
		r = interrupt_check(e);
	if (r < 0)
		return r;
	start_keys(c);
	r = build(c, &built, &notes, e);
	hostkeys_done(&c->keys);
	reap_orphans();
	if (r < 0)
		return r;
	rmdir(run);
	print_notes(c, notes);
	r = finish(c, &built, e);
	return r < 0 ? r : interrupt_check(e);
}

static void undo(struct create *c)
{
	struct err e;

	/* A second Ctrl-C must not stop this. */
	interrupt_ignore();
	if (c->reserved &&
	    destroy_unfinished(c->ctid, c->volume.path ? &c->volume : NULL, &e) < 0)
		err_print(&e, "pct", stderr);
}

static int create(struct create *c, struct err *e)
{
	autoclose int lock = -1;
	int r = take_options(c, e);

	if (r == 0)
		r = ct_check_lower(c->conf, e);
	if (r < 0)
		return r;
	lock = ct_lock(c->ctid, e);
	if (lock < 0)
		return lock;
	r = replace_old(c, e);
	if (r < 0)
		return r;
	interrupt_note();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	r = make(c, e);
	if (r < 0) {
		undo(c);
		return r;
	}
	interrupt_default();
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	return 0;
}

static void create_done(struct create *c)
{
	conf_free(c->conf);
	free(c->storage);
	free(c->archive_name);
	if (c->archive >= 0)
		close(c->archive);
	free(c->password_hash);
	free(c->ssh_keys);
	volume_done(&c->volume);
	munmap(c->progress, sizeof *c->progress);
}

/* By pct, whose monitor has no library of what made the container. */
static int start(unsigned ctid, struct err *e)
{
	autofree char *number = xasprintf("%u", ctid);

	execl(path_pct(), "pct", "start", number, (char *)NULL);
	return err_sys(e, path_pct(), "run");
}

int cmd_create(const struct args *args, struct err *e)
{
	struct create c = { .args = args, .ctid = args->ctid, .archive = -1,
			    .keys = HOSTKEYS_INIT };
	int r;

	c.progress = mmap(NULL, sizeof *c.progress, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c.progress == MAP_FAILED)
		return err_sys(e, NULL, "get memory");
	r = create(&c, e);
	create_done(&c);
	return r == 0 && args_flag(args, "start") ? start(args->ctid, e) : r;
}
