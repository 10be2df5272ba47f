/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/ovs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/net/netstate.h"

/* Without a timeout, ovs-vsctl would wait for a daemon that is down. */
#define VSCTL "ovs-vsctl", "--timeout=10"

/* The size of a name and all VLANs. */
#define MAX_ANSWER 32768

bool ovs_is_bridge(const char *name)
{
	const char *const argv[] = { VSCTL, "br-exists", name, NULL };

	return run_program(argv, NULL) == 0;
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
	const char *argv[ARRAY_SIZE(begin) + 4] = { NULL };
	size_t n = 0;

	for (; n < ARRAY_SIZE(begin); n++)
		argv[n] = begin[n];
	if (net->tag)
		argv[n++] = tag;
	if (net->n_trunks)
		argv[n++] = trunks;
	/* Without vlan_mode, it would ignore the trunks (ovs-vswitchd.conf.db(5)). */
	if (net->tag && net->n_trunks)
		argv[n++] = "vlan_mode=native-untagged";
	return run_program(argv, e) < 0 ? err_wrap(e, "%s", bridge) : 0;
}

/* Parse a sorted set as the database prints it, "[7, 10, 11]". */
static void take_trunks(struct netstate_port *port, const char *set)
{
	autostrv char **numbers = strv_split(set, "[, ]");
	uint64_t vid;

	for (char **number = numbers; number && *number; number++) {
		if (!parse_uint(*number, 0, 4095, &vid))
			continue;
		if (port->n_trunks && vid == port->trunks[port->n_trunks - 1].last + 1U)
			port->trunks[port->n_trunks - 1].last++;
		else if (port->n_trunks < NETSTATE_VLANS)
			port->trunks[port->n_trunks++] =
				(struct vlan_range){ (uint16_t)vid, (uint16_t)vid };
	}
}

int ovs_read_port(const char *port, char ret_bridge[16], struct netstate_port *ret, struct err *e)
{
	const char *const argv[] = { VSCTL, "port-to-br", port,
				     "--", "get", "port", port, "tag", "trunks", NULL };
	enum { BRIDGE, TAG, TRUNKS, LINES };
	autofree char *out = NULL;
	autostrv char **line = NULL;
	uint64_t tag = 0;
	int r = run_program_output(argv, MAX_ANSWER, &out, e);

	if (r < 0)
		return r;
	line = strv_split(out, "\n");
	if (strv_len(line) != LINES)
		return err_set(e, EPROTO, port, "ovs-vsctl printed unexpected output");
	snprintf(ret_bridge, 16, "%s", line[BRIDGE]);
	ret->tag = parse_uint(line[TAG], 0, 4095, &tag) ? (unsigned)tag : 0;
	ret->n_trunks = 0;
	take_trunks(ret, line[TRUNKS]);
	return 0;
}

int ovs_del_port(const char *port, struct err *e)
{
	const char *const argv[] = { VSCTL, "--", "--if-exists", "del-port", port, NULL };

	return run_program(argv, e);
}
