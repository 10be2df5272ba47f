/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changes that wait in a config for the next start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/runtime/lower/lower.h"
#include "tests/unit/conf-text.h"

#define MAIN "lxc.utsname = ct1\npve.features = nesting=1\npve.tty = 3\n"
#define NET "lxc.network.type = veth\nlxc.network.hwaddr = 02:00:00:00:00:01\n" \
	    "lxc.network.name = eth0\nlxc.network.veth.pair = veth105.0\n"
#define SNAP "\nsnap.pve.snapname = s1\nsnap.lxc.utsname = old\n"

static void refused(const char *text, const char *object, const char *cause)
{
	struct conf_file *f = NULL;
	struct err e = { 0 };

	assert_true(conf_parse(text, strlen(text), "F", 105, &f, &e) < 0);
	assert_string_equal(e.object, object);
	assert_non_null(strstr(e.cause, cause));
}

/* It is kept, counts for nothing, and is written between the container and its snapshots. */
static void test_put(void **state)
{
	struct conf_file *f = parse(MAIN SNAP);
	struct conf_changes waiting;
	struct err e;

	(void)state;
	assert_false(conf_has_pending(f));
	assert_int_equal(conf_pending_put(f, "tty", "1", &e), 0);
	assert_int_equal(conf_pending_put(f, "features", NULL, &e), 0);
	check_text(f, MAIN "pending.tty = 1\npending.delete = features\n" SNAP);
	assert_int_equal(conf_values(f)->tty, 2);
	assert_true(conf_values(f)->features.nesting);
	conf_pending(f, &waiting);
	assert_int_equal(waiting.n, 2);
	assert_string_equal(waiting.v[0].name, "features");
	assert_string_equal(waiting.v[0].old, "nesting=1");
	assert_null(waiting.v[0].new);
	assert_string_equal(waiting.v[1].name, "tty");
	assert_null(waiting.v[1].old);
	assert_string_equal(waiting.v[1].new, "1");
	conf_changes_done(&waiting);
	/* Once for each option. */
	assert_int_equal(conf_pending_put(f, "features", "nesting=0", &e), 0);
	check_text(f, MAIN "pending.tty = 1\npending.features = nesting=0\n" SNAP);
	assert_int_equal(conf_pending_drop(f, "tty", &e), 0);
	assert_int_equal(conf_pending_drop(f, "cores", &e), 0);
	check_text(f, MAIN "pending.features = nesting=0\n" SNAP);
	conf_free(f);
}

/* Networks come last, and those that are removed before the others. */
static void test_diff(void **state)
{
	struct conf_file *a = parse(MAIN NET), *b = conf_copy(a);
	static const char *const names[] = { "hostname", "memory", "tty", "net0", "net3" };
	const struct conf_change *net;
	struct conf_changes changes;
	struct err e;

	(void)state;
	conf_diff(a, b, &changes);
	assert_int_equal(changes.n, 0);
	assert_int_equal(conf_unset(b, "net0", &e), 0);
	assert_int_equal(conf_set(b, "net3", "name=eth0,hwaddr=02:00:00:00:00:03", &e), 0);
	assert_int_equal(conf_set(b, "memory", "128", &e), 0);
	assert_int_equal(conf_set(b, "hostname", "other", &e), 0);
	assert_int_equal(conf_set(b, "tty", "1", &e), 0);
	conf_diff(a, b, &changes);
	assert_int_equal(changes.n, ARRAY_SIZE(names));
	for (size_t i = 0; i < changes.n; i++)
		assert_string_equal(changes.v[i].name, names[i]);
	net = conf_changes_find(&changes, "net3");
	assert_int_equal(net->index, 3);
	assert_string_equal(net->option->name, "netN");
	assert_null(net->old);
	assert_string_equal(conf_changes_find(&changes, "hostname")->old, "ct1");
	assert_null(conf_changes_find(&changes, "net0")->new);
	assert_null(conf_changes_find(&changes, "cores"));
	/* All of them make the one of the other. */
	for (size_t i = 0; i < changes.n; i++)
		assert_int_equal(conf_change_make(a, &changes.v[i], &e), 0);
	conf_changes_done(&changes);
	conf_diff(a, b, &changes);
	assert_int_equal(changes.n, 0);
	conf_free(a);
	conf_free(b);
}

static void test_merge(void **state)
{
	struct conf_file *f = parse("lxc.utsname = ct1\npve.features = nesting=1\n" NET
				    "pending.net1 = name=eth0,hwaddr=02:00:00:00:00:02\n"
				    "pending.delete = net0\npending.delete = features\n" SNAP);
	struct err e;

	(void)state;
	assert_int_equal(conf_pending_merge(f, &e), 0);
	assert_false(conf_has_pending(f));
	assert_false(conf_values(f)->features.nesting);
	/* What goes goes first: its name is free then. */
	assert_int_equal(conf_values(f)->n_nets, 1);
	assert_int_equal(conf_values(f)->nets[0].index, 1);
	conf_free(f);
}

static void test_merge_fails(void **state)
{
	const char *text = MAIN NET "pending.delete = features\npending.net1 = name=eth0\n";
	struct conf_file *f = parse(text);
	struct conf_findings found;
	struct err e = { 0 };

	(void)state;
	assert_true(conf_pending_merge(f, &e) < 0);
	assert_string_equal(e.object, "F:9: pending");
	assert_non_null(strstr(e.remedy, "pct set 105 --revert net1"));
	check_text(f, text);
	conf_free(f);
	conf_check(text, strlen(text), 105, &found);
	assert_int_equal(found.n - found.of[CONF_POWER], 2);
	assert_int_equal(found.v[found.n - 1].line, 9);
	assert_int_equal(found.v[found.n - 1].level, CONF_ERROR);
	conf_findings_done(&found);
}

static void test_bad(void **state)
{
	(void)state;
	refused("pending.nix = 1\n", "F:1: pending", "can be pending");
	refused("pending.delete = nix\n", "F:1: pending.delete", "can be pending");
	refused("pending.delete = tty,cores\n", "F:1: pending.delete", "can be pending");
	refused("pending.description = a\n", "F:1: pending", "can be pending");
	refused("pending.unprivileged = 0\n", "F:1: pending", "can be pending");
	refused("pending.lock = 1\n", "F:1: pending", "can be pending");
	refused("pve.tty = 3\npending.tty = 1\npending.delete = tty\n", "F:3: pending.delete",
		"given twice, first in line 2");
	refused("pending.tty = 1\t2\n", "F:1: pending", "control character");
}

/* The next start is what a runtime config is for. */
static void test_stamp(void **state)
{
	autofree char *stamped = lower_stamp("# made by pct from config 0123456789abcdef; "
					     "change it\nx = 1\n", "new text\n");

	(void)state;
	assert_true(lower_is_current(stamped, "new text\n"));
	assert_false(lower_is_current(stamped, "another\n"));
	assert_non_null(strstr(stamped, "; change it\nx = 1\n"));
}

/* ---- power over the host ---- */

/* text gives the container this power, told at a line. */
static void check_power(const char *text, unsigned line, const char *power)
{
	struct conf_findings list;
	bool told = false;

	conf_check(text, strlen(text), 105, &list);
	for (size_t i = 0; i < list.n; i++)
		told |= list.v[i].level == CONF_POWER && list.v[i].line == line &&
			strstr(list.v[i].text, power);
	conf_findings_done(&list);
	if (!told)
		fail_msg("\"%s\" is not told of line %u of %s", power, line, text);
}

#define MAPS(s) "lxc.idmap" s "u 0 1000000 65536\nlxc.idmap" s "g 0 1000000 65536\n"

/* The next start makes the changes, so a check tells of them. */
static void test_power(void **state)
{
	static const char ours[] = "pve.unprivileged = 1\npending.idmap = u 0 0 9;g 0 0 9\n";
	static const char theirs[] = "unprivileged: 1\n[pve:pending]\nidmap: u 0 0 9;g 0 0 9\n";
	static const char root[] = "runs the container's root as root of the host";

	(void)state;
	check_power(ours, 2, "gives the container user 0 (root) of the host");
	check_power(ours, 2, "gives the container group 0 (root) of the host");
	check_power(theirs, 3, "gives the container user 0 (root) of the host");
	check_power(theirs, 3, "gives the container group 0 (root) of the host");
	check_power(MAPS(" = ") "pending.delete = idmap\n", 3, root);
	check_power(MAPS(" = ") "pending.delete = idmap\nlxc.hook.mount = /x\n", 4,
		    "runs \"/x\" as root on the host");
	check_power("hostname: a\n" MAPS(": ") "[pve:pending]\ndelete: lxc.idmap\ntty: 3\n", 0,
		    root);
	check_power("unprivileged: 1\n[pve:pending]\nunprivileged: 0\n", 3, root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put), cmocka_unit_test(test_diff),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_merge_fails), cmocka_unit_test(test_bad),
		cmocka_unit_test(test_stamp), cmocka_unit_test(test_power),
	};

	return cmocka_run_group_tests_name("pending", tests, NULL, NULL);
}
