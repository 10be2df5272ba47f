/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The devices of devN.  Host root makes their nodes on a small file system that only the monitor's
 * mount namespace has, RUN/pct/CTID/devices, where the name of a node is its slot: "dev0".  The
 * container's /dev has binds of them.
 */
#ifndef LIB_RUNTIME_DEVICES_H
#define LIB_RUNTIME_DEVICES_H

struct conf;
struct conf_device;
struct err;
struct idmap;

/*
 * Check one slot for a start: the device exists, as device_look(), and its owner has ids of the
 * host, else -EINVAL.  map NULL: the container is privileged.  The error has no object.
 */
int devices_check(const struct conf_device *d, const struct idmap *map, struct err *e);

/*
 * For pre-start: make the nodes, in the caller's mount namespace.  Removes those of the start
 * before, in case of a reboot.
 */
int devices_make(const struct conf *conf, const struct idmap *map, struct err *e);

/*
 * For the autodev hook, which is container root in the container's mount namespace: bind the nodes
 * to the /dev that liblxc has mounted in the tree at rootfs.  Uses slot and path of devN only.
 */
int devices_bind(const struct conf *conf, const char *rootfs, struct err *e);

#endif
