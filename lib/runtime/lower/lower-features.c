/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The features of a container: its filter of system calls, the rules of its AppArmor profile, and
 * /dev/fuse.  As in Proxmox VE, an unprivileged container has a filter of its own.
 *
 * pct exec reads the profile again after the start, so a profile must not change while a container
 * may use it: each combination of features has a file of its own, whose name lists them.
 */
#include "lib/runtime/lower/lower-internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/cgroup-key.h"
#include "lib/conf/conf-internal.h"
#include "lib/runtime/lower/lower.h"

#define PROFILE "lxc.seccomp.profile"
#define FUSE "/dev/fuse"
#define KEYCTL "+keyctl"
#define MKNOD "+mknod"

static int refuse(const struct conf_file *f, int code, struct err *e, const char *cause,
		  const char *remedy)
{
	err_set(e, code, NULL, "%s", cause);
	err_remedy(e, "%s", remedy);
	return lower_err(f, lower_find(f, "pve.features"), e);
}

static int add_seccomp(const struct conf_file *f, const struct host *host, struct buf *out,
		       struct err *e)
{
	const struct features *on = &f->values.features;

	/* LXC's include file sets common.seccomp for a privileged container. */
	if (!f->values.mapped || lower_find(f, PROFILE))
		return 0;
	if (on->mknod && !host->syscalld)
		return refuse(f, ENOENT, e,
			      "mknod needs the daemon pve-lxc-syscalld, which does "
			      "not run on this host",
			      "start it, or leave out mknod; --dev0 /dev/NAME gives the container "
			      "a device");
	if (on->mknod)
		buf_addf(out,
			 "lxc.seccomp.notify.proxy = unix:%s\nlxc.seccomp.notify.cookie = %u\n",
			 host->syscalld, f->ctid);
	buf_addf(out, PROFILE " = %.*s%s%s%s\n", (int)(strrchr(host->rootfs, '/') - host->rootfs),
		 host->rootfs, LOWER_SECCOMP, on->keyctl ? KEYCTL : "", on->mknod ? MKNOD : "");
	return 0;
}

static void add_apparmor(const struct conf_file *f, struct buf *out)
{
	autostrv char **types = conf_features_mount(&f->values);
	const struct features *on = &f->values.features;

	/* Nesting makes liblxc also mount unmasked proc and sys, which the kernel requires. */
	if (on->nesting)
		buf_add(out, "lxc.apparmor.allow_nesting = 1\n");
	if (lower_find(f, "lxc.apparmor.profile"))
		return;
	/* As in Debian's default.conf; without AppArmor the host ignores it. */
	buf_add(out, "lxc.apparmor.profile = generated\n");
	/* Remounted, they would lose the read-only parts that guard the host. */
	if (!on->nesting)
		buf_add(out, "lxc.apparmor.raw = deny mount -> /proc/,\n"
			     "lxc.apparmor.raw = deny mount -> /sys/,\n");
	if (on->fuse)
		buf_add(out, "lxc.apparmor.raw = mount fstype=fuse,\n"
			     "lxc.apparmor.raw = mount fstype=fuse.*,\n");
	for (char **type = types; *type; type++)
		buf_addf(out, "lxc.apparmor.raw = mount fstype=%s,\n", *type);
}

static bool has_device(const struct conf *c, const char *path)
{
	for (size_t i = 0; i < c->n_devices; i++)
		if (str_eq(c->devices[i].path, path))
			return true;
	return false;
}

static int add_fuse(const struct conf_file *f, const struct host *host, struct buf *out,
		    struct err *e)
{
	/* A devN has its own node, with its own words. */
	if (!f->values.features.fuse || has_device(&f->values, FUSE))
		return 0;
	if (!host->file_exists(host->ctx, FUSE))
		return refuse(f, ENOENT, e, "fuse needs " FUSE ", which this host lacks",
			      "load the module: modprobe fuse");
	buf_add(out, "lxc.mount.entry = " FUSE " dev/fuse none bind,create=file 0 0\n");
	if (!f->values.mapped)
		buf_addf(out, "%sdevices.allow = c 10:229 rwm\n",
			 host->cgroup == CGROUP_V2 ? CGROUP2 : CGROUP1);
	return 0;
}

int lower_features(const struct conf_file *f, const struct host *host, struct buf *out,
		   struct err *e)
{
	int r = add_seccomp(f, host, out, e);

	if (r < 0)
		return r;
	add_apparmor(f, out);
	/* userns.conf makes /sys writable, which makes systemd start udev. */
	if (f->values.mapped)
		buf_addf(out, "lxc.mount.auto = sys:%s\n",
			 f->values.features.force_rw_sys ? "rw" : "mixed");
	return add_fuse(f, host, out, e);
}

/* ---- the profile ---- */

/* Of the line that liblxc uses, the last; NULL: it is not a profile of ours. */
static char *profile_of(const char *runtime, const char *dir)
{
	autofree char *start = xasprintf("\n" PROFILE " = %s" LOWER_SECCOMP, dir);
	const char *last = NULL;

	for (const char *at = runtime; (at = strstr(at, "\n" PROFILE " = ")); at++)
		last = at;
	last = last && str_after(last, start) ? strstr(last, dir) : NULL;
	return last ? xstrndup(last, strcspn(last, "\n")) : NULL;
}

char *lower_seccomp(const char *runtime, const char *dir, const char *base, char **ret_path)
{
	char *path = profile_of(runtime, dir);
	autobuf text = BUF_INIT;

	if (!path)
		return NULL;
	buf_add(&text, base ? base : "2\ndenylist\n[all]\n");
	/* The kernel's keyrings do not know containers; systemd takes ENOSYS for "there are none".
	 */
	if (!strstr(path, KEYCTL))
		buf_add(&text, "keyctl errno 38\n");
	/* btrfs: root of a user namespace makes subvolumes and snapshots that it cannot remove. */
	buf_add(&text, "ioctl errno 1 [1,0x9400,SCMP_CMP_MASKED_EQ,0xff00]\n");
	/* Character and block devices: S_IFCHR and S_IFBLK under S_IFMT. */
	if (strstr(path, MKNOD))
		buf_add(&text, "mknod notify [1,8192,SCMP_CMP_MASKED_EQ,61440]\n"
			       "mknod notify [1,24576,SCMP_CMP_MASKED_EQ,61440]\n"
			       "mknodat notify [2,8192,SCMP_CMP_MASKED_EQ,61440]\n"
			       "mknodat notify [2,24576,SCMP_CMP_MASKED_EQ,61440]\n");
	*ret_path = path;
	return buf_detach(&text);
}
