/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The post-stop hook: after a stop or a failed start, undoes what pre-start of the same monitor
 * made.  Idempotent.
 *
 * On a reboot from inside, liblxc keeps using the config in its memory.  If the config has changed
 * since, the hook makes liblxc stop, and pct starts the container again after the monitor's end.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "ct/clean.h"
#include "ct/hookscript.h"
#include "hooks/hook.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/host/cgroup.h"
#include "lib/runtime/lower/lower.h"
#include "lib/runtime/monitor.h"

#define MONITOR_WAIT 30 /* seconds, like pct */

static bool config_changed(unsigned ctid)
{
	autofree char *started = runfile(ctid, RUNFILE_STARTED);
	autofree char *now = NULL, *made = NULL;
	struct conf_file *f = NULL;
	int r;

	if (file_read(started, CONF_MAX_SIZE, &made, NULL, NULL) < 0)
		return false;
	r = store()->load(ctid, &f, NULL);
	if (r == 0)
		now = conf_text(f);
	conf_free(f);
	/* An invalid config is reported by the new start, which fails. */
	return r != -ENOENT && !(now && lower_is_current(made, now));
}

/* Run pct start CTID in the background.  It leaves the monitor's cgroup and waits for its end. */
static void start_afresh(unsigned ctid)
{
	autofree char *name = xasprintf("%u", ctid), *log = runfile(ctid, RUNFILE_RESTART_LOG);
	int null, out;

	if (fork() != 0)
		return;
	cgroup_leave();
	if (setsid() < 0 || fork() != 0)
		_exit(0);
	null = open("/dev/null", O_RDWR);
	out = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
	dup2(null, STDIN_FILENO);
	dup2(out < 0 ? null : out, STDOUT_FILENO);
	dup2(out < 0 ? null : out, STDERR_FILENO);
	close_range(3, ~0U, 0);
	/* Before that, pct would find the container running. */
	monitor_wait(ctid, MONITOR_WAIT, NULL);
	execl(path_pct(), "pct", "start", name, (char *)NULL);
	_exit(127);
}

/* A failure is in the log of the script's output. */
static void run_hookscript(unsigned ctid)
{
	struct conf_file *f = NULL;

	if (store()->load(ctid, &f, NULL) == 0)
		hookscript_run(conf_values(f), HOOKSCRIPT_POST_STOP, NULL);
	conf_free(f);
}

static int post_stop(const struct hook *hook, struct err *e)
{
	int r;

	if (!monitor_is_mine(hook->ctid))
		return 0;
	r = ct_undo_start(hook->ctid, hook->rootfs, e);
	run_hookscript(hook->ctid);
	if (hook->rebooting && r == 0) {
		if (!config_changed(hook->ctid))
			return 0;
		start_afresh(hook->ctid);
		return 1; /* makes liblxc stop instead of rebooting */
	}
	return r;
}

int main(int argc, char *argv[])
{
	return hook_main(argc, argv, "lxc", "post-stop", post_stop);
}
