/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which ids are on a volume's disk: those of the container (0 is its root; the mount is id-mapped),
 * or those of the host, as Proxmox VE has them (100000 is its root).  Such a volume is called
 * shifted.  The owner of its top folder shows it.
 */
#ifndef LIB_STORAGE_SHIFT_H
#define LIB_STORAGE_SHIFT_H

#include <stdbool.h>

struct conf;
struct err;
struct idmap;
struct volume_owner;

/*
 * Find out whether a volume is shifted, from the owner of its top folder.  path is the volume's,
 * for messages.  map NULL: the container is privileged.  Fails if the volume is shifted for another
 * range than the container's, or if pve.shifted contradicts; pve.shifted decides where the owner
 * shows nothing, since container root is host root.
 */
int shift_find(const struct conf *conf, const struct idmap *map, const char *path,
	       const struct volume_owner *top, bool *ret, struct err *e);

#endif
