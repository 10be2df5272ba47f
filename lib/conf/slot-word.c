/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The words of mpN, rootfs and devN, "VOLUME,mp=/data,ro=1", named as in Proxmox VE.  The first
 * word may come without its name.
 */
#include "lib/conf/conf-internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/idmap.h"

#define VOLUME(member) offsetof(struct conf_volume, member)
#define DEVICE(member) offsetof(struct conf_device, member)
#define MAX_ID (UINT32_MAX - 1)

static int bad(struct err *e, const char *what, const char *value)
{
	return err_set(e, EINVAL, NULL, "%s \"%.200s\"", what, value);
}

static void *field_of(const struct conf_slot_word *w, void *object)
{
	return (char *)object + w->field;
}

static int flag_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	(void)f;
	return parse_bool(value, field_of(w, object)) ? 0 : bad(e, "is not 0 or 1:", value);
}

static int acl_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	bool on;

	(void)f;
	if (!parse_bool(value, &on))
		return bad(e, "is not 0 or 1:", value);
	*(enum conf_acl *)field_of(w, object) = on ? CONF_ACL_ON : CONF_ACL_OFF;
	return 0;
}

/* A path that names one place: no "." and "..", no "//", no "/" at its end. */
static bool path_is_plain(const char *path)
{
	autostrv char **parts = strv_split(path, "/");
	autofree char *joined = strv_join(parts, "/");

	return *path == '/' && joined && str_eq(path + 1, joined) && !strv_has(parts, ".") &&
	       !strv_has(parts, "..");
}

/* ---- volumes ---- */

static int source_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	struct conf_volume *v = object;

	(void)f;
	(void)w;
	v->id = value;
	if (*value != '/')
		return conf_volid_check(value, e);
	v->kind = str_after(value, "/dev/") ? CONF_DEVICE : CONF_BIND;
	if (path_is_plain(value) || str_eq(value, "/"))
		return 0;
	return bad(e, "is not a plain path of the host:", value);
}

/* liblxc mounts its own file systems on these folders, and would hide the volume. */
static bool is_of_liblxc(const char *path)
{
	static const char *const folders[] = { "/dev", "/proc", "/sys" };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		const char *rest = str_after(path, folders[i]);

		if (rest && (!*rest || *rest == '/'))
			return true;
	}
	return false;
}

/* Proxmox VE takes a path without the slash at its beginning, and with one at its end. */
static int mount_point_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
			    char *value, struct err *e)
{
	char **path = field_of(w, object);
	size_t n = strlen(value);

	while (n > 1 && value[n - 1] == '/')
		value[--n] = '\0';
	if (*value != '/') {
		autofree char *rooted = xasprintf("/%s", value);

		value = conf_strndup(f, rooted, n + 1);
	}
	*path = value;
	if (str_eq(value, "/"))
		return bad(e, "is the mount point of the root volume:", value);
	if (!path_is_plain(value))
		return bad(e, "is not a plain path in the container:", value);
	if (is_of_liblxc(value))
		return bad(e, "is hidden by a file system that liblxc mounts:", value);
	return 0;
}

bool conf_size_parse(const char *text, uint64_t *ret_mib)
{
	static const char units[] = "KMGT";
	static const double mib[] = { 0x1p-10, 1, 0x1p10, 0x1p20 };
	char *end;
	double n = strtod(text, &end);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (!isdigit((unsigned char)*text) || text[strspn(text, "0123456789.KMGTiB")] ||
	    (*end && (!unit || (end[1] && !str_eq(end + 1, "iB")))))
		return false;
	n *= unit ? mib[unit - units] : 0x1p-20; /* a plain number is bytes */
	if (n > 0x1p34)
		return false;
	*ret_mib = (uint64_t)n + (n > (double)(uint64_t)n);
	return true;
}

char *conf_size_text(uint64_t mib)
{
	bool whole = mib % 1024 == 0;

	return xasprintf("%llu%c", (unsigned long long)(whole ? mib / 1024 : mib),
			 whole ? 'G' : 'M');
}

static int size_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	(void)f;
	return conf_size_parse(value, field_of(w, object)) ? 0 : bad(e, "is not a size:", value);
}

static const struct {
	const char *name;
	unsigned bit;
} mount_options[] = {
	{ "discard", CONF_MOUNT_DISCARD }, { "lazytime", CONF_MOUNT_LAZYTIME },
	{ "noatime", CONF_MOUNT_NOATIME }, { "nodev", CONF_MOUNT_NODEV },
	{ "noexec", CONF_MOUNT_NOEXEC },   { "nosuid", CONF_MOUNT_NOSUID },
};

static int options_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	autostrv char **names = strv_split(value, "; ");
	unsigned *bits = field_of(w, object);

	(void)f;
	for (char **name = names; *name; name++) {
		size_t i = 0;

		while (i < ARRAY_SIZE(mount_options) && !str_eq(mount_options[i].name, *name))
			i++;
		if (i == ARRAY_SIZE(mount_options)) {
			bad(e, "is not an option for mounting:", *name);
			return err_remedy(e, "the options are discard, lazytime, noatime, nodev, "
					     "noexec and nosuid");
		}
		*bits |= mount_options[i].bit;
	}
	return 0;
}

/* "u:CT:DISK:COUNT;g:...", or passthrough. */
static int idmap_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	autostrv char **parts = strv_split(value, "; ");

	(void)f;
	*(char **)field_of(w, object) = value;
	if (str_eq(value, CONF_PASSTHROUGH))
		return 0;
	for (char **part = parts; *part; part++) {
		struct conf_volume_ids ids;

		if (!conf_volume_ids_parse(*part, &ids)) {
			bad(e, "is not passthrough or u|g:ID:DISK-ID:COUNT:", *part);
			return err_remedy(e, "to give user 1000 of the container the files of user "
					     "1000 of the host: owner=1000:1000");
		}
	}
	return parts[0] ? 0 : bad(e, "has no ids:", value);
}

bool conf_volume_ids_parse(const char *part, struct conf_volume_ids *ret)
{
	autostrv char **words = strv_split(part, ":");
	uint64_t n[3];

	if (strv_len(words) != 4 || (!str_eq(words[0], "u") && !str_eq(words[0], "g")))
		return false;
	for (size_t i = 0; i < 3; i++)
		if (!parse_uint(words[i + 1], i == 2, MAX_ID, &n[i]))
			return false;
	*ret = (struct conf_volume_ids){ .kind = *words[0], .inside = (uint32_t)n[0],
					 .on_disk = (uint32_t)n[1], .count = (uint32_t)n[2] };
	return n[0] + n[2] <= UINT32_MAX && n[1] + n[2] <= UINT32_MAX;
}

/* The setuid programs of container root would be those of the host's. */
static int owner_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	autostrv char **words = strv_split(value, ":");
	uint64_t ids[2];

	(void)f;
	*(char **)field_of(w, object) = value;
	for (size_t i = 0; i < 2; i++)
		if (strv_len(words) != 2 || !parse_uint(words[i], 1, MAX_ID, &ids[i]))
			return bad(e, "is not UID:GID, both above 0:", value);
	return 0;
}

/* ---- devices ---- */

static int device_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	(void)f;
	*(char **)field_of(w, object) = value;
	if (str_after(value, "/dev/") && path_is_plain(value))
		return 0;
	return bad(e, "is not a plain path below /dev:", value);
}

static int id_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	uint64_t n;

	(void)f;
	if (!parse_uint(value, 0, MAX_ID, &n))
		return bad(e, "is not an id:", value);
	*(unsigned *)field_of(w, object) = (unsigned)n;
	return 0;
}

static int mode_read(struct conf_file *f, const struct conf_slot_word *w, void *object,
		     char *value, struct err *e)
{
	size_t digits = strspn(value, "01234567");

	(void)f;
	if (value[digits] || !digits || strtoul(value, NULL, 8) > 0777)
		return bad(e, "is not a mode such as 0660:", value);
	*(unsigned *)field_of(w, object) = (unsigned)strtoul(value, NULL, 8);
	return 0;
}

/* ---- the tables ---- */

const struct conf_slot_word conf_volume_words[] = {
	{ "volume", "STORAGE:GIB|VOLUME|/PATH", 0,
	  "a new volume of GIB GiB; one that exists; a folder or block device of the host",
	  source_read, VOLUME(id) },
	{ "mp", "/PATH", CONF_WORD_NOT_ROOTFS, "Mount point in the container", mount_point_read,
	  VOLUME(mount_point) },
	{ "acl", "0|1", 0, "POSIX ACLs (default: those of the file system)", acl_read,
	  VOLUME(acl) },
	{ "backup", "0|1", CONF_WORD_NOT_ROOTFS, "Include the volume in backups", flag_read,
	  VOLUME(backup) },
	{ "idmap", "passthrough|MAP[;MAP]", 0,
	  "Ids on disk: passthrough for those of the host, or u|g:ID:DISK-ID:COUNT for ids of the "
	  "container", idmap_read, VOLUME(idmap) },
	{ "keepattrs", "0|1", CONF_WORD_NOT_ROOTFS,
	  "Give the volume's top folder owner and mode of the folder that it is mounted on",
	  flag_read, VOLUME(keepattrs) },
	{ "mountoptions", "OPTION[;OPTION]", 0,
	  "discard, lazytime, noatime, nodev, noexec, nosuid", options_read, VOLUME(options) },
	{ "owner", "UID:GID", CONF_WORD_NOT_ROOTFS,
	  "Give the container's ids UID and GID the files of these ids of the host", owner_read,
	  VOLUME(owner) },
	{ "quota", "0|1", 0, "User quotas; only in a privileged container", flag_read,
	  VOLUME(quota) },
	{ "replicate", "0|1", 0, "Kept for Proxmox VE, which copies the volume to other hosts",
	  flag_read, VOLUME(replicate) },
	{ "ro", "0|1", 0, "Read-only", flag_read, VOLUME(read_only) },
	{ "shared", "0|1", 0, "Every host of a cluster has the same files there", flag_read,
	  VOLUME(shared) },
	{ "size", "SIZE", 0, "Size when the volume was made or looked at, such as 8G",
	  size_read, VOLUME(mib) },
	{ 0 },
};

const struct conf_slot_word conf_device_words[] = {
	{ "path", "/dev/PATH", 0, "the device of the host", device_read, DEVICE(path) },
	{ "deny-write", "0|1", 0, "Only reading is allowed", flag_read, DEVICE(deny_write) },
	{ "gid", "GID", 0, "Group of the device in the container (0)", id_read, DEVICE(gid) },
	{ "mode", "MODE", 0, "Mode of the device in the container (0660)", mode_read,
	  DEVICE(mode) },
	{ "uid", "UID", 0, "Owner of the device in the container (0)", id_read, DEVICE(uid) },
	{ 0 },
};

/* ---- a value ---- */

static const struct conf_slot_word *find(const struct conf_slot_word *words, const char *part,
					 size_t n)
{
	for (; words->name; words++)
		if (strlen(words->name) == n && memcmp(words->name, part, n) == 0)
			return words;
	return NULL;
}

static int unknown(const struct conf_slot_word *words, const char *part, bool is_rootfs,
		   struct err *e)
{
	autobuf names = BUF_INIT;

	for (; words->name; words++)
		if (!is_rootfs || !(words->flags & CONF_WORD_NOT_ROOTFS))
			buf_addf(&names, "%s%s", names.len ? ", " : "", words->name);
	bad(e, "there is no such word:", part);
	return err_remedy(e, "the words are %s", buf_str(&names));
}

/* Put the word before the cause, since the object is the option. */
static int blame(const struct conf_slot_word *w, struct err *e)
{
	struct err cause;

	if (!e)
		return err_code(e);
	cause = *e;
	err_set(e, cause.num, NULL, "%s %s", w->name, cause.cause);
	return *cause.remedy ? err_remedy(e, "%s", cause.remedy) : err_code(e);
}

int conf_slot_parse(struct conf_file *f, const struct conf_slot_word *words, const char *value,
		    bool is_rootfs, void *object, struct err *e)
{
	autostrv char **parts = strv_split(value, ",");
	uint64_t seen = 0;

	for (char **part = parts; *part; part++) {
		size_t n = strcspn(*part, "=");
		bool is_named = (*part)[n] == '=' && **part != '/';
		const struct conf_slot_word *w = is_named ? find(words, *part, n) : words;
		const char *given = is_named ? *part + n + 1 : *part;
		int r;

		if (!w || (is_rootfs && w->flags & CONF_WORD_NOT_ROOTFS))
			return unknown(words, *part, is_rootfs, e);
		if (seen & UINT64_C(1) << (w - words))
			return err_set(e, EINVAL, NULL, "%s is given twice", w->name);
		seen |= UINT64_C(1) << (w - words);
		r = w->read(f, w, object, conf_strndup(f, given, strlen(given)), e);
		if (r < 0)
			return w == words ? r : blame(w, e);
	}
	return 0;
}

static int compare_parts(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The value of the first word, which may come without its name; NULL: another word. */
static const char *first_word(const struct conf_slot_word *words, const char *part)
{
	const char *rest = str_after(part, words->name);

	if (rest && *rest == '=')
		return rest + 1;
	return *part == '/' || !strchr(part, '=') ? part : NULL;
}

char *conf_slot_sorted(const struct conf_slot_word *words, const char *value)
{
	autostrv char **parts = strv_split(value, ",");
	autobuf out = BUF_INIT;
	size_t n = strv_len(parts);

	if (n)
		qsort(parts, n, sizeof *parts, compare_parts);
	for (size_t i = 0; i < n; i++)
		if (first_word(words, parts[i]))
			buf_addf(&out, "%s%s", out.len ? "," : "", first_word(words, parts[i]));
	/* Proxmox VE prints the mount point before the others. */
	for (int mp = 1; mp >= 0; mp--)
		for (size_t i = 0; i < n; i++)
			if (!first_word(words, parts[i]) && mp == !!str_after(parts[i], "mp="))
				buf_addf(&out, "%s%s", out.len ? "," : "", parts[i]);
	return xstrdup(buf_str(&out));
}
