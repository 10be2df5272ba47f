/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The options mpN, unusedN, devN and the words of rootfs, in both formats. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

static struct err e;

static struct conf_file *parse(const char *text)
{
	struct conf_file *f = NULL;

	if (conf_parse(text, strlen(text), "config", 105, &f, &e) < 0)
		fail_msg("%s: %s", e.object, e.cause);
	return f;
}

/* Every word has its effect on the typed view; parents come first, whatever N says. */
static void is_read(void **state)
{
	struct conf_file *f = parse(
		"pve.mp0 = local:105/a.raw,mp=/srv/data/deep,backup=1,size=1536M,ro=1\n"
		"pve.mp10 = /srv/share,mp=/srv/,shared=1,replicate=0,owner=1000:100\n"
		"pve.mp2 = volume=/dev/vg/x,mp=srv/data,quota=0,acl=1,mountoptions=noatime;nosuid\n"
		"pve.mp3 = local:105/b.raw,keepattrs=1,mp=/x,acl=0,idmap=u:0:5:1;g:7:8:9\n"
		"pve.rootfs = ro=1,mountoptions=discard\n"
		"pve.volid = local:105/r.raw\n");
	const struct conf *c = conf_values(f);
	const struct conf_volume *v = c->volumes;
	struct conf_volume_ids ids;

	(void)state;
	assert_int_equal(c->n_volumes, 5);
	assert_string_equal(v[0].slot, "rootfs");
	assert_true(v[0].read_only && v[0].options == CONF_MOUNT_DISCARD);
	assert_string_equal(v[1].slot, "mp10");
	assert_string_equal(v[1].mount_point, "/srv");
	assert_true(v[1].kind == CONF_BIND && v[1].shared && !v[1].read_only);
	assert_string_equal(v[1].owner, "1000:100");
	assert_string_equal(v[2].slot, "mp2");
	assert_string_equal(v[2].mount_point, "/srv/data");
	assert_true(v[2].kind == CONF_DEVICE && v[2].acl == CONF_ACL_ON);
	assert_int_equal(v[2].options, CONF_MOUNT_NOATIME | CONF_MOUNT_NOSUID);
	assert_string_equal(v[3].slot, "mp0");
	assert_true(v[3].kind == CONF_VOLUME && v[3].backup && v[3].read_only);
	assert_int_equal(v[3].mib, 1536);
	assert_true(v[4].keepattrs && v[4].acl == CONF_ACL_OFF);
	assert_true(conf_volume_ids_parse("g:7:8:9", &ids));
	assert_true(ids.kind == 'g' && ids.inside == 7 && ids.on_disk == 8 && ids.count == 9);
	assert_ptr_equal(conf_volume_find(c, "mp3"), &v[4]);
	assert_null(conf_volume_find(c, "mp1"));
	conf_free(f);
}

static void is_refused(void **state)
{
	static const struct {
		const char *line, *cause;
	} cases[] = {
		{ "mp0 = local:105/a.raw", "has no mount point" },
		{ "mp0 = mp=/x", "names no volume" },
		{ "mp0 = a,mp=/x", "is not STORAGE:VOLUME" },
		{ "mp0 = /srv/../etc,mp=/x", "is not a plain path of the host" },
		{ "mp0 = /srv/,mp=/x", "is not a plain path of the host" },
		{ "mp0 = /srv,mp=/x/../y", "mp is not a plain path" },
		{ "mp0 = /srv,mp=", "is the mount point of the root volume" },
		{ "mp0 = /srv,mp=/", "is the mount point of the root volume" },
		{ "mp0 = /srv,mp=/proc/x", "is hidden by a file system" },
		{ "mp0 = /srv,mp=/dev", "is hidden by a file system" },
		{ "mp0 = /srv,mp=/x,ro=maybe", "ro is not 0 or 1" },
		{ "mp0 = /srv,mp=/x,size=8X", "size is not a size" },
		{ "mp0 = /srv,mp=/x,mountoptions=suid", "is not an option for mounting" },
		{ "mp0 = /srv,mp=/x,idmap=u:0:1", "is not passthrough or" },
		{ "mp0 = /srv,mp=/x,idmap=u:0:1:0", "is not passthrough or" },
		{ "mp0 = /srv,mp=/x,idmap=u:4294967295:1:1", "is not passthrough or" },
		{ "mp0 = /srv,mp=/x,owner=0:0", "owner is not UID:GID, both above 0" },
		{ "mp0 = /srv,mp=/x,owner=1000", "owner is not UID:GID" },
		{ "mp0 = /srv,mp=/x,owner=1:1,idmap=passthrough", "exclude each other" },
		{ "mp0 = local:105/a.raw,mp=/x,owner=1:1", "is for folders of the host" },
		{ "mp0 = /srv,mp=/x,nix=1", "there is no such word: \"nix=1\"" },
		{ "mp0 = /srv,mp=/x,mp=/y", "mp is given twice" },
		{ "mp0 = /srv,mp=/x\npve.mp0 = /var,mp=/y", "given twice" },
		{ "mp0 = /srv,mp=/x\npve.mp1 = /var,mp=/x", "is also the mount point of mp0" },
		{ "mp0 = a:b,mp=/x\npve.mp1 = a:b,mp=/y", "is also the volume of mp0" },
		{ "mp0 = a:b,mp=/x\npve.volid = a:b", "is also the root volume" },
		{ "rootfs = mp=/x", "there is no such word" },
		{ "rootfs = nix=1", "there is no such word" },
		{ "dev0 = /etc/passwd", "is not a plain path below /dev" },
		{ "dev0 = /dev/../etc", "is not a plain path below /dev" },
		{ "dev0 = mode=0660", "names no device" },
		{ "dev0 = /dev/fuse,mode=1777", "mode is not a mode" },
		{ "dev0 = /dev/fuse,mode=9", "mode is not a mode" },
		{ "dev0 = /dev/fuse,uid=-1", "uid is not an id" },
		{ "dev0 = /dev/fuse\npve.dev1 = /dev/fuse", "is also the device of dev0" },
		{ "unused0 = /srv", "is not STORAGE:VOLUME" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		autofree char *text = xasprintf("pve.%s\n", cases[i].line);
		struct conf_file *f = NULL;

		if (conf_parse(text, strlen(text), "config", 105, &f, &e) == 0)
			fail_msg("%s: taken", cases[i].line);
		if (!strstr(e.cause, cases[i].cause))
			fail_msg("%s: %s", cases[i].line, e.cause);
		if (!str_after(e.object, "config:"))
			fail_msg("%s: %s", cases[i].line, e.object);
	}
}

static void device_is_read(void **state)
{
	struct conf_file *f = parse("pve.dev0 = /dev/dri/renderD128,gid=44,mode=0600,deny-write=1\n"
				    "pve.dev1 = path=/dev/net/tun,uid=5\n");
	const struct conf_device *d = conf_values(f)->devices;

	(void)state;
	assert_int_equal(conf_values(f)->n_devices, 2);
	assert_string_equal(d[0].path, "/dev/dri/renderD128");
	assert_true(d[0].gid == 44 && d[0].mode == 0600 && d[0].deny_write && d[0].uid == 0);
	assert_string_equal(d[1].path, "/dev/net/tun");
	assert_true(d[1].uid == 5 && d[1].mode == 0660 && !d[1].deny_write);
	conf_free(f);
}

/* pct config shows a line as it is; set writes the words in the order of Proxmox VE. */
static void is_shown(void **state)
{
	struct conf_file *f = parse("pve.mp0 = local:105/a.raw,ro=1,mp=/x\n");
	autofree char *old = conf_get(f, "mp0"), *new = NULL;

	(void)state;
	assert_string_equal(old, "local:105/a.raw,ro=1,mp=/x");
	assert_int_equal(conf_set(f, "mp0", "ro=1,backup=1,mp=/y,volume=local:105/a.raw", &e), 0);
	new = conf_get(f, "mp0");
	assert_string_equal(new, "local:105/a.raw,mp=/y,backup=1,ro=1");
	assert_int_equal(conf_values(f)->n_unused, 0);
	assert_int_equal(conf_set(f, "mp1", "/srv,mp=/y", &e), -EINVAL);
	assert_string_equal(e.object, "mp1");
	assert_int_equal(conf_set_volume_size(f, "mp0", 3072, &e), 0);
	assert_int_equal(conf_values(f)->volumes[0].mib, 3072);
	conf_free(f);
}

/* Only a volume stays, with the first free number; a path of the host is no volume. */
static void is_kept(void **state)
{
	struct conf_file *f =
		parse("pve.mp0 = mp=/x,volume=local:105/x.raw\npve.mp1 = /srv,mp=/y\n"
		      "pve.mp2 = local:105/y.raw,mp=/z\npve.unused0 = a:b\n"
		      "snap.pve.snapname = s\nsnap.pve.mp0 = local:105/x.raw,mp=/x\n");
	autofree char *text = NULL;

	(void)state;
	assert_int_equal(conf_unset(f, "mp0", &e), 0);
	assert_int_equal(conf_unset(f, "mp1", &e), 0);
	assert_int_equal(conf_unset(f, "mp3", &e), 0);
	/* Another volume takes the place. */
	assert_int_equal(conf_set(f, "mp2", "local:105/z.raw,mp=/z", &e), 0);
	text = conf_text(f);
	assert_string_equal(text, "pve.mp2 = local:105/z.raw,mp=/z\n"
				  "pve.unused0 = a:b\npve.unused1 = local:105/x.raw\n"
				  "pve.unused2 = local:105/y.raw\n"
				  "snap.pve.snapname = s\nsnap.pve.mp0 = local:105/x.raw,mp=/x\n");
	assert_int_equal(conf_unset(f, "unused0", &e), 0);
	assert_null(conf_unused_find(conf_values(f), "unused0"));
	conf_free(f);
}

/* A file in Proxmox VE's format keeps it. */
static void is_kept_there(void **state)
{
	struct conf_file *f = parse("#a\narch: amd64\nmp0: local:105/x.raw,mp=/x,size=1G\n"
				    "rootfs: local:105/r.raw,size=1536M,ro=1\nunused0: a:b\n"
				    "[before]\nmp0: local:105/x.raw,mp=/x\n");
	autofree char *text = NULL, *shown = conf_get(f, "rootfs");

	(void)state;
		assert_true(conf_values(f)->volumes[0].read_only);
	/* As Proxmox VE orders the words. */
	assert_string_equal(shown, "local:105/r.raw,ro=1,size=1536M");
	assert_int_equal(conf_unset(f, "mp0", &e), 0);
	assert_int_equal(conf_set_volume_size(f, "rootfs", 2048, &e), 0);
	text = conf_text(f);
	assert_string_equal(text,
			    "#a\narch: amd64\nrootfs: local:105/r.raw,ro=1,size=2G\n"
			    "unused0: a:b\nunused1: local:105/x.raw\n"
			    "[before]\nmp0: local:105/x.raw,mp=/x\n");
	conf_free(f);
}

/* pct create stores the words that it is given. */
static void takes_words_of_rootfs(void **state)
{
	struct conf_file *f = conf_new(105);
	autofree char *text = NULL;

	(void)state;
	assert_int_equal(conf_set_rootfs_words(f, "ro=1,mountoptions=noatime;nosuid,acl=0", &e), 0);
	conf_set_key(f, "pve.volid", "local:105/r.raw");
	assert_true(conf_values(f)->volumes[0].read_only);
	assert_int_equal(conf_values(f)->volumes[0].acl, CONF_ACL_OFF);
	assert_int_equal(conf_set_rootfs_words(f, "backup=1", &e), -EINVAL);
	assert_string_equal(e.object, "rootfs");
	text = conf_text(f);
	assert_non_null(strstr(text, "\npve.rootfs = acl=0,mountoptions=noatime;nosuid,ro=1\n"));
	conf_free(f);
}

/* A pending change that takes a volume away keeps it at the next start. */
static void is_kept_when_merged(void **state)
{
	static const char *const texts[] = {
		"pve.mp0 = local:105/x.raw,mp=/x\npve.volid = local:105/r.raw\n"
		"pending.delete = mp0\n",
		"arch: amd64\nmp0: local:105/x.raw,mp=/x\nrootfs: local:105/r.raw\n"
		"[pve:pending]\ndelete: mp0\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct conf_file *f = parse(texts[i]);

		assert_int_equal(conf_pending_merge(f, &e), 0);
		assert_int_equal(conf_values(f)->n_volumes, 1);
		assert_int_equal(conf_values(f)->n_unused, 1);
		assert_string_equal(conf_values(f)->unused[0].id, "local:105/x.raw");
		conf_free(f);
	}
}

static void differs(void **state)
{
	struct conf_file *a = parse("pve.mp0 = /a,mp=/a\npve.mp1 = /b,mp=/b\npve.dev0 = /dev/x\n");
	struct conf_file *b = parse("pve.mp1 = /b,mp=/c\npve.mp2 = /c,mp=/b\npve.dev0 = /dev/x\n");
	struct conf_changes changes;

	(void)state;
	conf_diff(a, b, &changes);
	assert_int_equal(changes.n, 3);
	assert_null(conf_changes_find(&changes, "mp0")->new);
	assert_string_equal(conf_changes_find(&changes, "mp1")->new, "/b,mp=/c");
	assert_int_equal(conf_changes_find(&changes, "mp2")->index, 2);
	conf_changes_done(&changes);
	conf_free(a);
	conf_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_read),	 cmocka_unit_test(is_refused),
		cmocka_unit_test(device_is_read), cmocka_unit_test(is_shown),
		cmocka_unit_test(is_kept),	 cmocka_unit_test(is_kept_there),
		cmocka_unit_test(takes_words_of_rootfs),
		cmocka_unit_test(is_kept_when_merged), cmocka_unit_test(differs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
