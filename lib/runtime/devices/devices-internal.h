/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Included only by lib/runtime/devices*.c.  folder is RUN/pct/CTID/devices. */
#ifndef LIB_RUNTIME_DEVICES_DEVICES_INTERNAL_H
#define LIB_RUNTIME_DEVICES_DEVICES_INTERNAL_H

struct conf_device;
struct err;
struct idmap;
struct rootfs;

/* Mount the file system for the nodes, in the caller's mount namespace. */
int devices_mount(const char *folder, struct err *e);
int devices_make_node(const char *folder, const struct conf_device *d, const struct idmap *map,
		      struct err *e);
/* Returns the descriptor of a detached mount of a node. */
int devices_open_node(const char *folder, const struct conf_device *d, struct err *e);

/* Open the container's /dev; -EXDEV: it is no mount.  The paths below it are devices_path(). */
int devices_open_dev(struct rootfs *root, struct rootfs **ret, struct err *e);
const char *devices_path(const struct conf_device *d); /* "/net/tun" */
/* Make the file on which the node is mounted, and its folders. */
int devices_make_point(struct rootfs *dev, const struct conf_device *d, struct err *e);
int devices_place(struct rootfs *dev, const struct conf_device *d, int node, struct err *e);

#endif
