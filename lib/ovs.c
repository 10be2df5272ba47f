/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/ovs.h"

#include "lib/buf.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/run.h"
#include "lib/util.h"

/* It would wait for a switch daemon that is down. */
#define VSCTL "ovs-vsctl", "--timeout=10"

bool ovs_is_bridge(const char *name)
{
	const char *const argv[] = { VSCTL, "br-exists", name, NULL };
	struct err no;

	return run_program(argv, &no) == 0;
}

static char *trunks_text(const struct net *net)
{
	autobuf out = BUF_INIT;

	buf_add(&out, "trunks=");
	for (size_t i = 0; i < net->n_trunks; i++)
		for (unsigned v = net->trunks[i].first; v <= net->trunks[i].last; v++)
			buf_addf(&out, "%s%u", v == net->trunks[0].first ? "" : ",", v);
	return buf_detach(&out);
}

int ovs_add_port(const char *bridge, const char *port, const struct net *net, struct err *e)
{
	const char *const begin[] = { VSCTL, "--", "--if-exists", "del-port", port,
				      "--", "add-port", bridge, port };
	autofree char *tag = xasprintf("tag=%u", net->tag), *trunks = trunks_text(net);
	const char *argv[ARRAY_SIZE(begin) + 3] = { NULL };
	size_t n = 0;

	for (; n < ARRAY_SIZE(begin); n++)
		argv[n] = begin[n];
	if (net->tag)
		argv[n++] = tag;
	if (net->n_trunks)
		argv[n++] = trunks;
	return run_program(argv, e) < 0 ? err_wrap(e, "%s", bridge) : 0;
}

int ovs_del_port(const char *port, struct err *e)
{
	const char *const argv[] = { VSCTL, "--", "--if-exists", "del-port", port, NULL };

	return run_program(argv, e);
}
