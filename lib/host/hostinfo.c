/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/hostinfo.h"

#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"

char *hostinfo_resolv_conf(void)
{
	char *text = NULL;

	return file_read("/etc/resolv.conf", 64 * 1024, &text, NULL, NULL) < 0 ? NULL : text;
}

char *hostinfo_timezone(void)
{
	char target[PATH_MAX];
	ssize_t n = readlink("/etc/localtime", target, sizeof target - 1);
	const char *zone;

	if (n <= 0)
		return NULL;
	target[n] = '\0';
	zone = strstr(target, "/zoneinfo/");
	return zone ? xstrdup(zone + strlen("/zoneinfo/")) : NULL;
}

time_t hostinfo_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	uint64_t value;

	if (epoch && parse_uint(epoch, 0, INT32_MAX, &value))
		return (time_t)value;
	return time(NULL);
}

char *hostinfo_node(void)
{
	char name[256];

	if (gethostname(name, sizeof name) < 0)
		return NULL;
	name[sizeof name - 1] = '\0';
	name[strcspn(name, ".")] = '\0';
	return xstrdup(name);
}

/* statfs(2) fails if lxcfs has been killed. */
bool hostinfo_has_lxcfs(void)
{
	struct statfs fs;

	return statfs(path_lxcfs(), &fs) == 0 && fs.f_type == FUSE_SUPER_MAGIC;
}
