/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device nodes: which device a path of the host is, and nodes for a container. */
#ifndef LIB_HOST_DEVICE_H
#define LIB_HOST_DEVICE_H

#include <sys/types.h>

struct err;

/* What a rule of the device cgroup names: "c 10:200". */
struct device {
	char type; /* c: character, b: block */
	unsigned major, minor;
};

/*
 * Find the device of a path.  -ENOENT: there is none; -EISDIR: a folder; -ENODEV: no device.  The
 * error has no object, and names the path in its cause.
 */
int device_look(const char *path, struct device *ret, struct err *e);

/*
 * Make a node dir/name of this device, which replaces an older one.  dir belongs to host root, and
 * its file system must allow devices.  uid and gid are ids of the host.
 */
int device_make(const struct device *d, int dir, const char *name, uid_t uid, gid_t gid,
		mode_t mode, struct err *e);

#endif
