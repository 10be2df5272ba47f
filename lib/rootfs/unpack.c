/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/posix_acl_xattr.h>
#include <locale.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/host/idmap.h"
#include "lib/host/landlock.h"
#include "lib/rootfs/unpack-quota.h"
#include "lib/rootfs/unpack-shift.h"

#define READ_SIZE (512 * 1024)

struct job {
	const struct unpack *u;
	int top; /* O_PATH, opened before its parents become inaccessible */
	struct archive *in, *out;
	struct timespec top_time; /* of the archive's "." */
	bool has_top_time;
	struct unpack_meter meter;
	struct unpack_shift shift;
	struct unpack_result done;
};

/* ---- confinement ---- */

/*
 * Make the tree, with the volumes that are mounted in it, this process's root, without other mounts
 * (pivot_root(2), NOTES).
 */
static int enter_tree(int top, struct err *e)
{
	autoclose int tree = -1;

	/* Unlike a descriptor, the working folder moves into the new namespace. */
	if (fchdir(top) < 0 || unshare(CLONE_NEWNS) < 0)
		return err_sys(e, NULL, "make a mount namespace");
	tree = open_tree(AT_FDCWD, ".", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (tree < 0 || move_mount(tree, "", AT_FDCWD, ".", MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
	    fchdir(tree) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return err_sys(e, NULL, "make the new tree the root");
	return 0;
}

static int raise_walls(struct job *job, struct err *e)
{
	autoclose int root = -1;
	int r = enter_tree(job->top, e);

	if (r < 0)
		return r;
	run_close_others(job->u->fd, -1);
	root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return err_sys(e, NULL, "open the new tree");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, NULL, "give up new privileges");
	r = landlock_confine(&root, 1, e);
	umask(0);
	return r < 0 ? r : 0;
}

/* ---- members ---- */

/* Clean a member's name: "./usr//bin" and "/usr/bin" become "usr/bin"; the top is ".". */
static const char *clean_name(const char *name)
{
	for (;;) {
		if (*name == '/')
			name++;
		else if (name[0] == '.' && name[1] == '/')
			name += 2;
		else
			return *name ? name : ".";
	}
}

static bool climbs(const char *name)
{
	for (const char *at = name; (at = strstr(at, "..")); at += 2)
		if ((at == name || at[-1] == '/') && (at[2] == '/' || at[2] == '\0'))
			return true;
	return false;
}

static bool has_id(const struct idmap_range *range, unsigned n, int64_t id)
{
	for (; n; n--, range++)
		if (id >= range->inside && id - range->inside < range->count)
			return true;
	return false;
}

static int check_ids(const struct idmap *map, struct archive_entry *entry, const char *name,
		     struct err *e)
{
	int64_t uid = archive_entry_uid(entry), gid = archive_entry_gid(entry);
	bool uid_ok = uid >= 0 && uid < UINT32_MAX, gid_ok = gid >= 0 && gid < UINT32_MAX;

	if (map) {
		uid_ok = has_id(map->uid, map->n_uid, uid);
		gid_ok = has_id(map->gid, map->n_gid, gid);
	}
	if (uid_ok && gid_ok)
		return 0;
	err_set(e, EOVERFLOW, name, "belongs to %s %lld, which is not in the container's id map",
		uid_ok ? "group" : "user", (long long)(uid_ok ? gid : uid));
	return err_remedy(e, "grant root more ids in /etc/sub%cid, or use --unprivileged 0",
			  uid_ok ? 'g' : 'u');
}

/*
 * In a user namespace the kernel refuses attributes that affect the host (xattr(7)): labels of
 * another machine's policy, overlayfs marks.
 */
static bool is_kept(const struct job *job, const char *attribute)
{
	return !job->u->map || str_after(attribute, "user.") ||
	       str_eq(attribute, "security.capability");
}

/*
 * libarchive ignores an ACL that tar saved as the kernel's attribute, so decode it here.  Layout:
 * linux/posix_acl_xattr.h.
 */
static bool add_acl(struct archive_entry *entry, int type, const unsigned char *value, size_t size)
{
	static const struct {
		unsigned kernel;
		int libarchive;
	} tags[] = {
		{ 0x01, ARCHIVE_ENTRY_ACL_USER_OBJ },  { 0x02, ARCHIVE_ENTRY_ACL_USER },
		{ 0x04, ARCHIVE_ENTRY_ACL_GROUP_OBJ }, { 0x08, ARCHIVE_ENTRY_ACL_GROUP },
		{ 0x10, ARCHIVE_ENTRY_ACL_MASK },      { 0x20, ARCHIVE_ENTRY_ACL_OTHER },
	};
	struct posix_acl_xattr_header header;
	struct posix_acl_xattr_entry copy;

	if (size < sizeof header || (size - sizeof header) % sizeof copy)
		return false;
	memcpy(&header, value, sizeof header);
	if (le32toh(header.a_version) != POSIX_ACL_XATTR_VERSION)
		return false;
	for (size_t at = sizeof header; at < size; at += sizeof copy) {
		memcpy(&copy, value + at, sizeof copy);
		for (size_t i = 0; i < ARRAY_SIZE(tags); i++)
			if (tags[i].kernel == le16toh(copy.e_tag))
				archive_entry_acl_add_entry(entry, type, le16toh(copy.e_perm) & 7,
							    tags[i].libarchive,
							    (int)le32toh(copy.e_id), NULL);
	}
	return true;
}

static void add_attribute(const struct job *job, struct archive_entry *entry, const char *name,
			  const void *value, size_t size)
{
	unsigned char own[CAPABILITY_SIZE];
	size_t n = str_eq(name, "security.capability")
			   ? unpack_shift_capability(&job->shift, value, size, own)
			   : 0;

	archive_entry_xattr_add_entry(entry, name, n ? own : value, n ? n : size);
}

static void sort_attributes(struct job *job, struct archive_entry *entry)
{
	struct archive_entry *copy;
	const char *name;
	const void *value;
	size_t size;
	bool kept;

	if (archive_entry_xattr_reset(entry) == 0)
		return;
	/* libarchive can only remove all attributes. */
	copy = archive_entry_clone(entry);
	archive_entry_xattr_clear(entry);
	archive_entry_xattr_reset(copy);
	while (archive_entry_xattr_next(copy, &name, &value, &size) == ARCHIVE_OK) {
		if (str_eq(name, "system.posix_acl_access"))
			kept = add_acl(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, value, size);
		else if (str_eq(name, "system.posix_acl_default"))
			kept = add_acl(entry, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, value, size);
		else
			kept = is_kept(job, name);
		if (!kept)
			job->done.attributes++;
		else if (!str_after(name, "system."))
			add_attribute(job, entry, name, value, size);
	}
	archive_entry_free(copy);
}

/* Returns 1 to unpack the entry, 0 to skip it, or -errno. */
static int prepare(struct job *job, struct archive_entry *entry, struct err *e)
{
	const char *name = archive_entry_pathname(entry), *link = archive_entry_hardlink(entry);
	mode_t type = archive_entry_filetype(entry);
	int r;

	if (!name)
		return err_set(e, EINVAL, NULL, "a member has no name");
	name = clean_name(name);
	if (climbs(name) || (link && climbs(clean_name(link))))
		return err_set(e, EINVAL, name, "a member leads out of the archive by \"..\"");
	/* Programs could not use a longer path, and each folder costs a lookup for each parent. */
	if (strlen(name) >= PATH_MAX)
		return err_set(e, ENAMETOOLONG, name, "a member's path has more than %d bytes",
			       PATH_MAX - 1);
	if (str_eq(name, ".") && (type != AE_IFDIR || link))
		return err_set(e, EINVAL, name, "the top of the archive is not a folder");
	if (str_eq(name, ".") && archive_entry_mtime_is_set(entry)) {
		job->has_top_time = true;
		job->top_time.tv_sec = archive_entry_mtime(entry);
		job->top_time.tv_nsec = archive_entry_mtime_nsec(entry);
	}
	if (!link && (type == AE_IFCHR || type == AE_IFBLK)) {
		job->done.devices++;
		return 0;
	}
	r = unpack_shift_ids(&job->shift, job->u->map, entry, name, e);
	if (r == 0)
		r = check_ids(job->u->map, entry, name, e);
	if (r < 0)
		return r;
	job->done.root = job->shift.uid;
	sort_attributes(job, entry);
	r = unpack_shift_acls(&job->shift, entry, name, e);
	if (r < 0)
		return r;
	/* set_pathname copies before it frees, but name points into the buffer that it frees. */
	if (name != archive_entry_pathname(entry)) {
		autofree char *copy = xstrdup(name);

		archive_entry_set_pathname(entry, copy);
	}
	if (link && clean_name(link) != link) {
		autofree char *copy = xstrdup(clean_name(link));

		archive_entry_set_hardlink(entry, copy);
	}
	return 1;
}

/* ---- reading and writing ---- */

static int input_failed(struct job *job, const char *what, struct err *e)
{
	int num = archive_errno(job->in);
	const char *why = archive_error_string(job->in);

	return err_set(e, num > 0 && num < 4096 ? num : EIO, job->u->name, "%s: %s", what,
		       why ? why : "no reason given");
}

static int not_tar(struct job *job, struct err *e)
{
	input_failed(job, "is not a tar archive", e);
	return err_remedy(e, "a template is a tar, compressed with gzip, xz, zstd or not at all");
}

/* libarchive's messages contain the member name. */
static int output_failed(struct job *job, const char *name, struct err *e)
{
	int num = archive_errno(job->out);
	const char *why = archive_error_string(job->out);

	if (num == ENOSPC || num == EDQUOT)
		return err_set(e, ENOSPC, name, "cannot unpack: %s", strerror(num));
	return err_set(e, num > 0 && num < 4096 ? num : EIO, name, "cannot unpack: %s",
		       why ? why : "no reason given");
}

/* True if the only problem is an attribute that this file system does not support. */
static bool is_attribute_warning(struct job *job, int r)
{
	const char *why = archive_error_string(job->out);

	if (r != ARCHIVE_WARN || !why || !strstr(why, "extended attributes"))
		return false;
	job->done.attributes++;
	archive_clear_error(job->out);
	return true;
}

static void note_progress(struct job *job)
{
	int64_t read = archive_filter_bytes(job->in, -1);

	if (job->u->progress && read > 0)
		atomic_store_explicit(&job->u->progress->read, (uint64_t)read,
				      memory_order_relaxed);
}

static int copy_data(struct job *job, const char *name, struct err *e)
{
	const void *block;
	int64_t offset;
	size_t size;
	int r;

	while ((r = archive_read_data_block(job->in, &block, &size, &offset)) == ARCHIVE_OK) {
		if (unpack_meter_data(&job->meter, size, offset, e) < 0)
			return err_code(e);
		if (archive_write_data_block(job->out, block, size, offset) < ARCHIVE_OK)
			return output_failed(job, name, e);
		note_progress(job);
	}
	return r == ARCHIVE_EOF ? 0 : input_failed(job, "is damaged or truncated", e);
}

static int unpack_member(struct job *job, struct archive_entry *entry, struct err *e)
{
	const char *name;
	int r = prepare(job, entry, e);

	if (r <= 0)
		return r;
	name = archive_entry_pathname(entry);
	r = unpack_meter_member(&job->meter, entry, name, e);
	if (r < 0)
		return r;
	r = archive_write_header(job->out, entry);
	if (r != ARCHIVE_OK && !is_attribute_warning(job, r))
		return output_failed(job, name, e);
	if (archive_entry_size(entry) > 0) {
		r = copy_data(job, name, e);
		if (r < 0)
			return r;
	}
	r = archive_write_finish_entry(job->out);
	if (r != ARCHIVE_OK && !is_attribute_warning(job, r))
		return output_failed(job, name, e);
	job->done.members++;
	return 0;
}

static int unpack_all(struct job *job, struct err *e)
{
	struct archive_entry *entry;
	int r;

	while ((r = archive_read_next_header(job->in, &entry)) == ARCHIVE_OK || r == ARCHIVE_WARN) {
		note_progress(job);
		r = unpack_member(job, entry, e);
		if (r < 0)
			return r;
	}
	if (r != ARCHIVE_EOF && job->done.members + job->done.devices == 0)
		return not_tar(job, e);
	if (r != ARCHIVE_EOF)
		return input_failed(job, "is damaged or truncated", e);
	if (job->done.members == 0)
		return err_set(e, EINVAL, job->u->name, "is an empty archive");
	/* Closing sets modes and times of folders, but not of a folder that existed before. */
	if (archive_write_close(job->out) != ARCHIVE_OK)
		return output_failed(job, NULL, e);
	if (job->has_top_time) {
		const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT }, job->top_time };

		utimensat(AT_FDCWD, "/", times, 0);
	}
	return 0;
}

static int open_input(struct job *job, struct err *e)
{
	struct archive *in = job->in = archive_read_new();

	if (!in)
		return err_set(e, ENOMEM, job->u->name, "cannot be unpacked: no memory");
	if (archive_read_support_filter_gzip(in) != ARCHIVE_OK ||
	    archive_read_support_filter_xz(in) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(in) != ARCHIVE_OK ||
	    archive_read_support_format_tar(in) != ARCHIVE_OK)
		return err_set(e, ENOTSUP, job->u->name, "libarchive lacks tar, gzip, xz or zstd");
	/* Read the whole file, to verify checksums and detect truncation. */
	if (archive_read_set_options(in, "tar:read_concatenated_archives") != ARCHIVE_OK)
		return input_failed(job, "cannot be read", e);
	return archive_read_open_fd(in, job->u->fd, READ_SIZE) == ARCHIVE_OK ? 0 :
	       not_tar(job, e);
}

static int open_output(struct job *job, struct err *e)
{
	int flags = ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |
		    ARCHIVE_EXTRACT_ACL | ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
		    ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS;

	job->out = archive_write_disk_new();
	if (!job->out || archive_write_disk_set_options(job->out, flags) != ARCHIVE_OK)
		return err_set(e, ENOMEM, job->u->name, "cannot be unpacked: no memory");
	return 0;
}

static int unpack_child(void *arg, int out_fd, struct err *e)
{
	struct job *job = arg;
	int r = raise_walls(job, e);

	unpack_meter_begin(&job->meter, job->u->limit, job->u->name);
	if (r == 0)
		r = open_input(job, e);
	if (r == 0)
		r = open_output(job, e);
	if (r == 0)
		r = unpack_all(job, e);
	unpack_meter_done(&job->meter);
	if (r == 0)
		r = file_write_all(out_fd, &job->done, sizeof job->done);
	return r;
}

int unpack(const struct unpack *u, struct unpack_result *ret, struct err *e)
{
	struct job job = { .u = u };
	autoclose int top = open(u->target, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autoclose int userns = -1;
	autofree char *answer = NULL;
	int r;

	if (top < 0)
		return err_sys(e, u->target, "open");
	job.top = top;
	/* Names are UTF-8.  Load the locale now, since its files are inaccessible later. */
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return err_set(e, ENOENT, "C.UTF-8", "the host does not have this locale");
	if (u->map) {
		userns = idmap_userns(u->map, e);
		if (userns < 0)
			return userns;
	}
	r = run_confined(userns, unpack_child, &job, &answer, sizeof *ret, e);
	if (r < 0)
		return r;
	memcpy(ret, answer, sizeof *ret);
	return 0;
}

static int probe_child(void *arg, int out_fd, struct err *e)
{
	struct job *job = arg;
	struct archive_entry *entry;
	int r;

	(void)out_fd;
	run_close_others(job->u->fd, -1);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, NULL, "give up new privileges");
	r = landlock_confine(NULL, 0, e);
	if (r < 0)
		return r;
	r = open_input(job, e);
	if (r < 0)
		return r;
	r = archive_read_next_header(job->in, &entry);
	return r == ARCHIVE_OK || r == ARCHIVE_WARN || r == ARCHIVE_EOF ? 0 : not_tar(job, e);
}

int unpack_probe(int fd, const char *name, struct err *e)
{
	const struct unpack u = { .fd = fd, .name = name };
	struct job job = { .u = &u };
	off_t at = lseek(fd, 0, SEEK_CUR);
	int r = run_confined(-1, probe_child, &job, NULL, 0, e);

	if (r == 0 && (at < 0 || lseek(fd, at, SEEK_SET) < 0))
		return err_sys(e, name, "read");
	return r;
}
