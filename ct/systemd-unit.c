/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/systemd-unit.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/runtime/failure.h"
#include "lib/runtime/monitor.h"

#define KILL_SECONDS 120 /* for killing, unmounting and unplugging after the shutdown */

/* Like sd_booted(3), but below RUN: tests with a private RUN do not use the host's systemd. */
static bool has_units(void)
{
	autofree char *booted = xasprintf("%s/systemd/system", path_run());
	autofree char *here = xasprintf("%s/pct@.service", booted);
	autofree char *installed = xasprintf("%s/pct@.service", path_units());

	return access(booted, F_OK) == 0 &&
	       (access(here, F_OK) == 0 || access(installed, F_OK) == 0);
}

int unit_start(struct ct *ct, struct err *e)
{
	autofree char *unit = xasprintf("pct@%u.service", ct->ctid);
	const char *const systemctl[] = { "systemctl", "start", unit, NULL };
	int r;

	if (!has_units())
		return ct_start(ct, e);
	r = ct_check_startable(ct, e);
	if (r < 0)
		return r;
	failure_clear(ct->ctid);
	ct_unlock(ct);
	r = run_program(systemctl, e);
	if (r == 0) {
		/* The unit has saved the merged config. */
		conf_pending_merge(ct->file, NULL);
		ct_note_start(ct);
		return 0;
	}
	/* Replaces the error of systemctl, which is long and does not tell the cause. */
	if (failure_read(ct->ctid, NULL, e) == 0) {
		err_set(e, EIO, unit, "systemd could not start it");
		err_remedy(e, "see journalctl -u %s", unit);
	}
	return err_code(e);
}

/* For PIDFile= of the unit: systemd cannot find the main process by itself. */
static int write_pid(const struct ct *ct, struct err *e)
{
	autofree char *path = runfile(ct->ctid, RUNFILE_PID);
	autofree char *text = xasprintf("%d\n", (int)monitor_pid(ct->ctid));

	return file_write_volatile(path, text, strlen(text), 0644, e);
}

int unit_run_start(struct ct *ct, struct err *e)
{
	int r = ct_lock(ct, e);

	if (r == 0)
		r = ct_start(ct, e);
	if (r == 0)
		return write_pid(ct, e);
	if (r != -EALREADY)
		failure_write(ct->ctid, false, "start", e);
	return r;
}

/* Tells systemd, like sd_notify(3), how long the stop may take, which depends on the config.  Else
 * the limit of the unit would apply. */
static void ask_for_time(unsigned seconds)
{
	autofree char *text = xasprintf("EXTEND_TIMEOUT_USEC=%u000000", seconds);
	const char *name = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	autoclose int fd = -1;

	if (!name || strlen(name) >= sizeof to.sun_path)
		return;
	memcpy(to.sun_path, name, strlen(name));
	if (*name == '@') /* unix(7): an abstract name */
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		sendto(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT, (void *)&to,
		       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name)));
}

/* systemd runs ExecStop= also after the container has stopped by itself, without MAINPID; it may
 * have been started again by then, without systemd. */
int unit_run_stop(struct ct *ct, struct err *e)
{
	unsigned seconds = SHUTDOWN_SECONDS;
	int r;

	if (!getenv("MAINPID"))
		return 0;
	r = ct_lock(ct, e);
	if (r < 0)
		return r;
	if (ct_load(ct, e) == 0)
		seconds = conf_values(ct->file)->startup.down;
	if (!ct_is_running(ct->ctid))
		return 0;
	ask_for_time(seconds + KILL_SECONDS);
	return ct_ensure_shut_down(ct, seconds, e);
}
