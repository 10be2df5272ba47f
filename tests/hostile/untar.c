/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* untar ARCHIVE FOLDER [u]: what pct create and pct distro check unpack with; u: unprivileged. */
#include <fcntl.h>
#include <stdio.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/unpack.h"
#include "lib/storage/mount.h"

int main(int argc, char *argv[])
{
	const struct idmap map = { { { 0, 100000, 65536 } }, { { 0, 100000, 65536 } }, 1, 1 };
	struct unpack u = { .map = argc > 3 ? &map : NULL };
	struct unpack_result done;
	struct err e = { 0 };
	autoclose int fd = argc > 2 ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return 2;
	u.fd = fd;
	u.name = argv[1];
	u.target = argv[2];
	if (mount_namespace(&e) == 0 && unpack_probe(fd, argv[1], &e) == 0 &&
	    unpack(&u, &done, &e) == 0)
		return 0;
	err_print(&e, "untar", stderr);
	return 1;
}
