/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Mounts of the host's folders, devices and sockets into a container. */
#include "lib/conf/power/power.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"

/* Remove "//", "." and ".." as the kernel does, but keep links.  The caller frees. */
static char *plain_path(const char *path)
{
	autostrv char **parts = strv_split(path, "/"), **kept = NULL;
	autofree char *joined = NULL;
	size_t n = 0;

	for (char **part = parts; *part; part++) {
		if (str_eq(*part, "."))
			continue;
		if (!str_eq(*part, "..")) {
			strv_push(&kept, *part);
			n++;
		} else if (n) {
			free(kept[--n]);
			kept[n] = NULL;
		}
	}
	joined = n ? strv_join(kept, "/") : xstrdup("");
	return xasprintf("/%s", joined);
}

/* A service on the socket may act as root for any process that can connect. */
static bool is_socket(const char *path)
{
	static const char *const sockets[] = { "*.sock", "*.socket", "*/system_bus_socket",
					       "*/libvirt-sock", "/run/systemd/private",
					       "/var/run/systemd/private" };

	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++)
		if (fnmatch(sockets[i], path, 0) == 0)
			return true;
	return false;
}

void power_path(struct power *p, const char *path, bool read_only)
{
	autofree char *plain = plain_path(path);
	const char *device = str_after(plain, "/dev/"), *to = read_only ? "read" : "write";

	if (str_eq(plain, "/"))
		power_add(p, "gives the container %s access to all files of the host", to);
	else if (str_eq(plain, "/dev"))
		power_add(p, "gives the container the devices of the host");
	else if (device)
		power_add(p, "gives the container the device %s of the host", quote(plain));
	else if (is_socket(plain))
		power_add(p, "lets the container use the service of the host at %s", quote(plain));
	else
		power_add(p, "gives the container %s access to %s of the host", to, quote(plain));
}

/* ---- fstab(5) ---- */

/* Decode "\040" to a blank. */
static void unescape(char *field)
{
	char *to = field;

	for (char *at = field; *at; at++) {
		if (at[0] == '\\' && at[1] >= '0' && at[1] <= '3' && at[2] >= '0' && at[2] <= '7' &&
		    at[3] >= '0' && at[3] <= '7') {
			*to++ = (char)((at[1] - '0') * 64 + (at[2] - '0') * 8 + at[3] - '0');
			at += 3;
		} else {
			*to++ = *at;
		}
	}
	*to = '\0';
}

/* File systems that belong to the mounting process's namespaces, or are empty at first. */
static bool is_own_type(const char *type)
{
	static const char *const own[] = { "tmpfs", "ramfs", "mqueue", "devpts" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (str_eq(type, own[i]))
			return true;
	return false;
}

static bool is_kernel_type(const char *type)
{
	static const char *const types[] = { "debugfs", "tracefs", "securityfs", "configfs", "bpf",
					     "pstore", "efivarfs", "devtmpfs", "cgroup", "cgroup2",
					     "fusectl", "selinuxfs", "binfmt_misc" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (str_eq(type, types[i]))
			return true;
	return false;
}

static void file_system(struct power *p, const char *source, const char *type, const char *options)
{
	if (is_own_type(type))
		return;
	if (str_eq(type, "proc") || str_eq(type, "sysfs"))
		power_add(p, POWER_NESTING);
	else if (is_kernel_type(type))
		power_add(p, "gives the container %s of the host's kernel", quote(type));
	else if (strstr(options, "dir=/"))
		power_add(p, "gives the container folders of the host: %s", quote(options));
	else if (*source == '/')
		power_add(p, "gives the container the file system on %s of the host",
			  quote(source));
	else
		power_add(p, "mounts %s of type %s on the host", quote(source), quote(type));
}

/*
 * The source is relative to the container's root or to liblxc's working folder.  ".." and links
 * that container root makes lead out of both.  Container root makes no links in /dev, which is new
 * at each start.
 */
static void power_unrooted(struct power *p, const char *path, bool relative, bool read_only)
{
	if (relative && str_eq(path + (*path == '/'), "dev/null"))
		return;
	power_add(p,
		  "gives the container %s access to targets of links and \"..\" in %s on the host",
		  read_only ? "read" : "write", quote(path));
}

static void mount_fields(struct power *p, const char *source, const char *type, const char *options)
{
	autostrv char **words = strv_split(options, ",");
	bool read_only = strv_has(words, "ro") && !strv_has(words, "rw");
	bool relative = strv_has(words, "relative");

	if (strv_has(words, "rshared") || strv_has(words, "shared"))
		power_add(p, "lets the container's mounts reach the host, by %s", quote(source));
	if (!strv_has(words, "bind") && !strv_has(words, "rbind") && !strv_has(words, "move"))
		file_system(p, source, type, options);
	else if (*source == '/' && !relative)
		power_path(p, source, read_only);
	else
		power_unrooted(p, source, relative, read_only);
}

/* SOURCE TARGET TYPE OPTIONS */
void power_mount_entry(struct power *p, const char *key, const char *value)
{
	autostrv char **fields = strv_split(value, " \t");

	(void)key;
	if (strv_len(fields) < 3 || *value == '#')
		return;
	unescape(fields[0]);
	mount_fields(p, fields[0], fields[2], fields[3] ? fields[3] : "");
}

static void fstab_line(struct power *p, char *line)
{
	line += strspn(line, " \t");
	p->file_key = "a mount";
	power_mount_entry(p, "", line);
}

void power_mount_fstab(struct power *p, const char *key, const char *value)
{
	(void)key;
	power_add(p, "mounts the file systems listed in %s of the host", quote(value));
	power_file(p, value, fstab_line);
}

/* ---- other keys for mounts ---- */

/* shmounts:PATH[:PATH INSIDE] */
static void power_shmounts(struct power *p, const char *word)
{
	const char *paths = str_after(word, "shmounts:");
	autofree char *path = paths ? xstrndup(paths, strcspn(paths, ":")) : NULL;

	if (path)
		power_path(p, path, false);
}

static const struct {
	const char *words; /* fnmatch(3) */
	const char *text;
} autos[] = {
	{ "proc:rw",
	  "lets the container write to all of /proc, the settings of the host's kernel" },
	{ "sys:rw", "lets the container write to /sys, the settings of the host's devices" },
	{ "cgroup:rw*", "lets the container change the limits of its control group" },
	{ "cgroup-full*:rw*", "lets the container change the limits of the host's control groups" },
	{ "cgroup-full", "lets the container change the limits of the host's control groups" },
	{ "cgroup-full:[mr]o*", "gives the container read access to the host's control groups" },
	{ "cgroup-full:mixed*", "gives the container read access to the host's control groups" },
};

void power_mount_auto(struct power *p, const char *key, const char *value)
{
	autostrv char **words = strv_split(value, " \t");

	(void)key;
	for (char **word = words; *word; word++) {
		power_shmounts(p, *word);
		for (size_t i = 0; i < ARRAY_SIZE(autos); i++)
			if (fnmatch(autos[i].words, *word, 0) == 0)
				power_add(p, "%s", autos[i].text);
	}
}

/* Whether the ids on disk of a mount's idmap include root's: it could make setuid programs. */
static bool has_root(const char *idmap)
{
	autostrv char **parts = strv_split(idmap, "; ");
	struct conf_volume_ids ids;

	for (char **part = parts; *part; part++)
		if (conf_volume_ids_parse(*part, &ids) && ids.on_disk == 0)
			return true;
	return false;
}

/* [volume=]/PATH,mp=...,ro=1 */
void power_mp(struct power *p, const char *key, const char *value)
{
	autostrv char **words = strv_split(value, ",");
	const char *path = NULL;
	bool read_only = false, as_root = false;

	(void)key;
	for (char **word = words; *word; word++) {
		const char *volume = str_after(*word, "volume="), *ro = str_after(*word, "ro=");
		const char *idmap = str_after(*word, "idmap=");

		if (volume || !strchr(*word, '='))
			path = volume ? volume : *word;
		if (ro)
			parse_bool(ro, &read_only);
		as_root |= idmap && has_root(idmap);
	}
	if (path && *path == '/' && as_root)
		power_add(p, "gives the container %s access to %s of the host, also to files of "
			  "the host's root", read_only ? "read" : "write", quote(path));
	else if (path && *path == '/')
		power_path(p, path, read_only);
}

/* [path=]/dev/NAME,... */
void power_dev(struct power *p, const char *key, const char *value)
{
	autostrv char **words = strv_split(value, ",");

	(void)key;
	for (char **word = words; *word; word++) {
		const char *path = str_after(*word, "path=");

		if (path || !strchr(*word, '=')) {
			power_path(p, path ? path : *word, false);
			return;
		}
	}
}
