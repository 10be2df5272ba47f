/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/start.h"

#include <lxc/lxccontainer.h>
#include <stdbool.h>
#include <stdlib.h>

#include "lib/runtime/last-stop.h"

int start_container(const char *lib, const char *name, const char *log)
{
	struct lxc_container *c = lxc_container_new(name, lib);
	bool started;

	if (!c)
		return START_REFUSED;
	last_stop_watch((unsigned)strtoul(name, NULL, 10));
	started = c->set_config_item(c, "lxc.log.file", log) &&
		  c->set_config_item(c, "lxc.log.level", "ERROR") && c->want_daemonize(c, true) &&
		  c->want_close_all_fds(c, true) && c->start(c, 0, NULL);
	lxc_container_put(c);
	return started ? START_DONE : START_FAILED;
}
