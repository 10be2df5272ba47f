/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Folders and block devices of the host that a container has as mount points. */
#ifndef LIB_STORAGE_HOST_SOURCE_H
#define LIB_STORAGE_HOST_SOURCE_H

struct conf_volume;
struct err;

/* Check everything that host_source_mount() checks, and change nothing. */
int host_source_look(const struct conf_volume *v, struct err *e);
/*
 * Returns the descriptor of a detached mount.  A folder comes without the file systems that are
 * mounted below it.  flags: enum volume_flags.
 */
int host_source_mount(const struct conf_volume *v, unsigned flags, struct err *e);

#endif
