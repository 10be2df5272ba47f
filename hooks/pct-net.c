/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Helper for tasks that need libnl and libnftables, which would slow each net-up by a few
 * milliseconds.  lib/net/port.c runs it for networks with a rate or a firewall, and holds the lock.
 *
 *	pct-net set RATE LINK FWLN RULES    limit what both links send (0: no limit), run RULES
 *	pct-net remove RULES                run RULES, and remove the table with its last chain
 *	pct-net check LINK RULES            print whether the link has these: same, other or none
 *	pct-net counters LINK FWLN          print dropped frames, their bytes, those over the rate
 */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/net/anti-spoof.h"
#include "lib/net/netlink.h"
#include "lib/net/nft.h"
#include "lib/net/tc.h"

static int set(char *argv[], struct err *e)
{
	uint64_t rate;
	int r;

	if (!parse_uint(argv[0], 0, UINT64_MAX, &rate))
		return err_set(e, EINVAL, argv[0], "is not a rate");
	r = tc_set_rate(argv[1], rate, e);
	if (r == 0)
		r = tc_set_rate(argv[2], rate, e);
	return r == 0 && *argv[3] ? nft_run(argv[3], e) : r;
}

static int remove_rules(char *argv[], struct err *e)
{
	int r = nft_run(argv[0], e);

	return r < 0 ? r : nft_drop_empty(FILTER_TABLE, e);
}

/*
 * nft prints rules in another form than it gets them, and versions differ.  To compare, add the
 * rules for a link of the same name in a private network namespace, and print them.
 */
static int as_printed(const char *link, const char *rules, char **ret, struct err *e)
{
	struct link_change peer = { .name = "peer" };
	struct netlink *nl = NULL;
	int r;

	if (unshare(CLONE_NEWNET) < 0)
		return err_sys(e, link, "make a network namespace to compare rules in");
	r = netlink_open(&nl, e);
	if (r == 0)
		r = netlink_add_veth(nl, link, 0, &peer, e);
	if (r == 0)
		r = nft_run(rules, e);
	if (r == 0)
		r = nft_chain(FILTER_TABLE, link, ret, e);
	netlink_close(nl);
	return r;
}

static int check(char *argv[], struct err *e)
{
	autofree char *there = NULL, *wanted = NULL;
	int r = nft_chain(FILTER_TABLE, argv[0], &there, e);

	if (r == 0 && there)
		r = as_printed(argv[0], argv[1], &wanted, e);
	if (r == 0)
		puts(!there ? "none" : str_eq(there, wanted) ? "same" : "other");
	return r;
}

static int counters(char *argv[], struct err *e)
{
	uint64_t packets = 0, bytes = 0, drops[2];
	int r = nft_counter(FILTER_TABLE, argv[0], &packets, &bytes, e);

	for (int i = 0; i < 2 && r == 0; i++)
		r = tc_drops(argv[i], &drops[i], e);
	if (r == 0)
		printf("%" PRIu64 " %" PRIu64 " %" PRIu64 "\n", packets, bytes,
		       drops[0] + drops[1]);
	return r;
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		int n_args;
		int (*run)(char *argv[], struct err *e);
	} commands[] = {
		{ "set", 4, set },
		{ "remove", 1, remove_rules },
		{ "check", 2, check },
		{ "counters", 2, counters },
	};
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (argc != commands[i].n_args + 2 || !str_eq(argv[1], commands[i].name))
			continue;
		if (commands[i].run(argv + 2, &e) == 0)
			return 0;
		/* run_program() adds the program's name. */
		fprintf(stderr, "%s: %s\n", e.object, e.cause);
		return 1;
	}
	fprintf(stderr, "usage: lxc.net.up and pct run this\n");
	return 2;
}
