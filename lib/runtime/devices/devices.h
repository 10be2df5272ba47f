/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The devices of devN.  Host root makes their nodes on a small file system that only the monitor's
 * mount namespace has, RUN/pct/CTID/devices, where the name of a node is its slot: "dev0".  The
 * container's /dev has binds of them.
 */
#ifndef LIB_RUNTIME_DEVICES_DEVICES_H
#define LIB_RUNTIME_DEVICES_DEVICES_H

#include <stdbool.h>

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

/*
 * Add a device to a running container: make its node in the monitor's namespace, bind it, and
 * let the device cgroup allow it.  Replaces a node of the same slot.  init: its pidfd.  -ETIMEDOUT:
 * a process in the container blocks the access to its files.
 */
int devices_add(unsigned ctid, int init, const struct conf_device *d, const struct idmap *map,
		struct err *e);

/*
 * Remove a device from a running container; no error if it is not there.  Programs that have the
 * device open keep it.  A node that the container has put in its place stays.
 */
int devices_remove(unsigned ctid, int init, const struct conf_device *d, struct err *e);

/* Whether devices_add() can do it: the monitor lives, and a device filter can deny what it must. */
bool devices_can_add(unsigned ctid, const struct conf_device *d);

#endif
