/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A folder like /sys/bus/rbd, whose files keep what is written to them.  sysfs is its path. */
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"

#include <stdlib.h>
#include <string.h>

static void sysfs_write(const char *name, const char *line)
{
	autofree char *path = xasprintf("%s/%s", sysfs, name), *text = xasprintf("%s\n", line);

	assert_int_equal(file_write_volatile(path, text, strlen(text), 0600, NULL), 0);
}

static char *sysfs_read(const char *name)
{
	autofree char *path = xasprintf("%s/%s", sysfs, name);
	char *text = NULL;

	assert_int_equal(file_read(path, 4096, &text, NULL, NULL), 0);
	return text;
}

static void sysfs_add(const char *id, const char *pool, const char *name, const char *snapshot,
		      const char *config_info)
{
	const char *const rows[][2] = { { "pool", pool }, { "name", name },
					{ "current_snap", snapshot }, { "pool_ns", "" },
					{ "config_info", config_info },
					{ "client_id", "client4123" } };
	autofree char *folder = xasprintf("%s/devices/%s", sysfs, id);

	assert_int_equal(file_mkdirs(folder, 0700, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *file = xasprintf("devices/%s/%s", id, rows[i][0]);

		sysfs_write(file, rows[i][1]);
	}
}

static void sysfs_remove(void)
{
	assert_int_equal(run_remove_tree(sysfs, NULL), 0);
}

static int sysfs_begin(void **state)
{
	char template[] = "/tmp/pct-rbd-XXXXXX";
	autofree char *devices = NULL;

	(void)state;
	sysfs = xstrdup(mkdtemp(template));
	devices = xasprintf("%s/devices", sysfs);
	assert_int_equal(file_mkdirs(devices, 0700, NULL), 0);
	for (const char *const *name = (const char *const[]){ "add_single_major",
							      "remove_single_major", NULL };
	     *name; name++) {
		autofree char *path = xasprintf("%s/%s", sysfs, *name);

		assert_int_equal(file_write_volatile(path, "", 0, 0600, NULL), 0);
	}
	return 0;
}

static int sysfs_end(void **state)
{
	(void)state;
	sysfs_remove();
	free(sysfs);
	sysfs = NULL;
	return 0;
}
