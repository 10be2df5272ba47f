/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks the kernel's device mapper for the state of a thin pool of LVM. */
#ifndef LIB_HOST_THIN_POOL_H
#define LIB_HOST_THIN_POOL_H

#include <stdbool.h>

enum thin_pool_state {
	THIN_POOL_UNKNOWN, /* it is not active, or root may not ask */
	THIN_POOL_WORKS,
	THIN_POOL_FULL,
	THIN_POOL_READ_ONLY,
	THIN_POOL_FAILED,
};

enum thin_pool_state thin_pool_state(const char *group, const char *pool);

/* Pure: the device mapper's name, in which LVM doubles hyphens.  False: it is too long. */
bool thin_pool_name(const char *group, const char *pool, char ret[128]);
/* Pure: the state in a status line: Linux, Documentation/admin-guide/device-mapper. */
enum thin_pool_state thin_pool_parse(const char *status);

#endif
