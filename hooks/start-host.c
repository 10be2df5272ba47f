/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The start-host hook: runs as host root once the container's interfaces exist and before init
 * runs.  Configures the host-managed networks.  Only containers with such networks have this hook.
 */
#include <sys/syscall.h>
#include <unistd.h>

#include "hooks/hook.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/net/host-managed.h"

static int apply(const struct conf *conf, pid_t init, struct err *e)
{
	autoclose int pidfd = (int)syscall(SYS_pidfd_open, init, 0);
	int r = 0;

	if (pidfd < 0)
		return err_sys(e, NULL, "open process %d", (int)init);
	for (size_t i = 0; i < conf->n_nets && r == 0; i++)
		if (conf->nets[i].host_managed)
			r = hostnet_apply(conf, pidfd, NULL, &conf->nets[i], e);
	return r;
}

static int start_host(const struct hook *hook, struct err *e)
{
	struct conf_file *file = NULL;
	int r = store()->load(hook->ctid, &file, e);

	if (r == 0)
		r = apply(conf_values(file), hook->init, e);
	conf_free(file);
	return r;
}

int main(int argc, char *argv[])
{
	return hook_main(argc, argv, "lxc", "start-host", start_host);
}
