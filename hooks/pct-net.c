/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What needs libnl and libnftables, which would cost every net-up a few milliseconds: lib/plug.c
 * has this program do it where a network has a rate or a firewall, and holds the lock meanwhile.
 *
 *	pct-net set LINK RATE RULES    limit what LINK sends (0: no limit), run RULES
 *	pct-net counters LINK          print spoofed frames and bytes, and those above the rate
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/err.h"
#include "lib/filter.h"
#include "lib/nft.h"
#include "lib/tc.h"
#include "lib/util.h"

static int set(const char *link, const char *number, const char *rules, struct err *e)
{
	uint64_t rate;
	int r;

	if (!parse_uint(number, 0, UINT64_MAX, &rate))
		return err_set(e, 22, number, "is not a rate");
	r = tc_set_rate(link, rate, filter_burst(rate), e);
	if (r == 0)
		r = nft_run(rules, e);
	return r < 0 || rate ? r : nft_drop_empty(FILTER_TABLE, e);
}

static int counters(const char *link, struct err *e)
{
	static const char *const names[] = { "spoofed", "over" };
	uint64_t packets, bytes;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		autofree char *name = xasprintf("%s-%s", link, names[i]);
		int r = nft_counter(FILTER_TABLE, name, &packets, &bytes, e);

		if (r < 0)
			return r;
		printf("%" PRIu64 " %" PRIu64 "%s", packets, bytes, i ? "\n" : " ");
	}
	return 0;
}

int main(int argc, char *argv[])
{
	struct err e = { 0 };
	int r;

	if (argc == 5 && str_eq(argv[1], "set")) {
		r = set(argv[2], argv[3], argv[4], &e);
	} else if (argc == 3 && str_eq(argv[1], "counters")) {
		r = counters(argv[2], &e);
	} else {
		fprintf(stderr, "usage: lxc.net.up and pct run this\n");
		return 2;
	}
	if (r == 0)
		return 0;
	/* run_program() puts the name in front. */
	fprintf(stderr, "%s: %s\n", e.object, e.cause);
	return 1;
}
