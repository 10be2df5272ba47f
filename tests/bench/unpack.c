/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* unpack ARCHIVE DIR: what pct create does to unpack, and nothing else. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/rootfs/unpack.h"
#include "lib/storage/mount.h"

int main(int argc, char *argv[])
{
	struct unpack_result result;
	struct unpack u = { .fd = -1 };
	struct err e = { 0 };
	int r;

	if (argc != 3)
		return 2;
	u.fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	u.name = argv[1];
	u.target = argv[2];
	r = u.fd < 0 ? err_sys(&e, argv[1], "open") : mount_namespace(&e);
	if (r == 0)
		r = unpack(&u, &result, &e);
	if (r < 0)
		err_print(&e, "unpack", stderr);
	return r < 0;
}
