/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/rbd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"

#ifndef RBD_SYSFS /* tests have a folder of their own */
#define RBD_SYSFS "/sys/bus/rbd"
#endif

#define MAX_LINE 4095 /* a write to sysfs is one page */

/* The kernel's limit for an answer of the cluster is a minute, which is long for a start. */
#define MOUNT_TIMEOUT "20"

int rbd_check_kernel(struct err *e)
{
	if (access(RBD_SYSFS, F_OK) == 0)
		return 0;
	err_set(e, ENODEV, NULL, "the kernel cannot attach images of Ceph");
	return err_remedy(e, "modprobe rbd");
}

/* ---- finding ---- */

/* "ADDRESS:PORT" or "[ADDRESS]:PORT", without the port. */
static char *address_of(const char *monitor)
{
	const char *bracket = strchr(monitor, ']');
	const char *colon = strchr(bracket ? bracket : monitor, ':');

	return colon ? xstrndup(monitor, (size_t)(colon - monitor)) : xstrdup(monitor);
}

static bool meet(const char *a, const char *b)
{
	autostrv char **left = strv_split(a, ","), **right = strv_split(b, ",");

	for (char **l = left; l && *l; l++)
		for (char **r = right; r && *r; r++) {
			autofree char *one = address_of(*l), *other = address_of(*r);

			if (str_eq(one, other))
				return true;
		}
	return false;
}

/* The line of a file of a device, without its end; NULL: it cannot be read.  The caller frees. */
static char *attribute(const char *id, const char *name)
{
	autofree char *path = xasprintf("%s/devices/%s/%s", RBD_SYSFS, id, name);
	char *text = NULL;

	if (file_read(path, MAX_LINE + 1, &text, NULL, NULL) < 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	return text;
}

static bool attribute_is(const char *id, const char *name, const char *value)
{
	autofree char *text = attribute(id, name);

	return str_eq(text, value);
}

static bool is_mapped_as(const struct rbd_image *image, const char *id)
{
	autofree char *namespace = NULL, *line = NULL;

	if (!attribute_is(id, "pool", image->pool) || !attribute_is(id, "name", image->name) ||
	    !attribute_is(id, "current_snap", "-"))
		return false;
	namespace = attribute(id, "pool_ns"); /* of newer kernels */
	if (!str_eq(namespace ? namespace : "", image->namespace ? image->namespace : ""))
		return false;
	/* "MONITORS OPTIONS POOL IMAGE SNAPSHOT", as it was mapped. */
	line = attribute(id, "config_info");
	if (!line)
		return true;
	line[strcspn(line, " ")] = '\0';
	return meet(line, image->monitors);
}

bool rbd_find(const struct rbd_image *image, struct rbd_mapping *ret)
{
	autofree char *path = xasprintf("%s/devices", RBD_SYSFS);
	DIR *dir = opendir(path);
	struct dirent *entry;
	bool found = false;
	uint64_t id;

	while (dir && !found && (entry = readdir(dir))) {
		autofree char *client = NULL;

		if (!parse_uint(entry->d_name, 0, 1000000, &id) ||
		    !is_mapped_as(image, entry->d_name))
			continue;
		client = attribute(entry->d_name, "client_id");
		*ret = (struct rbd_mapping){ .id = (unsigned)id };
		snprintf(ret->device, sizeof ret->device, "/dev/rbd%u", ret->id);
		if (client && str_after(client, "client"))
			snprintf(ret->client, sizeof ret->client, "%s", client + strlen("client"));
		found = true;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* ---- mapping ---- */

static char *add_line(const struct rbd_image *i)
{
	return xasprintf("%s name=%s%s%s,mount_timeout=%s%s%s%s %s %s -", i->monitors, i->user,
			 i->secret ? ",secret=" : "", i->secret ? i->secret : "", MOUNT_TIMEOUT,
			 i->msgr2 ? ",ms_mode=prefer-crc" : "", i->namespace ? ",_pool_ns=" : "",
			 i->namespace ? i->namespace : "", i->pool, i->name);
}

/* 0 or -errno of the write; -EACCES, if the file cannot be opened.  Older kernels have one name. */
static int write_to(const char *single_major, const char *any_major, const char *line)
{
	autofree char *path = xasprintf("%s/%s", RBD_SYSFS, single_major);
	autofree char *older = xasprintf("%s/%s", RBD_SYSFS, any_major);
	autoclose int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		fd = open(older, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	/* One write is one command. */
	return write(fd, line, strlen(line)) < 0 ? -errno : 0;
}

static int err_map(const struct rbd_image *i, int r, struct err *e)
{
	switch (-r) {
	case ENOENT:
		return err_set(e, ENOENT, NULL, "there is no such image: %s/%s", i->pool, i->name);
	case EPERM: /* the write's; that of open() is EACCES */
	case EKEYREJECTED:
		err_set(e, EPERM, NULL, "the cluster refuses the user %s", i->user);
		return err_remedy(e, "compare its keyring with \"ceph auth get client.%s\"",
				  i->user);
	case EIO:
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ECONNREFUSED:
		err_set(e, EHOSTUNREACH, NULL, "the monitors %s do not answer", i->monitors);
		return err_remedy(e, "see the kernel log (dmesg), and whether the cluster works");
	case ENXIO:
		err_set(e, ENOTSUP, NULL, "the kernel lacks features of the image");
		return err_remedy(e, "see the kernel log (dmesg); rbd feature disable");
	default:
		err_set(e, -r, NULL, "cannot map the image: %s", strerror(-r));
		return err_remedy(e, "see the kernel log (dmesg)");
	}
}

int rbd_map(const struct rbd_image *image, struct err *e)
{
	autofree char *line = add_line(image);
	int r = rbd_check_kernel(e);

	if (r < 0)
		return r;
	if (strlen(line) > MAX_LINE)
		return err_set(e, E2BIG, NULL, "the names of monitors and image are too long");
	r = write_to("add_single_major", "add", line);
	explicit_bzero(line, strlen(line));
	return r < 0 ? err_map(image, r, e) : 0;
}

int rbd_unmap(unsigned id)
{
	autofree char *line = xasprintf("%u", id);

	return write_to("remove_single_major", "remove", line);
}
