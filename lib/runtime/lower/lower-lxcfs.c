/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lxcfs, whose files show a container its own memory, CPUs and uptime.  Its package has hooks for
 * LXC: a shell script that mounts these files by their paths in the container, with mount(8), rm(1)
 * and others of the host, and one that delays each stop by half a second.  liblxc mounts the same
 * files, confined in the root file system.
 */
#include "lib/base/buf.h"
#include "lib/base/util.h"
#include "lib/runtime/lower/lower-internal.h"
#include "lib/runtime/lower/lower.h"

void lower_lxcfs(const struct host *host, struct buf *out)
{
	/* Versions of lxcfs and kernels lack some. */
	static const char *const files[] = {
		"proc/cpuinfo", "proc/diskstats", "proc/loadavg", "proc/meminfo",
		"proc/pressure/cpu", "proc/pressure/io", "proc/pressure/memory", "proc/slabinfo",
		"proc/stat", "proc/swaps", "proc/uptime", "sys/devices/system/cpu",
	};

	/* No other include file of LXC has hooks of these two kinds. */
	if (host->file_exists(host->ctx, LXCFS_CONF))
		buf_add(out, "lxc.hook.mount =\nlxc.hook.post-stop =\n");
	/* Read-only: lxcfs writes to the host's /sys, as host root. */
	for (size_t i = 0; host->lxcfs && i < ARRAY_SIZE(files); i++)
		buf_addf(out, "lxc.mount.entry = %s/%s %s none bind,ro,optional 0 0\n",
			 host->lxcfs, files[i], files[i]);
}
