/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/runfile.h"

#include <stdint.h>
#include <unistd.h>

#include "lib/base/paths.h"
#include "lib/base/util.h"

const struct runfile_row runfiles[] = {
	[RUNFILE_PLAN] = { "plan", "pre-start",
		"The setup plan, the input of the mount hook: the network and setup options of "
		"the config, and the name servers and time zone of the host. It contains no "
		"passwords", .ends = true },
	[RUNFILE_MONITOR] = { "monitor", "pre-start",
		"Process number and start time of the container's monitor", .ends = true },
	[RUNFILE_MONITOR_LOCK] = { "monitor.lock", "pre-start",
		"Lock that is held while a monitor takes the place of another" },
	[RUNFILE_PID] = { "pid", "pct@.service",
		"Process number of the monitor, for systemd (PIDFile=)", .ends = true },
	[RUNFILE_STARTED] = { "started", "pre-start",
		"Hash of the config that the container was started with" },
	[RUNFILE_CONFIG] = { "config", "pre-start",
		"The config that the container was started with, with the options that set has "
		"changed since: the current values of pct pending", .ends = true },
	[RUNFILE_ENTER] = { "enter", "the first exec or enter after a start",
		"Seccomp filter, environment and resource limits for the processes that exec and "
		"enter start in the container" },
	[RUNFILE_DEVICES] = { "devices", "pre-start",
		"Folder with the nodes of devN, which only the monitor and the processes that it "
		"starts see; else it is empty" },
	[RUNFILE_NET] = { "net", "lxc.net.up",
		"Links, bridges and firewall rules that were created for a network. The "
		"file is removed together with them", .numbered = true },
	[RUNFILE_DHCP] = { "dhcp.", "pct-dhcp",
		"Process number of pct-dhcp, which runs the DHCP client of a network with "
		"host-managed=1 and ip=dhcp. It holds a lock on the file", .numbered = true },
	[RUNFILE_DHCP_LOG] = { "dhcp.log", "pct-dhcp", "The last error of pct-dhcp" },
	[RUNFILE_FAILURE] = { "failure", "hooks and pct@.service",
		"The failure record, described above" },
	[RUNFILE_LAST_STOP] = { "last-stop", "the monitor, stop and shutdown",
		"The reason of the last stop, for pct status" },
	[RUNFILE_LOG] = { "log", "start", "Log of liblxc for the last pct start" },
	[RUNFILE_RESTART_LOG] = { "restart.log", "post-stop",
		"Output of the pct start that post-stop runs after a reboot from inside" },
	[RUNFILE_HOOKSCRIPT_LOG] = { "hookscript.log", "the hooks, start, stop and shutdown",
		"Output of the hookscript, on a host without journald" },
	[RUNFILE_GUEST_REPORT] = { "guest/report", "the mount hook", "The findings of setup" },
	[RUNFILE_GUEST_FAILURE] = { "guest/failure", "the mount hook",
		"The failure record of the mount hook" },
};

char *runfile(unsigned ctid, enum runfile file)
{
	return xasprintf("%s/pct/%u/%s", path_run(), ctid, runfiles[file].name);
}

char *runfile_of_net(unsigned ctid, enum runfile file, unsigned n)
{
	return xasprintf("%s/pct/%u/%s%u", path_run(), ctid, runfiles[file].name, n);
}

bool runfile_net(const char *entry, enum runfile file, unsigned *ret_n)
{
	const char *number = str_after(entry, runfiles[file].name);
	uint64_t n;

	if (!number || !parse_uint(number, 0, UINT32_MAX, &n))
		return false;
	*ret_n = (unsigned)n;
	return true;
}

void runfiles_clean(unsigned ctid)
{
	for (unsigned i = 0; i < RUNFILES; i++) {
		autofree char *path = runfiles[i].ends ? runfile(ctid, (enum runfile)i) : NULL;

		if (path)
			unlink(path);
	}
}

bool runfiles_are_left(unsigned ctid)
{
	autofree char *plan = runfile(ctid, RUNFILE_PLAN);

	return access(plan, F_OK) == 0;
}
