/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 *	pct-start LIB CTID LOG
 *
 * Starts a container by liblxc.  The container's first process and its monitor begin as copies of
 * this process, and container root can open their file (/proc/PID/exe).  So pct executes this from
 * a sealed copy in memory.  It is a separate program because it links liblxc only, which makes it
 * quick to copy and to load.  doc/security.md
 */
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/runtime/start.h"

/* liblxc reports a config that it cannot read on standard error; pct finds the reason itself. */
static void silence(void)
{
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0)
		dup2(null, STDERR_FILENO);
}

int main(int argc, char *argv[])
{
	if (argc != 4)
		return START_FAILED;
	prctl(PR_SET_NAME, "pct-start"); /* the kernel has named it after the descriptor */
	/* An interrupt from the terminal is for pct, which ends, or undoes the start afterwards. */
	setsid();
	/* pct holds the container's lock. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	silence();
	return start_container(argv[1], argv[2], argv[3]);
}
