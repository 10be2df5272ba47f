/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of a rootfs in a temporary folder.  Include it after cmocka.h. */
#ifndef TESTS_UNIT_PLANTED_H
#define TESTS_UNIT_PLANTED_H

#include <string.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"

static char top[64]; /* the test makes it */

static inline char *at(const char *path)
{
	return xasprintf("%s%s", top, path);
}

static inline void plant(const char *path, const char *text)
{
	autofree char *full = at(path), *dir = xstrdup(full);
	struct err e = { 0 };

	*strrchr(dir, '/') = '\0';
	assert_int_equal(file_mkdirs(dir, 0755, &e), 0);
	assert_int_equal(file_write(full, text, strlen(text), 0644, &e), 0);
}

#endif
