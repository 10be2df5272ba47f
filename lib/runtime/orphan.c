/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/orphan.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/command-socket.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/monitor.h"

#define MAX_STATUS (1 << 20)
#define PF_EXITING 4 /* from the kernel's include/linux/sched.h */
#define PAUSE_MS 20
#define TRIES 50

enum life { NONE, ENDING, LIVES };

/* proc(5): flags are field 9, seven behind the command, which ends at the last parenthesis. */
static bool is_exiting(pid_t pid)
{
	autofree char *path = xasprintf("/proc/%d/stat", (int)pid), *text = NULL;
	unsigned flags;
	char *close;

	if (file_read(path, 4096, &text, NULL, NULL) < 0)
		return true;
	close = strrchr(text, ')');
	return !close || sscanf(close + 1, " %*c %*d %*d %*d %*d %*d %u", &flags) != 1 ||
	       (flags & PF_EXITING);
}

static bool is_pending(const char *status, const char *key)
{
	const char *line = strstr(status, key);
	unsigned long long set;

	return line && sscanf(line + strlen(key), "%llx", &set) == 1 &&
	       (set & (1ULL << (SIGKILL - 1)));
}

static bool is_killed(pid_t pid)
{
	autofree char *path = xasprintf("/proc/%d/status", (int)pid), *text = NULL;

	if (file_read(path, MAX_STATUS, &text, NULL, NULL) < 0)
		return true;
	return is_pending(text, "\nSigPnd:") || is_pending(text, "\nShdPnd:");
}

bool orphan_is_left(unsigned ctid)
{
	return cgroup_has_procs(ctid) && !listener_is_elsewhere(ctid);
}

/*
 * Look at the processes before the monitor: a monitor that starts a container is recorded before
 * the processes exist, and one that stops a container lives until they are gone.
 */
static enum life look(unsigned ctid)
{
	autoclose int init = -1;
	pid_t pid;

	if (!orphan_is_left(ctid) || monitor_is_alive(ctid))
		return NONE;
	/* Init is told to end before its monitor ends, and all other processes end before init. */
	init = cgroup_open_init(ctid);
	pid = init < 0 ? 0 : guest_pid(init);
	return !pid || is_exiting(pid) || is_killed(pid) ? ENDING : LIVES;
}

/* Look again while a container is ending; after a second it counts as living. */
size_t orphan_pick(unsigned *ctids, size_t n)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000 * 1000 };

	for (unsigned tries = 0; n; tries++) {
		size_t kept = 0;
		bool ending = false;

		for (size_t i = 0; i < n; i++) {
			enum life life = look(ctids[i]);

			ending |= life == ENDING;
			if (life != NONE)
				ctids[kept++] = ctids[i];
		}
		n = kept;
		if (!ending || tries == TRIES)
			break;
		nanosleep(&pause, NULL);
	}
	return n;
}

bool orphan_lives(unsigned ctid)
{
	return orphan_pick(&ctid, 1) == 1;
}

int orphan_tell(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);

	err_set(e, EBUSY, object, "is running, but its monitor is gone");
	return err_remedy(e, "pct shutdown %u shuts it down, pct stop %u kills it", ctid, ctid);
}

int orphan_refuse(unsigned ctid, struct err *e)
{
	return orphan_lives(ctid) ? orphan_tell(ctid, e) : 0;
}
