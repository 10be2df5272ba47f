/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The resources that a running container uses. */
#ifndef CT_USAGE_H
#define CT_USAGE_H

#include <stdint.h>

struct conf;

/* At most INT64_MAX; USAGE_NONE: not known, or no limit. */
#define USAGE_NONE UINT64_MAX
struct usage {
	uint64_t memory, memory_limit; /* bytes, without files that the kernel may drop */
	uint64_t cpu_ms;               /* CPU time of all processes */
	uint64_t disk, disk_size;      /* bytes of the root volume, if it has a size */
	uint64_t uptime;               /* seconds since init started */
};

/* Look once.  Takes a few seconds at most, if the container's file system does not answer. */
void usage_look(const struct conf *conf, struct usage *ret);

#endif
