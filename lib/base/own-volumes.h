/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The mounted volumes of a container that are its own, unlike bind mounts and devices of the host.
 * Setup may change files on them.  A process in the container can move mounts, but cannot give
 * another folder the device and inode number of a volume's top folder.
 */
#ifndef LIB_BASE_OWN_VOLUMES_H
#define LIB_BASE_OWN_VOLUMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct stat;

struct own_volume {
	char *path;        /* mount point in the container */
	uint64_t dev, ino; /* of its top folder: stat(2) */
};
struct own_volumes {
	struct own_volume *v; /* parents before children, without the root volume */
	size_t n;
};
#define OWN_VOLUMES_MAX 256
#define autovolumes __attribute__((cleanup(own_volumes_done))) struct own_volumes

void own_volumes_add(struct own_volumes *list, const char *path, const struct stat *top);
void own_volumes_done(struct own_volumes *list);

/* "DEV INO PATH", in decimal.  The caller frees. */
char *own_volume_text(const struct own_volume *v);
/* Add a volume from such a text; false: it is none. */
bool own_volumes_parse(struct own_volumes *list, const char *text);

#endif
