/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Ports of a bridge, while other links come and go: the kernel then says that its list is torn. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/net/netlink.h"
#include "tests/unit/waiting.h"

#define PORTS 150 /* more than fit into one datagram */
#define ROUNDS 200

static struct netlink *nl;

static void make_bridge(struct link *ret)
{
	struct link_change peer = { .name = "x" };
	struct err e = { 0 };

	if (netlink_add_bridge(nl, "br0", &e) < 0 || netlink_get(nl, "br0", ret, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	for (unsigned i = 0; i < PORTS; i += 2) {
		autofree char *name = xasprintf("p%u", i), *other = xasprintf("p%u", i + 1);
		struct link_change join = { .master = ret->index };
		struct link port;

		peer.name = other;
		if (netlink_add_veth(nl, name, 1500, &peer, &e) < 0 ||
		    netlink_get(nl, name, &port, &e) < 0 || netlink_set(nl, &port, &join, &e) < 0 ||
		    netlink_get(nl, other, &port, &e) < 0 || netlink_set(nl, &port, &join, &e) < 0)
			fail_msg("%s: %s", e.object, e.cause);
	}
}

/* Another process of this namespace, until it is killed. */
static pid_t start_churn(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		struct link_change peer = { .name = "churn1" };
		struct netlink *own = NULL;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (netlink_open(&own, NULL) == 0) {
			netlink_add_veth(own, "churn0", 1500, &peer, NULL);
			netlink_del(own, "churn0", NULL);
			netlink_close(own);
		}
		_exit(1);
	}
	return pid;
}

static void test_ports_while_links_change(void **state)
{
	struct err e = { 0 };
	struct link bridge;
	unsigned failed = 0;
	pid_t churn;

	(void)state;
	make_bridge(&bridge);
	churn = start_churn();
	assert_true(churn > 0);
	for (unsigned i = 0; i < ROUNDS; i++) {
		struct link *ports = NULL, link;
		size_t n = 0;

		if (netlink_ports(nl, &bridge, &ports, &n, &e) < 0)
			failed++;
		else
			assert_int_equal(n, PORTS);
		free(ports);
		/* Nothing of the list is left that the next answer would be taken for. */
		if (netlink_get(nl, "br0", &link, &e) < 0)
			fail_msg("%s: %s", e.object, e.cause);
	}
	kill(churn, SIGKILL);
	waitpid(churn, NULL, 0);
	if (failed)
		fail_msg("%u of %u lists failed: %s: %s", failed, ROUNDS, e.object, e.cause);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_ports_while_links_change) };
	struct err e;

	if (unshare(CLONE_NEWNET) < 0 || netlink_open(&nl, &e) < 0) {
		fprintf(stderr, "a network namespace takes root\n");
		return 1;
	}
	return cmocka_run_group_tests_name("netlink", tests, NULL, NULL);
}
