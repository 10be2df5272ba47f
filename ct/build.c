/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/build.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "ct/volume/new-volumes.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/own-volumes.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/host/free-space.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/elf.h"
#include "lib/rootfs/rootfs.h"
#include "lib/rootfs/ssh-host-keys.h"
#include "lib/rootfs/unpack-quota.h"
#include "lib/rootfs/unpack.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"
#include "setup/confined.h"

#define MAX_ANSWER (256 * 1024)
#define NEARLY_FULL (1024 * 1024)
#define BYTES_PER_FILE (16 * 1024)

/* ---- the volume ---- */

/* The owner of its top folder shows each later mount that a volume has host ids. */
static int give_to_root(const struct build *b, const struct conf *own, const char *target,
			struct err *e)
{
	struct conf root = *own;
	int r;

	root.n_volumes = 1;
	r = mount_volumes(&root, NULL, target, NULL, e);

	if (r < 0)
		return r;
	if (chown(target, idmap_root_uid(b->map), idmap_root_gid(b->map)) < 0)
		return err_sys(e, b->volume->path, "give to container root");
	return mount_detach(target, e);
}

/* The new volumes: nothing is unpacked to existing ones, and to folders and devices of the host. */
static struct conf new_volumes_only(const struct build *b)
{
	const struct conf *conf = conf_values(b->conf);
	struct conf own = *conf;

	own.volumes = xcalloc(conf->n_volumes + 1, sizeof *own.volumes);
	own.n_volumes = 0;
	for (size_t i = 0; i < conf->n_volumes; i++) {
		struct conf_volume v = conf->volumes[i];

		/* The template is unpacked to it. */
		v.read_only = false;
		if (str_eq(v.id, b->volume->id) || new_volumes_have(b->volumes, v.id))
			own.volumes[own.n_volumes++] = v;
	}
	return own;
}

/* Without id-mapped mounts, files created in the container's user namespace get host ids. */
static int mount_new(const struct build *b, const char *target, struct own_volumes *ret,
		     struct err *e)
{
	struct conf own = new_volumes_only(b);
	int r = mount_volumes(&own, b->map, target, ret, e);

	if (r == -EOPNOTSUPP) {
		r = give_to_root(b, &own, target, e);
		if (r == 0)
			r = mount_volumes(&own, b->map, target, ret, e);
	}
	free(own.volumes);
	return r;
}

static int sync_one(const struct build *b, const char *path, struct err *e)
{
	autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || syncfs(fd) < 0 ? err_sys(e, b->volume->path, "write") : 0;
}

/* Detaching a mount reports no write errors; syncfs() does. */
static int sync_and_detach(const struct build *b, const char *target,
			   const struct own_volumes *volumes, struct err *e)
{
	int r = sync_one(b, target, e);

	for (size_t i = 0; i < volumes->n && r == 0; i++) {
		autofree char *path = xasprintf("%s%s", target, volumes->v[i].path);

		r = sync_one(b, path, e);
	}
	return r < 0 ? r : mount_detach(target, e);
}

/* The limit of unpacking is EDQUOT, too, and has its own remedy. */
static bool is_unexplained(int r, const struct err *e)
{
	return r == -ENOSPC || r == -EIO || (r == -EDQUOT && !*e->remedy);
}

/* The errno does not tell whether the volume or its storage is full. */
static int explain_space(const struct build *b, struct err *e)
{
	const char *dir = b->volume->storage->path; /* NULL: the storage is no folder */
	struct statvfs fs;
	bool storage_full = dir && statvfs(dir, &fs) == 0 &&
			    (uint64_t)fs.f_bavail * fs.f_frsize < NEARLY_FULL;

	if (!storage_full && err_code(e) == -EIO)
		return err_code(e);
	if (storage_full) {
		err_set(e, ENOSPC, b->volume->path, "no space left on its storage");
		return err_remedy(e, "free some space on it, or choose another storage: --rootfs "
				     "STORAGE:GIB");
	}
	err_set(e, ENOSPC, b->volume->id, "no space left: %s does not fit into the volume",
		b->archive_name);
	return err_remedy(e, "make it larger: --rootfs STORAGE:GIB");
}

/*
 * A folder without a size gets the limits of an ext4 volume of unpack_gib: like mke2fs, one file
 * for each 16 KiB.  An image has its own limits, but it grows, so the file system below it is
 * watched.
 */
static int take_limit(const struct build *b, struct unpack_limit *ret, struct err *e)
{
	struct unpack_limit limit = UNPACK_NO_LIMIT;
	uint64_t size = 0;
	int r = b->volume->form == VOLUME_TREE ? volume_size(b->volume, &size, e) : 0;

	if (r < 0)
		return r;
	if (b->volume->form == VOLUME_TREE && !size) {
		limit.bytes = (uint64_t)b->unpack_gib << 30;
		limit.files = limit.bytes / BYTES_PER_FILE;
		limit.keep_room = true;
	} else if (b->volume->form == VOLUME_RAW && b->volume->storage->path) {
		r = room_look(b->volume->path, &limit.storage, e);
		limit.storage.files = UINT64_MAX;
	}
	*ret = limit;
	return r;
}

/* ---- inspecting the files, which are hostile, in a confined child ---- */

struct found {
	char arch[16];
	char why[256]; /* reason of an empty arch */
	bool has_ssh;
	bool has_config, has_rules; /* of Proxmox VE's vzdump */
};

#define VZDUMP "/etc/vzdump/pct."

static int look(void *arg, int out_fd, struct err *e)
{
	struct rootfs *root = NULL;
	struct found found = { 0 };
	const char *arch = NULL;
	struct err none = { 0 };
	int r = rootfs_open(arg, &root, e);

	if (r == 0)
		r = rootfs_confine(root, NULL, e);
	if (r < 0) {
		rootfs_close(root);
		return r;
	}
	if (elf_arch(root, &arch, &none) == 0)
		snprintf(found.arch, sizeof found.arch, "%s", arch);
	else
		snprintf(found.why, sizeof found.why, "%.60s%s%.160s", none.object,
			 none.object[0] ? " " : "", none.cause);
	found.has_ssh = rootfs_kind(root, "/etc/ssh") == S_IFDIR;
	found.has_config = rootfs_kind(root, VZDUMP "conf") == S_IFREG;
	found.has_rules = rootfs_kind(root, VZDUMP "fw") == S_IFREG;
	rootfs_close(root);
	return file_write_all(out_fd, &found, sizeof found);
}

/* Failures become notes: the container works without the results. */
static void look_inside(char *target, struct found *ret, struct buf *notes)
{
	autofree char *answer = NULL;
	struct err e = { 0 };

	if (run_confined(-1, look, target, &answer, sizeof *ret, &e) < 0) {
		buf_addf(notes, "architecture: %s\n", e.cause);
		return;
	}
	memcpy(ret, answer, sizeof *ret);
	ret->arch[sizeof ret->arch - 1] = ret->why[sizeof ret->why - 1] = '\0';
	if (!ret->arch[0])
		buf_addf(notes, "architecture: %s\n", ret->why);
	if (ret->has_config)
		buf_addf(notes, "the template is a backup of Proxmox VE, and pct does not use its "
			 "config: %s in the container lists the options to set%s\n",
			 VZDUMP "conf", ret->has_rules ? ", and " VZDUMP "fw the rules of its "
			 "firewall" : "");
}

static bool include_valid(const char *name)
{
	return name && *name && *name != '.' && strlen(name) < sizeof((struct built *)0)->include &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.-") == strlen(name);
}

static void add_report(const struct report *report, struct built *done, struct buf *notes)
{
	if (include_valid(report->include))
		snprintf(done->include, sizeof done->include, "%s", report->include);
	for (size_t i = 0; i < report->n_notes; i++) {
		const struct note *n = &report->notes[i];

		if (n->level == NOTE_WARNING)
			buf_addf(notes, "%s: %s%s%s\n", n->step, n->text, n->remedy ? "; " : "",
				 n->remedy ? n->remedy : "");
	}
}

static size_t take_keys(const struct hostkeys *made, struct hostkey keys[HOSTKEYS_MAX],
			struct buf *notes)
{
	struct err e = { 0 };

	if (!made->dir)
		return 0;
	if (hostkeys_read(made, keys, &e) < 0) {
		buf_addf(notes, "ssh host keys: %s: %s\n", e.object, e.cause);
		return 0;
	}
	return HOSTKEYS_MAX;
}

int build_set_up(const struct build *b, const char *target, const struct own_volumes *volumes,
		 const struct hostkey *keys, size_t n, unsigned flags, struct report *ret,
		 struct err *e)
{
	autofree char *resolv = hostinfo_resolv_conf(), *zone = hostinfo_timezone();
	const struct host_facts facts = {
		.resolv_conf = resolv,
		.timezone = zone,
		.now = hostinfo_now(),
		.password_hash = (char *)b->password_hash,
		.ssh_keys = (char *)b->ssh_keys,
		.user_data = (char *)b->user_data,
		.host_keys = keys,
		.n_host_keys = n,
		.volumes = volumes,
	};

	return setup_confined(PHASE_CREATE, conf_values(b->conf), target, b->map, &facts, flags,
			      ret, e);
}

static int set_up(const struct build *b, const char *target, const struct own_volumes *volumes,
		  bool with_keys, struct built *done, struct buf *notes, struct err *e)
{
	struct hostkey keys[HOSTKEYS_MAX] = { 0 };
	size_t n = with_keys ? take_keys(b->keys, keys, notes) : 0;
	struct report report = { 0 };
	int r = build_set_up(b, target, volumes, keys, n, 0, &report, e);

	hostkeys_free(keys);
	if (r == 0)
		add_report(&report, done, notes);
	report_done(&report);
	return r;
}

/* ---- the child ---- */

static int fill(const struct build *b, char *target, const struct own_volumes *volumes,
		struct built *done, struct buf *notes, struct err *e)
{
	struct unpack_limit limit;
	const struct unpack u = { b->archive, b->archive_name, target, b->map, b->progress,
				  &limit };
	struct unpack_result unpacked = { 0 };
	struct found found = { 0 };
	int r = take_limit(b, &limit, e);

	if (r == 0)
		r = unpack(&u, &unpacked, e);
	if (r < 0)
		return r;
	if (unpacked.attributes)
		buf_addf(notes, "%llu extended attributes could not be kept\n",
			 (unsigned long long)unpacked.attributes);
	if (unpacked.root)
		buf_addf(notes,
			 "the files in the archive have host ids, with %u for root: the "
			 "container gets its own ids\n",
			 unpacked.root);
	look_inside(target, &found, notes);
	memcpy(done->arch, found.arch, sizeof done->arch);
	r = set_up(b, target, volumes, found.has_ssh, done, notes, e);
	return r < 0 ? r : sync_and_detach(b, target, volumes, e);
}

static int build_child(void *arg, int out_fd, struct err *e)
{
	const struct build *b = arg;
	autofree char *target = path_rootfs(b->ctid);
	autovolumes volumes = { 0 };
	struct built done = { 0 };
	autobuf notes = BUF_INIT;
	int r = mount_namespace(e);

	if (r == 0)
		r = file_mkdirs(target, 0755, e);
	if (r == 0)
		r = mount_new(b, target, &volumes, e);
	if (r < 0)
		return r;
	r = fill(b, target, &volumes, &done, &notes, e);
	if (r < 0)
		return is_unexplained(r, e) ? explain_space(b, e) : r;
	r = file_write_all(out_fd, &done, sizeof done);
	return r < 0 ? r : file_write_all(out_fd, buf_str(&notes), notes.len);
}

int build_start(struct build *b, struct run_child *ret, struct err *e)
{
	return run_start(-1, build_child, b, ret, e);
}

int build_finish(struct run_child *child, struct built *ret, char **ret_notes, struct err *e)
{
	autofree char *answer = NULL;
	int r = run_finish(child, &answer, MAX_ANSWER, e);

	if (r < 0)
		return r;
	memcpy(ret, answer, sizeof *ret);
	*ret_notes = xstrdup(answer + sizeof *ret);
	return 0;
}
