/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which command lines are those of DHCP clients, and for what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/base/util.h"
#include "lib/runtime/guest.h"

static void test_families(void **state)
{
	static const struct {
		const char *line;
		unsigned families; /* on eth0 */
	} cases[] = {
		{ "udhcpc -R -n -p /var/run/udhcpc.eth0.pid -i eth0", GUEST_IP4 },
		{ "/bin/busybox udhcpc -i eth0", GUEST_IP4 },
		{ "udhcpc6 -i eth0", GUEST_IP6 },
		{ "dhclient -4 -v -i -pf /run/dhclient.eth0.pid -lf /x eth0", GUEST_IP4 },
		{ "/sbin/dhclient -6 -v eth0", GUEST_IP6 },
		{ "/sbin/dhclient eth0", GUEST_IP4 },
		{ "dhcpcd: eth0 [ip4] [ip6]", GUEST_IP4 | GUEST_IP6 },
		{ "/usr/sbin/dhcpcd -q eth0", GUEST_IP4 | GUEST_IP6 },
		/* Of another interface, or of all: it serves others as well. */
		{ "udhcpc -i eth01", 0 },
		{ "dhclient -4 -pf /run/dhclient.eth0.pid eth1", 0 },
		{ "dhcpcd: [manager] [ip4] [ip6]", 0 },
		{ "dhclient", 0 },
		/* No clients. */
		{ "vi dhclient eth0", 0 },
		{ "tcpdump -i eth0 udhcpc", 0 },
		{ "dhclient-script eth0", 0 },
		{ "eth0", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autostrv char **words = strv_split(cases[i].line, " ");
		unsigned got = guest_dhcp_families(words, "eth0");

		if (got != cases[i].families)
			fail_msg("%s: %u", cases[i].line, got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_families) };

	return cmocka_run_group_tests_name("inside-client", tests, NULL, NULL);
}
