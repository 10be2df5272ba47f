/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/create.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ct/build.h"
#include "ct/check/clashes.h"
#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/destroy.h"
#include "ct/idmap.h"
#include "ct/transaction.h"
#include "ct/volume/new-volumes.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/interrupt.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/store.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/ssh-host-keys.h"
#include "lib/rootfs/unpack.h"
#include "lib/runtime/lower/lower.h"
#include "lib/storage/storage.h"

#define INCLUDES "/usr/share/lxc/config"

struct creation {
	struct ct *ct;
	const struct create *wanted;
	struct transaction undo;
	struct idmap map;
	struct volume volume;
	struct hostkeys keys;
	struct unpack_progress *progress; /* shared with the child that unpacks */
};

/* lxc-create allows a number as a name, too. */
static int check_foreign(unsigned ctid, struct err *e)
{
	autofree char *path = path_runtime_config(ctid);
	autofree char *text = NULL;
	int r = file_read(path, CONF_MAX_SIZE, &text, NULL, e);

	if (r == -ENOENT)
		return 0;
	if (r < 0 || lower_is_made(text))
		return r;
	err_set(e, EEXIST, path, "belongs to a container that pct did not create");
	return err_remedy(e, "choose another number, or remove it with lxc-destroy -n %u", ctid);
}

int ct_check_number(unsigned ctid, bool replace, struct err *e)
{
	autofree char *path = store()->path(ctid);
	int r = store()->exists(ctid, e);

	if (r == 0 && ct_is_ours(ctid) && ct_is_running(ctid)) {
		err_set(e, EEXIST, path, "is gone, but container %u runs", ctid);
		return err_remedy(e, "choose another number, or stop it: pct stop %u", ctid);
	}
	if (r <= 0)
		return r < 0 ? r : check_foreign(ctid, e);
	if (replace)
		return 0;
	err_set(e, EEXIST, path, "container %u already exists", ctid);
	return err_remedy(e, "choose another number, or replace it with --force");
}

/* ---- reserving the number ---- */

/* Called after all options of the new container are checked, so that a mistake destroys nothing. */
static int replace_old(struct creation *c, struct err *e)
{
	unsigned ctid = c->ct->ctid;
	const struct destroy how = { .taken = conf_values(c->ct->file) };
	struct ct old;
	int r = ct_check_number(ctid, c->wanted->replace, e);

	if (r == 0)
		r = store()->exists(ctid, e);
	if (r <= 0)
		return r;
	r = ct_open(ctid, CT_LOAD, &old, e);
	if (r == 0)
		r = ct_destroy(&old, &how, e);
	ct_close(&old);
	return r;
}

static int undo_folders(void *ct, struct err *e)
{
	return ct_remove_folders(((struct ct *)ct)->ctid, e);
}

static int undo_volume(void *volume, struct err *e)
{
	return volume_remove(volume, e);
}

/* Whether the new container takes a volume that exists. */
static bool is_taken(const struct creation *c, const struct conf_volume *named)
{
	return named->kind == CONF_VOLUME && !str_eq(named->slot, "rootfs") &&
	       !new_volumes_have(c->wanted->volumes, named->id);
}

/* Save the config without the volumes that it takes: pct destroy would remove them. */
static int save_unfinished(const struct creation *c, struct err *e)
{
	struct conf_file *copy = conf_copy(c->ct->file);
	const struct conf *conf = conf_values(c->ct->file);
	int r;

	for (size_t i = 0; i < conf->n_volumes; i++) {
		autofree char *key = xasprintf("pve.%s", conf->volumes[i].slot);

		if (is_taken(c, &conf->volumes[i]))
			conf_set_key(copy, key, NULL);
	}
	r = store()->save(copy, e);
	conf_free(copy);
	return r;
}

/*
 * Saves a locked config: other commands see that the number is taken, and if this process is
 * killed, pct destroy finds the volume by its name.
 */
static int reserve(struct creation *c, struct err *e)
{
	struct ct *ct = c->ct;
	autofree char *volid = NULL;
	int r = volume_root_id(c->wanted->storage, ct->ctid, c->wanted->mib, &volid, e);

	if (r == 0)
		r = store()->reserve(ct->ctid, e);
	if (r < 0)
		return r;
	transaction_add(&c->undo, undo_folders, ct);
	conf_set_key(ct->file, "pve.volid", volid);
	conf_set_key(ct->file, "pve.lock", "create");
	return save_unfinished(c, e);
}

/* Holds the lock of the id ranges until the config with the new range is saved. */
static int take_place(struct creation *c, struct err *e)
{
	struct conf_file *f = c->ct->file;
	autoclose int ids = -1;
	int r = 0;

	if (conf_values(f)->idmap) {
		ids = ct_lock_ids(e);
		r = ids < 0 ? ids : 0;
	}
	if (r == 0 && c->wanted->own_ids)
		r = ct_idmap_assign(f, e);
	if (r == 0 && conf_values(f)->mapped)
		r = conf_idmap(conf_values(f), &c->map, e);
	return r < 0 ? r : reserve(c, e);
}

/* ---- building ---- */

/* Returns when the child has written its answer or ended, or a signal has arrived. */
static void watch(const struct creation *c, const struct run_child *child)
{
	const struct create *wanted = c->wanted;
	struct pollfd out = { .fd = child->out, .events = POLLIN };

	while (!interrupt_signal() && poll(&out, 1, 200) <= 0)
		if (wanted->show)
			wanted->show(wanted->show_arg,
				     atomic_load_explicit(&c->progress->read,
							  memory_order_relaxed));
}

/*
 * Children of the killed child keep the volume in use until they end.  They became children of this
 * process, which is a subreaper.
 */
static void reap_orphans(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
}

static int build(struct creation *c, struct built *ret, char **ret_notes, struct err *e)
{
	const struct create *wanted = c->wanted;
	struct build b = {
		.ctid = c->ct->ctid,
		.conf = c->ct->file,
		.volume = &c->volume,
		.volumes = wanted->volumes,
		.map = conf_values(c->ct->file)->mapped ? &c->map : NULL,
		.archive = wanted->archive,
		.archive_name = wanted->archive_name,
		.unpack_gib = wanted->unpack_gib,
		.password_hash = wanted->password_hash,
		.ssh_keys = wanted->ssh_keys,
		.user_data = wanted->user_data,
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
	/* Ctrl-C kills the child, too: report the signal, not the child's death. */
	return interrupt_signal() ? interrupt_check(e) : r;
}

static void start_keys(struct creation *c)
{
	struct err e;

	if (hostkeys_start(c->ct->run, conf_values(c->ct->file)->hostname, &c->keys, &e) < 0)
		ct_note(c->ct, "cannot make ssh host keys: %s: %s", e.object, e.cause);
}

static void take_notes(struct ct *ct, const char *notes)
{
	autostrv char **line = strv_split(notes, "\n");

	for (char **l = line; l && *l; l++)
		ct_note(ct, "%s", *l);
}

/* Add the settings that follow from the template and the volume. */
static int complete(struct creation *c, const struct built *built, struct err *e)
{
	struct conf_file *f = c->ct->file;
	autofree char *arch = conf_get(f, "arch"), *size = conf_disksize(c->wanted->mib);
	autofree char *include = xasprintf(INCLUDES "/%s", built->include[0] ? built->include :
					   "common.conf");

	conf_set_key(f, "lxc.include", include);
	if (c->wanted->mib)
		conf_set_key(f, "pve.disksize", size);
	return built->arch[0] && !arch ? conf_set(f, "arch", built->arch, e) : 0;
}

/* liblxc's config first: other commands use the container once its own config is unlocked. */
static int save(struct ct *ct, struct err *e)
{
	autofree char *text = NULL;
	int r;

	conf_set_key(ct->file, "pve.lock", NULL);
	r = ct_lower_text(ct->file, &text, e);
	if (r == 0)
		r = ct_write_lowered(ct->ctid, text, e);
	return r < 0 ? r : store()->save(ct->file, e);
}

static int make(struct creation *c, struct err *e)
{
	autofree char *notes = NULL;
	struct built built;
	int r = take_place(c, e);

	if (r == 0)
		r = volume_create(c->wanted->storage, c->ct->ctid, c->wanted->mib, &c->volume, e);
	if (r < 0)
		return r;
	transaction_add(&c->undo, undo_volume, &c->volume);
	transaction_add(&c->undo, new_volumes_undo, c->wanted->volumes);
	r = new_volumes_make(c->wanted->volumes,
			     conf_values(c->ct->file)->mapped ? &c->map : NULL, e);
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
	rmdir(c->ct->run);
	take_notes(c->ct, notes);
	r = complete(c, &built, e);
	return r < 0 ? r : save(c->ct, e);
}

/* An existing volume may have data that the template's files would replace. */
static int check_volumes(struct creation *c, struct err *e)
{
	const struct conf *conf = conf_values(c->ct->file);
	int r = 0;

	for (size_t i = 0; i < conf->n_volumes && r == 0; i++) {
		const struct conf_volume *named = &conf->volumes[i];

		if (!is_taken(c, named))
			continue;
		r = volume_check_slot(conf, named, e);
		if (r == 0)
			ct_note(c->ct,
				"%s: the volume %s is kept as it is: the files of the "
				"template in %s are not put into it",
				named->slot, named->id, named->mount_point);
	}
	return r;
}

static int check(struct creation *c, struct err *e)
{
	struct ct *ct = c->ct;
	int r = ct_check_number(ct->ctid, c->wanted->replace, e);

	/* If no range is free, fail before the old container is destroyed. */
	if (r == 0 && c->wanted->own_ids)
		r = ct_idmap_assign(ct->file, e);
	if (r == 0)
		r = ct_check_lower(ct->file, e);
	if (r == 0)
		r = check_volumes(c, e);
	if (r == 0) {
		clashes_note(ct, NULL, conf_values(ct->file));
		ct_idmap_note(ct, conf_values(ct->file));
	}
	return r;
}

static int create(struct creation *c, struct err *e)
{
	int r = check(c, e);

	if (r == 0)
		r = ct_lock(c->ct, e);
	if (r == 0)
		r = replace_old(c, e);
	if (r < 0)
		return r;
	transaction_begin(&c->undo, c->ct);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	r = transaction_end(&c->undo, make(c, e), e);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	return r;
}

int ct_create(struct ct *ct, const struct create *wanted, struct err *e)
{
	struct creation c = { .ct = ct, .wanted = wanted, .keys = HOSTKEYS_INIT };
	int r;

	c.progress = mmap(NULL, sizeof *c.progress, PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (c.progress == MAP_FAILED)
		return err_sys(e, NULL, "get memory");
	r = create(&c, e);
	volume_done(&c.volume);
	munmap(c.progress, sizeof *c.progress);
	return r;
}
