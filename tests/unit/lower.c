/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Golden tests of lowering: each folder of tests/golden/lower has a config, a description of the
 * host, and what is expected: the runtime config, or the error.  UPDATE=1 writes them anew, for a
 * look at the difference.
 *
 * Lines of host: lxc 5 | cgroup v1|hybrid|v2 | cpus N | bridge NAME MTU | file PATH |
 * device PATH cMAJOR:MINOR | idmap INSIDE OUTSIDE COUNT | hooks DIR | ctid N | lxcfs DIR |
 * syscalld SOCKET
 */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/net/ifname.h"
#include "lib/host/device.h"
#include "lib/host/idmap.h"
#include "lib/runtime/lower/lower.h"

#define FOLDER "tests/golden/lower"

struct fake {
	struct host host;
	struct idmap map;
	char **files, **bridges, **devices;
	char *hooks, *lxcfs, *syscalld;
	unsigned ctid;
};

static bool fake_exists(void *ctx, const char *path)
{
	return strv_has(((struct fake *)ctx)->files, path);
}

static int fake_mtu(void *ctx, const char *bridge)
{
	for (char **b = ((struct fake *)ctx)->bridges; b && *b; b += 2)
		if (str_eq(b[0], bridge))
			return (int)strtol(b[1], NULL, 10);
	return 0;
}

/* Like device_look(), whose errors have no object. */
static int fake_device(void *ctx, const char *path, struct device *ret, struct err *e)
{
	for (char **d = ((struct fake *)ctx)->devices; d && *d; d += 2)
		if (str_eq(d[0], path) &&
		    sscanf(d[1], "%c%u:%u", &ret->type, &ret->major, &ret->minor) == 3)
			return 0;
	return err_set(e, ENOENT, NULL, "the host has no device %s", path);
}

static unsigned number(const char *s)
{
	uint64_t n;

	assert_true(parse_uint(s, 0, UINT32_MAX, &n));
	return (unsigned)n;
}

static void host_word(struct fake *h, char **w)
{
	static const char *const modes[] = { "v1", "hybrid", "v2" };
	unsigned n = h->map.n_uid;

	if (str_eq(w[0], "lxc")) {
		h->host.lxc_major = number(w[1]);
	} else if (str_eq(w[0], "cgroup")) {
		for (unsigned i = 0; i < 3; i++)
			if (str_eq(w[1], modes[i]))
				h->host.cgroup = (enum cgroup_mode)i;
	} else if (str_eq(w[0], "cpus")) {
		h->host.cpus = number(w[1]);
	} else if (str_eq(w[0], "ctid")) {
		h->ctid = number(w[1]);
	} else if (str_eq(w[0], "hooks")) {
		h->hooks = xstrdup(w[1]);
		h->host.hooks = h->hooks;
	} else if (str_eq(w[0], "lxcfs")) {
		h->lxcfs = xstrdup(w[1]);
		h->host.lxcfs = h->lxcfs;
	} else if (str_eq(w[0], "syscalld")) {
		h->syscalld = xstrdup(w[1]);
		h->host.syscalld = h->syscalld;
	} else if (str_eq(w[0], "file")) {
		strv_push(&h->files, w[1]);
	} else if (str_eq(w[0], "bridge")) {
		strv_push(&h->bridges, w[1]);
		strv_push(&h->bridges, w[2]);
	} else if (str_eq(w[0], "device")) {
		strv_push(&h->devices, w[1]);
		strv_push(&h->devices, w[2]);
	} else if (str_eq(w[0], "idmap")) {
		h->map.uid[n] = (struct idmap_range){ number(w[1]), number(w[2]), number(w[3]) };
		h->map.gid[n] = h->map.uid[n];
		h->map.n_uid = h->map.n_gid = n + 1;
		h->host.idmap = &h->map;
	} else {
		fail_msg("host: %s", w[0]);
	}
}

static void host_read(const char *dir, struct fake *h)
{
	autofree char *path = xasprintf("%s/host", dir), *text = NULL;
	autostrv char **lines = NULL;
	struct err e = { 0 };

	*h = (struct fake){ .host = { .lxc_major = 5, .cgroup = CGROUP_V2, .cpus = 4,
				      .file_exists = fake_exists, .bridge_mtu = fake_mtu,
				      .hooks = "/usr/libexec/pct", .ctx = h,
				      .device = fake_device,
				      .templates = "/usr/share/pct/distro-templates",
				      .rootfs = "/var/lib/lxc/105/rootfs" },
			    .ctid = 105 };
	assert_int_equal(file_read(path, 65536, &text, NULL, &e), 0);
	lines = strv_split(text, "\n");
	for (char **l = lines; *l; l++) {
		autostrv char **words = strv_split(*l, " ");

		host_word(h, words);
	}
}

static char *lower_folder(const char *dir, const struct fake *h)
{
	autofree char *path = xasprintf("%s/config", dir), *config = NULL;
	struct conf_file *f = NULL;
	struct err e = { 0 };
	char *text = NULL;
	size_t len;
	int r;

	assert_int_equal(file_read(path, CONF_MAX_SIZE, &config, &len, &e), 0);
	r = conf_parse(config, len, "config", h->ctid, &f, &e);
	if (r == 0)
		r = lower(f, &h->host, &text, &e);
	if (r == 0) {
		assert_true(lower_is_current(text, config));
		assert_false(lower_is_current(text, "pve.onboot = 1\n"));
	} else {
		text = xasprintf("%s%s%s%s%s\n", e.object, *e.object ? ": " : "", e.cause,
				 *e.remedy ? "; " : "", e.remedy);
	}
	conf_free(f);
	return text;
}

static void check_folder(const char *dir)
{
	autofree char *path = xasprintf("%s/expected", dir), *expected = NULL, *text = NULL;
	struct fake h;
	struct err e = { 0 };

	host_read(dir, &h);
	text = lower_folder(dir, &h);
	if (getenv("UPDATE"))
		assert_int_equal(file_write(path, text, strlen(text), 0644, &e), 0);
	assert_int_equal(file_read(path, CONF_MAX_SIZE, &expected, NULL, &e), 0);
	if (!str_eq(text, expected))
		print_error("%s\n", dir);
	assert_string_equal(text, expected);
	strv_free(h.files);
	strv_free(h.bridges);
	strv_free(h.devices);
	free(h.hooks);
	free(h.lxcfs);
	free(h.syscalld);
}

static void test_golden(void **state)
{
	struct dirent **entries;
	int n = scandir(FOLDER, &entries, NULL, alphasort);
	unsigned checked = 0;

	(void)state;
	assert_true(n > 0);
	for (int i = 0; i < n; i++) {
		autofree char *dir = xasprintf(FOLDER "/%s", entries[i]->d_name);

		if (entries[i]->d_name[0] != '.') {
			check_folder(dir);
			checked++;
		}
		free(entries[i]);
	}
	free(entries);
	assert_true(checked > 10);
}

#define DIR_105 "/var/lib/lxc/105"
#define IOCTL "ioctl errno 1 [1,0x9400,SCMP_CMP_MASKED_EQ,0xff00]\n"
#define MKNOD \
	"mknod notify [1,8192,SCMP_CMP_MASKED_EQ,61440]\n" \
	"mknod notify [1,24576,SCMP_CMP_MASKED_EQ,61440]\n" \
	"mknodat notify [2,8192,SCMP_CMP_MASKED_EQ,61440]\n" \
	"mknodat notify [2,24576,SCMP_CMP_MASKED_EQ,61440]\n"

/* The profile of each combination, and that the last line counts, as for liblxc. */
static void test_seccomp(void **state)
{
	static const char *const rows[][3] = {
		{ "seccomp", "base\n", "base\nkeyctl errno 38\n" IOCTL },
		{ "seccomp", NULL, "2\ndenylist\n[all]\nkeyctl errno 38\n" IOCTL },
		{ "seccomp+keyctl", "base\n", "base\n" IOCTL },
		{ "seccomp+mknod", "base\n", "base\nkeyctl errno 38\n" IOCTL MKNOD },
		{ "seccomp+keyctl+mknod", "base\n", "base\n" IOCTL MKNOD },
	};
	char *unset = (char *)"unset";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		autofree char *path = NULL, *want = xasprintf(DIR_105 "/%s", rows[i][0]);
		autofree char *runtime = xasprintf("#\nlxc.seccomp.profile = /x\n"
						   "lxc.seccomp.profile = %s\nlxc.arch = amd64\n",
						   want);
		autofree char *text = lower_seccomp(runtime, DIR_105, rows[i][1], &path);

		assert_string_equal(path, want);
		assert_string_equal(text, rows[i][2]);
	}
	assert_null(lower_seccomp("#\nlxc.seccomp.profile = " DIR_105 "/seccomp\n"
				  "lxc.seccomp.profile = /x\n", DIR_105, NULL, &unset));
	assert_null(lower_seccomp("#\nlxc.arch = amd64\n", DIR_105, NULL, &unset));
	assert_string_equal(unset, "unset");
}

static void test_ifname(void **state)
{
	char name[16];

	(void)state;
	ifname(name, "veth", 105, 0);
	assert_string_equal(name, "veth105.0");
	ifname(name, "veth", 999999999, 9);
	assert_string_equal(name, "veth999999999.9");
	ifname(name, "veth", 999999999, 10);
	assert_string_equal(name, "v999999999.10");
	ifname(name, "fwbr", 999999999, 31);
	assert_string_equal(name, "fwb999999999.31");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_seccomp),
		cmocka_unit_test(test_ifname),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
