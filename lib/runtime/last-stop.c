/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblxc tells nobody how init ended, and its hooks run after init is gone.  So the monitor, which
 * begins as a copy of pct-start, calls our waitid() below.
 */
#include "lib/runtime/last-stop.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/file.h"
#include "lib/base/runfile.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"
#include "lib/runtime/cgroup-procs.h"

#define REASON_MAX 1024

static unsigned watched; /* 0: none */

void last_stop_watch(unsigned ctid)
{
	watched = ctid;
}

void last_stop_write(unsigned ctid, const char *reason)
{
	autofree char *path = runfile(ctid, RUNFILE_LAST_STOP), *text = xasprintf("%s\n", reason);

	file_write_volatile(path, text, strlen(text), 0644, NULL);
}

char *last_stop_read(unsigned ctid)
{
	autofree char *path = runfile(ctid, RUNFILE_LAST_STOP), *text = NULL;

	if (file_read(path, REASON_MAX, &text, NULL, NULL) < 0)
		return NULL;
	text[strcspn(text, "\n")] = '\0';
	text_sanitize(text, "");
	return *text ? steal(&text) : NULL;
}

/* reboot(2) in a pid namespace ends its init by SIGINT or SIGHUP. */
static char *describe(const siginfo_t *end)
{
	unsigned long long kills = 0;
	const char *name;

	if (end->si_code == CLD_EXITED)
		return xasprintf("its init exited with status %d", end->si_status);
	if (end->si_status == SIGINT)
		return xstrdup("it was halted from inside");
	if (end->si_status == SIGHUP)
		return xstrdup("it was rebooted from inside");
	if (end->si_status == SIGKILL)
		kills = cgroup_oom_kills(watched);
	name = sigabbrev_np(end->si_status);
	if (!kills)
		return xasprintf("its init was killed by signal %d (SIG%s)", end->si_status,
				 name ? name : "RT");
	return xasprintf("its init was killed by signal %d (SIG%s); the out-of-memory killer has "
			 "killed %llu of its processes: see pct set --memory",
			 end->si_status, name, kills);
}

/* liblxc asks whether init has ended, and leaves its status for a later waitpid(). */
int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	long r = syscall(SYS_waitid, type, id, info, options, NULL);

	if (r == 0 && watched && (options & WNOWAIT) && info && info->si_pid) {
		autofree char *reason = describe(info);

		last_stop_write(watched, reason);
	}
	return (int)r;
}
