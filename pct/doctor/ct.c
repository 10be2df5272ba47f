/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks the configs of containers, and finds leftovers of stopped containers. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "ct/check/ids.h"
#include "ct/clean.h"
#include "ct/ct.h"
#include "ct/hookscript.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/store.h"
#include "lib/host/cgroup.h"
#include "lib/host/idmap.h"
#include "lib/runtime/devices/devices.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"
#include "pct/doctor/doctor.h"

static void check_bridges(struct doctor *d, const struct conf *conf)
{
	struct err e;

	for (size_t i = 0; i < conf->n_nets; i++)
		if (ct_check_bridge(conf, i, &e) < 0)
			doctor_add(d, DOCTOR_ERROR, &e);
}

static void check_volumes(struct doctor *d, const struct conf *conf)
{
	autofree char *path = store()->path(conf->ctid);
	struct err e;

	if (volume_check_named(conf, path, &e) < 0)
		doctor_add(d, DOCTOR_ERROR, &e);
	for (size_t i = 0; i < conf->n_volumes; i++) {
		const struct conf_volume *v = &conf->volumes[i];
		int r = volume_check_slot(conf, v, &e);

		if (r == 0 && !volume_hides_ids(conf, v, &e))
			continue;
		err_wrap(&e, "container %u: %s", conf->ctid, v->slot);
		doctor_add(d, r < 0 ? DOCTOR_ERROR : DOCTOR_WARNING, &e);
	}
}

static void check_devices(struct doctor *d, const struct conf *conf)
{
	struct idmap map;
	bool mapped = conf->mapped && conf_idmap(conf, &map, NULL) == 0;
	struct err e;

	for (size_t i = 0; i < conf->n_devices; i++)
		if (devices_check(&conf->devices[i], mapped ? &map : NULL, &e) < 0) {
			err_wrap(&e, "container %u: %s", conf->ctid, conf->devices[i].slot);
			doctor_add(d, DOCTOR_ERROR, &e);
		}
}

static void check_hookscript(struct doctor *d, const struct conf *conf)
{
	struct err e;

	if (hookscript_check(conf, &e) < 0)
		doctor_add(d, DOCTOR_ERROR, &e);
}

void doctor_configs(struct doctor *d)
{
	struct ids all = { 0 }, running = { 0 }, orphans = { 0 };
	struct err e;

	if (ids_find_all(&all, &e) < 0)
		doctor_add(d, DOCTOR_ERROR, &e);
	ids_find_running(&all, &running, &orphans);
	ids_add_unlisted(&all, &running);
	for (size_t i = 0; i < all.n; i++) {
		struct ct ct;
		int r = ct_open(all.v[i], CT_LOAD, &ct, &e);

		if (r == 0) {
			check_bridges(d, conf_values(ct.file));
			check_volumes(d, conf_values(ct.file));
			check_devices(d, conf_values(ct.file));
			check_hookscript(d, conf_values(ct.file));
		} else if (r != -ENOENT || ids_has(&running, all.v[i])) {
			doctor_add(d, DOCTOR_ERROR, &e);
		}
		ct_close(&ct);
	}
	free(all.v);
	free(running.v);
	free(orphans.v);
}

/* Whether its rootfs is mounted in this mount namespace.  A living monitor mounts in its own. */
static bool has_mounts(unsigned ctid)
{
	autofree char *rootfs = path_rootfs(ctid), *wanted = xasprintf(" %s ", rootfs);
	FILE *mounts = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (mounts && !found && getline(&line, &size, mounts) > 0)
		found = strstr(line, wanted);
	if (mounts)
		fclose(mounts);
	free(line);
	return found;
}

static const struct {
	const char *name;
	bool (*there)(unsigned ctid);
} remains[] = {
	{ "mounts", has_mounts },
	{ "cgroups", cgroup_is_left },
	{ "run files", runfiles_are_left },
};

/* The kinds of leftovers, like "mounts, cgroups"; NULL: none.  The caller frees. */
static char *left_by(unsigned ctid)
{
	autostrv char **words = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(remains); i++)
		if (remains[i].there(ctid))
			strv_push(&words, remains[i].name);
	return words ? strv_join(words, ", ") : NULL;
}

bool doctor_is_live(unsigned ctid)
{
	return ct_is_running(ctid) || monitor_is_alive(ctid);
}

/* 1: removed the leftovers; 0: there were none any more. */
static int clean_locked(unsigned ctid, struct err *e)
{
	autofree char *rootfs = path_rootfs(ctid), *found = NULL, *left = NULL;
	int r;

	/* Before the lock was taken, the container may have been started, or cleaned up. */
	found = doctor_is_live(ctid) ? NULL : left_by(ctid);
	if (!found)
		return 0;
	r = ct_clean(ctid, e);
	if (r == 0)
		r = mount_detach(rootfs, e);
	if (r < 0)
		return r;
	left = left_by(ctid);
	return left ? err_set(e, EBUSY, "doctor", "%s of container %u cannot be removed", left,
			      ctid) : 1;
}

static int clean(unsigned ctid, struct err *e)
{
	struct ct ct;
	int r = ct_open(ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = clean_locked(ctid, e);
	ct_close(&ct);
	return r;
}

static void check_stale(struct doctor *d, unsigned ctid)
{
	autofree char *object = xasprintf("container %u", ctid), *left = NULL;
	struct err e;

	if (doctor_is_live(ctid)) {
		if (orphan_refuse(ctid, &e) < 0)
			doctor_add(d, DOCTOR_ERROR, &e);
		return;
	}
	left = left_by(ctid);
	if (!left)
		return;
	if (d->fix) {
		int r = clean(ctid, &e);

		if (r < 0)
			doctor_add(d, DOCTOR_ERROR, &e);
		if (r <= 0)
			return;
	}
	err_set(&e, EEXIST, object, "is stopped, but has leftovers: %s", left);
	if (!d->fix)
		err_remedy(&e, "pct doctor --fix removes them");
	doctor_add(d, d->fix ? DOCTOR_FIXED : DOCTOR_WARNING, &e);
}

/* Also checks run folders without a config, which destroyed containers may leave. */
void doctor_stale(struct doctor *d)
{
	autofree char *run = path_pct_run();
	struct ids all = { 0 };
	DIR *runs = file_open_folder(AT_FDCWD, run);
	struct dirent *entry;
	unsigned ctid;

	(void)!ids_find_all(&all, NULL);
	for (size_t i = 0; i < all.n; i++)
		check_stale(d, all.v[i]);
	while (runs && (entry = readdir(runs)))
		if (parse_ctid(entry->d_name, &ctid) && !ids_has(&all, ctid))
			check_stale(d, ctid);
	if (runs)
		closedir(runs);
	free(all.v);
}

/* The container that owns an image of the storage "local"; 0: none. */
static unsigned owner_of(char *image)
{
	autofree char *images = xasprintf("%s/images/", path_vz());
	const char *number = str_after(image, images);
	unsigned ctid = 0;

	if (number)
		image[number - image + (long)strcspn(number, "/")] = '\0';
	return number && parse_ctid(number, &ctid) ? ctid : 0;
}

/* --fix does not detach them: a user may have attached the image to inspect it. */
void doctor_loops(struct doctor *d)
{
	DIR *devices = file_open_folder(AT_FDCWD, "/sys/block");
	struct dirent *entry;

	while (devices && (entry = readdir(devices))) {
		autofree char *path = xasprintf("/sys/block/%s/loop/backing_file", entry->d_name);
		autofree char *device = xasprintf("/dev/%s", entry->d_name), *image = NULL;
		struct err e;
		unsigned ctid;

		if (!str_after(entry->d_name, "loop") ||
		    file_read(path, 4096, &image, NULL, &e) < 0)
			continue;
		ctid = owner_of(image);
		if (!ctid || doctor_is_live(ctid))
			continue;
		err_set(&e, EBUSY, device, "is attached to an image of container %u, which is "
			"stopped", ctid);
		err_remedy(&e, "unmount it, then run losetup -d %s", device);
		doctor_add(d, DOCTOR_WARNING, &e);
	}
	if (devices)
		closedir(devices);
}
