/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct start, stop, shutdown and reboot */
#include <errno.h>

#include "ct/ct.h"
#include "ct/systemd-unit.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "pct/autostart.h"
#include "pct/cmd.h"
#include "pct/notes.h"
#include "pct/wait/wait.h"

#define FROM_UNIT { "from-unit", "[0|1]", "For pct@CTID.service only" }

const struct option_def start_options[] = {
	{ "onboot", "[0|1]", "Start all containers with onboot=1, in the order of --startup" },
	{ "wait", "LIST", "Return when these are ready: ip4,ip6,dns,boot (see pct wait)" },
	{ "timeout", "SECONDS", "Timeout of --wait (60)" },
	FROM_UNIT,
	{ 0 },
};
const struct option_def shutdown_options[] = {
	{ "timeout", "SECONDS", "Seconds to wait for the shutdown (60)" },
	{ "forceStop", "[0|1]", "Kill the container after the timeout" },
	{ "all", "[0|1]",
	  "Shut down all running containers, in reverse order of --startup" },
	FROM_UNIT,
	{ 0 },
};
const struct option_def reboot_options[] = {
	{ "timeout", "SECONDS", "Seconds to wait before the container is killed (60)" },
	{ 0 },
};

/* Requires either a CTID or the option for all containers. */
static int check_which(const struct args *args, const char *all, struct err *e)
{
	if (!args->ctid != !args_flag(args, all))
		return 0;
	return args_usage(args, e, "give either a CTID or --%s", all);
}

/* Waits after the lock is released. */
int cmd_start(const struct args *args, struct err *e)
{
	const char *list = args_option(args, "wait");
	unsigned what = 0, seconds;
	struct ct ct;
	int r = check_which(args, "onboot", e);

	if (r == 0)
		r = wait_parse_seconds(args_option(args, "timeout"), &seconds, e);
	if (r == 0 && list)
		r = wait_parse(list, &what, e);
	if (r < 0)
		return r;
	if (!args->ctid)
		return autostart_start(e);
	if (args_flag(args, "from-unit")) {
		r = ct_open(args->ctid, 0, &ct, e);
		return finish_ct(&ct, r < 0 ? r : unit_run_start(&ct, e));
	}
	r = ct_open(args->ctid, CT_LOCK, &ct, e);
	r = finish_ct(&ct, r < 0 ? r : unit_start(&ct, e));
	return r < 0 || !what ? r : ct_wait(args->ctid, what, seconds, e);
}

int cmd_stop(const struct args *args, struct err *e)
{
	struct ct ct;
	int r = ct_open(args->ctid, CT_LOCK, &ct, e);

	return finish_ct(&ct, r < 0 ? r : ct_stop(&ct, e));
}

static int take_timeout(const struct args *args, unsigned *ret, struct err *e)
{
	const char *text = args_option(args, "timeout");
	uint64_t value = SHUTDOWN_SECONDS;

	if (text && !parse_uint(text, 0, MAX_TIMEOUT, &value)) {
		err_range(e, " of seconds", false, 0, MAX_TIMEOUT, text);
		return args_blame(err_wrap(e, "--timeout"), e);
	}
	*ret = (unsigned)value;
	return 0;
}

int cmd_shutdown(const struct args *args, struct err *e)
{
	struct ct ct;
	unsigned seconds;
	int r = check_which(args, "all", e);

	if (r == 0)
		r = take_timeout(args, &seconds, e);
	if (r < 0)
		return r;
	if (!args->ctid)
		return autostart_stop(e);
	if (args_flag(args, "from-unit")) {
		r = ct_open(args->ctid, 0, &ct, e);
		return finish_ct(&ct, r < 0 ? r : unit_run_stop(&ct, e));
	}
	r = ct_open(args->ctid, CT_LOCK, &ct, e);
	if (r == 0)
		r = ct_shutdown(&ct, seconds, args_flag(args, "forceStop"), e);
	return finish_ct(&ct, r);
}

int cmd_reboot(const struct args *args, struct err *e)
{
	struct ct ct;
	unsigned seconds;
	int r = take_timeout(args, &seconds, e);

	if (r < 0)
		return r;
	r = ct_open(args->ctid, CT_LOCK, &ct, e);
	return finish_ct(&ct, r < 0 ? r : ct_reboot(&ct, seconds, e));
}
