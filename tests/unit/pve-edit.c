/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits of a config in Proxmox VE's format, which keeps its format and its other lines. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "tests/unit/conf-text.h"

#define NOTES "#my notes%3A a\n#  second line\n"
#define HEAD \
	"arch: amd64\ncmode: shell\ndebug: 1\n" \
	"dev0: path=/dev/kvm\nfeatures: keyctl=1,later=2,nesting=1\nhostname: ct1\n"
#define NET \
	"mp0: local-lvm:vm-105-disk-1,mp=/data,size=8G\n" \
	"net0: name=eth0,bridge=vmbr0,firewall=1,hwaddr=86:5D:0B:28:E6:23,ip=dhcp,type=veth\n"
#define REST \
	"rootfs: local:105/vm-105-disk-0.raw,acl=1,quota=0,size=1536M\nswap: 256\n" \
	"unprivileged: 1\nunused0: local-lvm:vm-105-disk-7\nwhat: ever\n" \
	"lxc.cap.drop =\nlxc.mount.entry: /a b none bind 0 0\n lxc.tty.max :  4\n"
#define SNAP "\n[s1]\n#a snapshot\nhostname: old_name\nsnaptime: 1700000000\n"

/* change: "OPTION=VALUE", "-OPTION" (delete), "?OPTION=VALUE" (pending), "?-OPTION", "?!OPTION". */
static void make(struct conf_file *f, const char *change)
{
	bool pending = *change == '?';
	const char *name = change + pending + strspn(change + pending, "-!");
	const char *value = strchr(name, '=');
	autofree char *option = xstrndup(name, strcspn(name, "="));
	struct err e = { 0 };
	int r;

	value = value ? value + 1 : NULL;
	if (pending && change[1] == '!')
		r = conf_pending_drop(f, option, &e);
	else if (pending)
		r = conf_pending_put(f, option, value, &e);
	else
		r = value ? conf_set(f, option, value, &e) : conf_unset(f, option, &e);
	if (r < 0)
		fail_msg("%s: %s: %s", change, e.object, e.cause);
}

/* What the file says when it is read again is what f says. */
static void check_same(const struct conf_file *f)
{
	autofree char *text = conf_text(f);
	struct conf_file *again = parse(text);
	struct conf_changes changes;

	conf_diff(f, again, &changes);
	assert_int_equal(changes.n, 0);
	conf_changes_done(&changes);
	conf_pending(f, &changes);
	assert_int_equal(conf_has_pending(again), changes.n > 0);
	conf_changes_done(&changes);
	conf_free(again);
}

static void check(const char *before, const char *change, const char *after)
{
	struct conf_file *f = parse(before), *copy = conf_copy(f);

	check_text(f, before);
	make(copy, change);
	check_text(copy, after);
	check_same(copy);
	check_text(f, before);
	conf_free(copy);
	conf_free(f);
}

static void test_lines(void **state)
{
	static const char *const cases[][3] = {
		{ "hostname=ct2", "hostname: ct1\n", "hostname: ct2\n" },
		{ "-hostname", "hostname: ct1\n", "" },
		{ "swap=0", "swap: 256\n", "swap: 0\n" },
		{ "-swap", "swap: 256\n", "" },
		{ "memory=1024", "mp0:", "memory: 1024\nmp0:" },
		{ "memory=0", "mp0:", "memory: 0\nmp0:" },
		{ "cpuunits=2048", "debug: 1", "cpuunits: 200\ndebug: 1" },
		{ "onboot=1", "rootfs:", "onboot: 1\nrootfs:" },
		{ "onboot=0", "rootfs:", "onboot: 0\nrootfs:" },
		{ "features=nesting=1", "keyctl=1,later=2,nesting=1", "nesting=1" },
		{ "net0=name=eth0,bridge=vmbr1",
		  "bridge=vmbr0,firewall=1,hwaddr=86:5D:0B:28:E6:23,ip=dhcp,type=veth",
		  "bridge=vmbr1,hwaddr=86:5D:0B:28:E6:23,type=veth" },
		{ "net1=name=eth1,hwaddr=02:00:00:00:00:01", "rootfs:",
		  "net1: name=eth1,hwaddr=02:00:00:00:00:01,type=veth\nrootfs:" },
		{ "-net0", "net0: name=eth0,bridge=vmbr0,firewall=1,hwaddr=86:5D:0B:28:E6:23,"
		  "ip=dhcp,type=veth\n", "" },
		{ "description=a: b\n\nc", NOTES, "#a%3A b\n#\n#c\n" },
		{ "-description", NOTES, "" },
		{ "idmap=u 0 100000 65536;g 0 100000 65536", SNAP,
		  "lxc.idmap: u 0 100000 65536\nlxc.idmap: g 0 100000 65536\n" SNAP },
		{ "?memory=2048", SNAP, "\n[pve:pending]\nmemory: 2048\n" SNAP },
		{ "?-hostname", SNAP, "\n[pve:pending]\ndelete: hostname\n" SNAP },
	};
	static const char whole[] = NOTES HEAD NET REST SNAP;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *at = strstr(whole, cases[i][1]);
		autofree char *after = xasprintf("%.*s%s%s", (int)(at - whole), whole, cases[i][2],
						 at + strlen(cases[i][1]));

		check(whole, cases[i][0], after);
	}
}

#define A "hostname: a\n"
#define PENDING "\n[pve:pending]\n"

static void test_pending(void **state)
{
	(void)state;
	check(A, "?tty=3", A PENDING "tty: 3\n");
	check(A PENDING "tty: 3\n", "?!tty", A);
	check(A PENDING "tty: 3\n" SNAP, "?!tty", A SNAP);
	check(A PENDING "tty: 3\n", "?-tty", A PENDING "delete: tty\n");
	check(A PENDING "delete: tty,cores\n", "?tty=3", A PENDING "delete: cores\ntty: 3\n");
	check(A "tty: 3\n" PENDING "delete: !tty,cores\n", "?!tty",
	      A "tty: 3\n" PENDING "delete: cores\n");
	check(A PENDING "mp0: x\n", "?cpuunits=2048", A PENDING "cpuunits: 200\nmp0: x\n");
	check("hostname: a", "?tty=3", A PENDING "tty: 3\n");
	check("hostname: a\r\n", "?tty=3", "hostname: a\r\n\r\n[pve:pending]\r\ntty: 3\r\n");
	check("hostname: a", "cores=3", "cores: 3\nhostname: a");
}

static void test_merge(void **state)
{
	struct conf_file *f = parse(A "cores: 2\nmp0: a:x,mp=/x\ntty: 1\n" PENDING
				    "#note\ncpuunits: 200\ndelete: cores,mp0\n"
				    "mp1: a:y,mp=/y\ntty: 3\n"
				    "lxc.cap.drop: x\n" SNAP);
	struct conf_changes waiting;
	struct err e = { 0 };

	(void)state;
	conf_pending(f, &waiting);
	assert_int_equal(waiting.n, 5);
	assert_string_equal(waiting.v[1].name, "cpuunits");
	assert_string_equal(waiting.v[1].new, "2048");
	assert_string_equal(waiting.v[2].name, "mp0");
	assert_null(waiting.v[2].new);
	assert_string_equal(waiting.v[3].new, "a:y,mp=/y");
	conf_changes_done(&waiting);
	assert_int_equal(conf_values(f)->tty, 1);
	assert_int_equal(conf_pending_merge(f, &e), 0);
	check_text(f, "#note\ncpuunits: 200\n" A "mp1: a:y,mp=/y\ntty: 3\nunused0: a:x\n"
		      "lxc.cap.drop: x\n" SNAP);
	assert_int_equal(conf_values(f)->tty, 3);
	check_same(f);
	conf_free(f);

	/* A bad one is told when it is merged, and nothing changes. */
	f = parse(A PENDING "cores: 3\ntty: 7\n");
	assert_int_equal(conf_pending_merge(f, &e), -EINVAL);
	assert_string_equal(e.object, "F (converted): [pve:pending]: tty");
	assert_string_equal(e.cause, "is not a number from 0 to 6: \"7\"");
	check_text(f, A PENDING "cores: 3\ntty: 7\n");
	conf_free(f);
}

static void test_refused(void **state)
{
	struct conf_file *f = parse(A "lxc.uts.name: b\n");
	struct err e = { 0 };

	(void)state;
	assert_int_equal(conf_set(f, "hostname", "c", &e), -EEXIST);
	assert_string_equal(e.object, "hostname");
	assert_string_equal(e.cause, "another line of the config sets it: \"b\"");
	assert_int_equal(conf_set(f, "tty", "7", &e), -EINVAL);
	check_text(f, A "lxc.uts.name: b\n");
	conf_free(f);
	f = parse(A);
	assert_int_equal(conf_unset(f, "hostname", &e), -EINVAL);
	check_text(f, A);
	conf_free(f);
}

/* Whatever the file looks like, it is a config after an edit, with the new value. */
static void test_mutants(void **state)
{
	static const char whole[] = NOTES HEAD NET REST PENDING "delete: cmode\ntty: 3\n" SNAP;
	static const char bytes[] = "\n\r= #.\t\x80x0:[]%";
	size_t len = strlen(whole);

	(void)state;
	for (unsigned turn = 0; turn < 8 * len; turn += 5) {
		autofree char *text = xstrndup(whole, len);
		size_t at = turn % len, n = len;
		struct conf_file *f = NULL;
		struct err e = { 0 };

		if (turn / len % 4 == 0)
			memmove(text + at, text + at + 1, n-- - at);
		else if (turn / len % 4 == 1)
			n = at;
		else
			text[at] = bytes[turn % (sizeof bytes - 1)];
		if (conf_parse(text, n, "F", 105, &f, &e) < 0)
			continue;
		if (conf_has_pending(f) && conf_pending_merge(f, &e) == 0)
			check_same(f);
		make(f, "cores=3");
		make(f, "?cpulimit=2");
		make(f, "description=a\nb");
		check_same(f);
		make(f, "?!cpulimit");
		make(f, "-cores");
		check_same(f);
		conf_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_mutants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
