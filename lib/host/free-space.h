/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much of a host's file system untrusted data may fill. */
#ifndef LIB_HOST_FREE_SPACE_H
#define LIB_HOST_FREE_SPACE_H

#include <stddef.h>
#include <stdint.h>

struct err;

/* UINT64_MAX: no limit. */
struct room {
	uint64_t bytes, files;           /* free, without the reserve */
	uint64_t kept_bytes, kept_files; /* the reserve: 1 GiB or 5 %, 65,536 files or 5 % */
};

#define ROOM_NO_LIMIT { UINT64_MAX, UINT64_MAX, 0, 0 }

/* For the file system of path.  The reserve is the smaller of number and percentage. */
int room_look(const char *path, struct room *ret, struct err *e);

/* Formats a number of bytes for people: "4 GiB", "35 MiB". */
#define ROOM_TEXT_MAX 32
const char *room_text(uint64_t bytes, char text[ROOM_TEXT_MAX]);

#endif
