/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Removes files that a clone must not share with its original: DHCP identities and leases, random
 * seeds, secrets of this machine, and the instance of cloud-init.  Other steps renew machine-id,
 * host keys and Debian's self-signed key.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/step.h"
#include "setup/step/cloud-init.h"
#include "setup/step/identity.h"

/* If one is missing, its program generates a new one. */
static const struct {
	const char *dir, *pattern;
} files[] = {
	{ "/var/lib/dhcp", "*.leases" },           /* dhclient(8) */
	{ "/var/lib/dhclient", "*.lease" },
	{ "/var/lib/dhclient", "*.leases" },
	{ "/var/lib/dhcpcd", "duid" },             /* dhcpcd(8) */
	{ "/var/lib/dhcpcd", "secret" },
	{ "/var/lib/dhcpcd", "*.lease*" },
	{ "/var/lib/dhcpcd5", "*.lease*" },
	{ "/var/db/dhcpcd", "duid" },
	{ "/var/db/dhcpcd", "secret" },
	{ "/var/db/dhcpcd", "*.lease*" },
	{ "/etc", "dhcpcd.duid" },
	{ "/etc", "dhcpcd.secret" },
	{ "/var/lib/systemd/network", "dhcp-*" },  /* systemd-networkd(8) */
	{ "/var/lib/NetworkManager", "*.lease" },
	{ "/var/lib/NetworkManager", "secret_key" },
	{ "/var/lib/NetworkManager", "timestamps" },
	{ "/var/lib/wicked", "duid.xml" },
	{ "/var/lib/wicked", "iaid.xml" },
	{ "/var/lib/wicked", "lease-*.xml" },
	{ "/var/lib/systemd", "random-seed" },     /* systemd-random-seed(8) */
	{ "/var/lib/systemd", "credential.secret" }, /* systemd-creds(1) */
	{ "/var/lib/urandom", "random-seed" },     /* sysvinit */
	{ "/var/lib", "random-seed" },             /* Enterprise Linux 6 */
	{ "/var/lib/misc", "random-seed" },        /* OpenRC */
	{ "/var/lib/seedrng", "seed.*" },          /* OpenRC and busybox */
	{ "/etc", "urandom.seed" },                /* OpenWrt */
	{ "/etc", "random-seed" },                 /* Slackware */
	{ "/var/lib/dhcpv6", "dhcp6c_duid" },      /* wide-dhcpv6 */
	{ "/var/db", "dhcp6c_duid" },
	{ "/var/lib/dibbler", "client-duid" },
	{ "/var/lib/libuuid", "clock.txt" },       /* uuidd(8): the state of UUIDs by time */
	{ "/var/lib/docker", "engine-id" },
	{ "/etc", "uhttpd.crt" },                  /* OpenWrt: self-signed, and its key */
	{ "/etc", "uhttpd.key" },
	{ "/etc/nvme", "hostnqn" },
	{ "/etc/nvme", "hostid" },
	{ "/etc", "hostid" },                      /* gethostid(3) */
	{ "/var/lib/cloud", "instance" },          /* cloud-init: a link to the folder in use */
	{ "/var/lib/cloud/data", "*instance-id" },
};

/* Removes matching files and links; folders stay. */
static int remove_matching(struct setup *s, const char *dir, const char *pattern, struct err *e)
{
	autostrv char **names = NULL;
	int n = 0;

	if (tree_list(s->tree, dir, &names, NULL) < 0)
		return 0;
	for (char **name = names; n == 0 && *name; name++) {
		autofree char *path = xasprintf("%s/%s", dir, *name);
		int kind = tree_lkind(s->tree, path);

		if ((kind == S_IFREG || kind == S_IFLNK) && fnmatch(pattern, *name, 0) == 0)
			n = tree_unlink(s->tree, path, TREE_SECRET, e);
	}
	return n;
}

/* Even if the datasource reports the same instance id, cloud-init runs again. */
static int reset_cloud_init(struct setup *s, struct err *e)
{
	autostrv char **ids = NULL;
	int n = 0;

	if (tree_list(s->tree, "/var/lib/cloud/instances", &ids, NULL) < 0)
		return 0;
	for (char **id = ids; n == 0 && *id; id++) {
		autofree char *dir = xasprintf("/var/lib/cloud/instances/%s", *id);
		autofree char *sem = xasprintf("%s/sem", dir);

		n = remove_matching(s, sem, "*", e);
		if (n == 0)
			n = remove_matching(s, dir, "obj.pkl", e);
		if (n == 0)
			n = remove_matching(s, dir, "boot-finished", e);
	}
	return n;
}

/* Debian generates a new name if the file requests it; others if the file is missing. */
static int reset_iscsi(struct setup *s, struct err *e)
{
	static const char *const debian[] = { "/usr/lib/open-iscsi/startup-checks.sh",
					      "/lib/open-iscsi/startup-checks.sh" };
	const char *path = "/etc/iscsi/initiatorname.iscsi";

	if (tree_lkind(s->tree, path) != S_IFREG)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(debian); i++)
		if (tree_is_exec(s->tree, debian[i]))
			return tree_write(s->tree, path, "GenerateName=yes\n", 0600,
					  ROOTFS_KEEP_LINK | TREE_SECRET, e);
	return tree_unlink(s->tree, path, TREE_SECRET, e);
}

int step_identity(struct setup *s, struct err *e)
{
	struct err first = { 0 }, failure;
	int n, r = 0;

	/* If one cannot be removed, remove the others. */
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		n = remove_matching(s, files[i].dir, files[i].pattern, &failure);
		if (n < 0 && r == 0) {
			first = failure;
			r = n;
		}
	}
	n = reset_cloud_init(s, e);
	if (n == 0)
		n = reset_iscsi(s, e);
	if (n == 0)
		n = identity_reset_openwrt(s, e);
	if (n == 0)
		n = cloud_init_renew_ids(s, e);
	identity_note_kept(s);
	return r < 0 ? err_take(e, &first) : n;
}
