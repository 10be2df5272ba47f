/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/netstate.h"
#include "tests/unit/waiting.h"

/* This process gets a network namespace that has a link named inside0, as a container has. */
static bool enter_namespace(const void *arg)
{
	const char *const add[] = { "ip", "link", "add", "inside0", "type", "bridge", NULL };
	struct err e = { 0 };

	(void)arg;
	return unshare(CLONE_NEWNET) == 0 && run_program(add, &e) == 0;
}

static void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void test_inside(void **state)
{
	pid_t pid = start_waiting(enter_namespace, NULL);
	struct stat before, after;
	struct netlink *nl = NULL;
	struct err e = { 0 };
	struct link link;

	(void)state;
	assert_return_code(stat("/proc/self/ns/net", &before), errno);
	assert_int_equal(netns_open(pid, &nl, &e), 0);
	assert_return_code(stat("/proc/self/ns/net", &after), errno);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(netlink_get(nl, "inside0", &link, &e), 0);
	end(pid);
	/* The conversation keeps the namespace. */
	assert_int_equal(netlink_get(nl, "inside0", &link, &e), 0);
	netlink_close(nl);
	assert_int_equal(netlink_open(&nl, &e), 0);
	assert_int_equal(netlink_get(nl, "inside0", &link, &e), -ENODEV);
	netlink_close(nl);
}

static void test_refused(void **state)
{
	struct netlink *nl = NULL;
	struct err e = { 0 };
	pid_t gone = fork();

	(void)state;
	if (gone == 0)
		_exit(0);
	waitpid(gone, NULL, 0);
	assert_int_equal(netns_open(gone, &nl, &e), -ESRCH);
	assert_int_equal(netns_open(getpid(), &nl, &e), -EXDEV);
	assert_null(nl);
}

/* ip(8) in there, with the words of line. */
static void ip_inside(pid_t pid, const char *line)
{
	autofree char *whole = xasprintf("nsenter -t %d -n ip %s", (int)pid, line);
	autostrv char **words = strv_split(whole, " ");
	struct err e = { 0 };

	assert_int_equal(run_program((const char *const *)words, &e), 0);
}

static void test_state(void **state)
{
	struct netstate_link links[2] = { { .name = "inside0" }, { .name = "none0" } };
	pid_t pid = start_waiting(enter_namespace, NULL);
	struct netlink *nl = NULL;
	struct err e = { 0 };
	char text[IP_TEXT_MAX];

	(void)state;
	ip_inside(pid, "link set inside0 mtu 1400 address 02:00:00:00:00:01 up");
	ip_inside(pid, "addr add 10.0.0.5/24 dev inside0");
	ip_inside(pid, "addr add 10.0.0.6/24 dev inside0 valid_lft 100 preferred_lft 100");
	ip_inside(pid, "addr add 2001:db8::5/64 dev inside0 nodad");
	ip_inside(pid, "addr add 127.0.0.7/8 dev lo");
	ip_inside(pid, "route add default via 10.0.0.1 dev inside0 metric 5");
	ip_inside(pid, "neigh add 10.0.0.1 lladdr 02:00:00:00:00:02 dev inside0 nud permanent");
	assert_int_equal(netns_open(pid, &nl, &e), 0);
	assert_int_equal(netstate_read(nl, NETSTATE_ADDRESSES | NETSTATE_ROUTES |
					   NETSTATE_NEIGHBOURS, links, 2, &e), 0);
	assert_int_equal(links[1].index, 0);
	assert_true(links[0].index > 0 && links[0].up);
	assert_int_equal(links[0].mtu, 1400);
	assert_string_equal(links[0].hwaddr, "02:00:00:00:00:01");
	assert_string_equal(ip_format(&links[0].address[0].cidr.ip, text), "10.0.0.5");
	assert_int_equal(links[0].address[0].cidr.prefix, 24);
	assert_true(links[0].address[0].global && !links[0].address[0].dynamic);
	assert_true(links[0].address[1].dynamic);
	assert_string_equal(ip_format(&links[0].route[0].via, text), "10.0.0.1");
	assert_int_equal(links[0].route[0].metric, 5);
	assert_int_equal(links[0].n_neighbours, 1);
	assert_string_equal(links[0].neighbour[0].state, "permanent");
	assert_string_equal(links[0].neighbour[0].hwaddr, "02:00:00:00:00:02");
	netstate_done(links, 2);
	netlink_close(nl);
	end(pid);
}

static void test_many(void **state)
{
	struct netstate_link link = { .name = "inside0" };
	pid_t pid = start_waiting(enter_namespace, NULL);
	struct netlink *nl = NULL;
	struct err e = { 0 };

	(void)state;
	for (unsigned i = 0; i < NETSTATE_MAX + 5; i++) {
		autofree char *add = xasprintf("addr add 10.1.0.%u/32 dev inside0", i + 1);

		ip_inside(pid, add);
	}
	assert_int_equal(netns_open(pid, &nl, &e), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(netstate_read(nl, NETSTATE_ADDRESSES, &link, 1, &e), 0);
		assert_int_equal(link.n_addresses, NETSTATE_MAX);
		assert_int_equal(link.more_addresses, 5);
	}
	netstate_done(&link, 1);
	netlink_close(nl);
	end(pid);
}

static void test_watch(void **state)
{
	pid_t pid = start_waiting(enter_namespace, NULL);
	struct netlink *nl = NULL;
	struct err e = { 0 };
	struct pollfd wait;

	(void)state;
	assert_int_equal(netns_open(pid, &nl, &e), 0);
	assert_int_equal(netstate_watch(nl, &e), 0);
	wait = (struct pollfd){ .fd = netstate_fd(nl), .events = POLLIN };
	assert_int_equal(poll(&wait, 1, 0), 0);
	ip_inside(pid, "addr add 10.0.0.5/24 dev inside0");
	assert_int_equal(poll(&wait, 1, 10000), 1);
	netstate_forget(nl);
	assert_int_equal(poll(&wait, 1, 0), 0);
	netlink_close(nl);
	end(pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_watch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
