/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct start, stop, shutdown and reboot */
#include <errno.h>

#include "ct/ct.h"
#include "ct/systemd-unit.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/startup.h"
#include "pct/autostart.h"
#include "pct/cmd.h"
#include "pct/notes.h"
#include "pct/wait/wait.h"

#define FROM_UNIT { "from-unit", "[0|1]", "For pct@CTID.service only" }

const struct option_def start_options[] = {
	{ "onboot", "[0|1]", "Start all containers with onboot=1, in the order of --startup" },
	{ "all", "[0|1]", "Start all stopped containers except templates, in this order" },
	{ "wait", "LIST", "Return when these are ready: ip4,ip6,dns,boot (see pct wait)" },
	{ "timeout", "SECONDS", "Timeout of --wait for each container (60)" },
	FROM_UNIT,
	{ 0 },
};
const struct option_def stop_options[] = {
	{ "all", "[0|1]", "Stop all running containers, in reverse order of --startup" },
	{ 0 },
};
const struct option_def shutdown_options[] = {
	{ "timeout", "SECONDS",
	  "Seconds to wait for the shutdown (60; with --all down= of --startup, or 60)" },
	{ "forceStop", "[0|1]", "Kill the container after the timeout (with --all: 1)" },
	{ "all", "[0|1]",
	  "Shut down all running containers, in reverse order of --startup" },
	FROM_UNIT,
	{ 0 },
};
const struct option_def reboot_options[] = {
	{ "timeout", "SECONDS", "Seconds to wait before the container is killed (60)" },
	{ 0 },
};

/* Requires either CTIDs or one of the options for all containers, which others names. */
static int check_which(const struct args *args, const char *others, struct err *e)
{
	int given = (args->n_ctids > 0) + args_flag(args, "all") + args_flag(args, "onboot");

	return given == 1 ? 0 : args_usage(args, e, "give either CTIDs%s", others);
}

/* ---- start ---- */

static int take_wait(const struct args *args, unsigned *ret_what, unsigned *ret_seconds,
		     struct err *e)
{
	const char *list = args_option(args, "wait");
	int r = wait_parse_seconds(args_option(args, "timeout"), ret_seconds, e);

	*ret_what = 0;
	return r == 0 && list ? wait_parse(list, ret_what, e) : r;
}

static int start_unit(const struct args *args, const struct startup_ct *which, struct err *e)
{
	struct ct ct;
	int r = ct_open(which->ctid, 0, &ct, e);

	(void)args;
	return finish_ct(&ct, r < 0 ? r : unit_run_start(&ct, e));
}

/* Waits after the lock is released. */
static int start(const struct args *args, const struct startup_ct *which, struct err *e)
{
	unsigned what, seconds;
	struct ct ct;
	int r = take_wait(args, &what, &seconds, e);

	if (r < 0)
		return r;
	r = ct_open(which->ctid, CT_LOCK, &ct, e);
	r = finish_ct(&ct, r < 0 ? r : unit_start(&ct, e));
	return r < 0 || !what ? r : ct_wait(which->ctid, what, seconds, e);
}

int cmd_start(const struct args *args, struct err *e)
{
	unsigned what, seconds;
	int r = check_which(args, ", --onboot or --all", e);

	if (r == 0)
		r = take_wait(args, &what, &seconds, e);
	if (r < 0)
		return r;
	if (!args->ctid)
		return autostart_start(args, start, e);
	return each_given(args, args_flag(args, "from-unit") ? start_unit : start, e);
}

/* ---- stop ---- */

static int stop(const struct args *args, const struct startup_ct *which, struct err *e)
{
	struct ct ct;
	int r = ct_open(which->ctid, CT_LOCK, &ct, e);

	/* With --all, the container may have stopped by itself by now. */
	if (r == 0)
		r = args_flag(args, "all") ? ct_ensure_stopped(&ct, e) : ct_stop(&ct, e);
	return finish_ct(&ct, r);
}

int cmd_stop(const struct args *args, struct err *e)
{
	int r = check_which(args, " or --all", e);

	if (r < 0)
		return r;
	return args->ctid ? each_given(args, stop, e) : autostart_stop(args, stop, e);
}

/* ---- shutdown and reboot ---- */

static int take_timeout(const struct args *args, unsigned absent, unsigned *ret, struct err *e)
{
	const char *text = args_option(args, "timeout");
	uint64_t value = absent;

	if (text && !parse_uint(text, 0, MAX_TIMEOUT, &value)) {
		err_range(e, " of seconds", false, 0, MAX_TIMEOUT, text);
		return args_blame(err_wrap(e, "--timeout"), e);
	}
	*ret = (unsigned)value;
	return 0;
}

static int shut_down_unit(const struct args *args, const struct startup_ct *which, struct err *e)
{
	struct ct ct;
	int r = ct_open(which->ctid, 0, &ct, e);

	(void)args;
	return finish_ct(&ct, r < 0 ? r : unit_run_stop(&ct, e));
}

static int shut_down(const struct args *args, const struct startup_ct *which, struct err *e)
{
	bool all = args_flag(args, "all");
	bool force = args_option(args, "forceStop") ? args_flag(args, "forceStop") : all;
	struct ct ct;
	unsigned seconds;
	int r = take_timeout(args, which->startup.down, &seconds, e);

	if (r < 0)
		return r;
	r = ct_open(which->ctid, CT_LOCK, &ct, e);
	if (r == 0)
		r = ct_shutdown(&ct, seconds, force, e);
	/* With --all, the container may have stopped by itself by now. */
	if (r == -ESRCH && all)
		r = ct_ensure_stopped(&ct, e);
	return finish_ct(&ct, r);
}

int cmd_shutdown(const struct args *args, struct err *e)
{
	unsigned seconds;
	int r = check_which(args, " or --all", e);

	if (r == 0)
		r = take_timeout(args, 0, &seconds, e);
	if (r < 0)
		return r;
	if (!args->ctid)
		return autostart_stop(args, shut_down, e);
	return each_given(args, args_flag(args, "from-unit") ? shut_down_unit : shut_down, e);
}

static int reboot(const struct args *args, const struct startup_ct *which, struct err *e)
{
	struct ct ct;
	unsigned seconds;
	int r = take_timeout(args, which->startup.down, &seconds, e);

	if (r < 0)
		return r;
	r = ct_open(which->ctid, CT_LOCK, &ct, e);
	return finish_ct(&ct, r < 0 ? r : ct_reboot(&ct, seconds, e));
}

int cmd_reboot(const struct args *args, struct err *e)
{
	unsigned seconds;
	int r = take_timeout(args, 0, &seconds, e);

	return r < 0 ? r : each_given(args, reboot, e);
}
