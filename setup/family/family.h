/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is peculiar to a family of distributions.
 *
 * A family is one file, setup/family/NAME.c, that exports one const struct family, and one row of
 * family_list[] in families.c.  To add one, copy void.c.  It is found by os-release's ID, then by
 * ID_LIKE, then by its marker files; a version number never decides whether a container is
 * configured.  How a network file is spelt is no business of a family: that is
 * setup/net/renderer.h.
 */
#ifndef SETUP_FAMILY_FAMILY_H
#define SETUP_FAMILY_FAMILY_H

#include <stdbool.h>

struct err;
struct setup;

struct marker {
	const char *path; /* a file or a folder that only this family has */
	const char *line; /* with this line in it; NULL: whatever is in it */
};

struct family {
	const char *name;             /* also what pve.ostype says, which may be one of ids, too */
	const char *const *ids;       /* os-release IDs, NULL-terminated; NULL: none */
	const struct marker *markers; /* ends with path NULL; NULL: none */
	const char *include;          /* LXC include file, see lxc.container.conf(5) */
	const char *install;          /* how a consumer is installed inside; NULL: not known */
	const char *install_dhcp;     /* and a DHCP client, for consumers that are none */
	bool unmanaged;               /* no step runs at all */
	bool full_hostname;           /* /etc/hostname holds the domain, too */
	bool locale_conf;             /* its systemd reads /etc/locale.conf, locale.conf(5) */
	const char *const *masks;     /* more units that fail in a container; NULL: none */
	/* A network file that only its templates bring, and that would win over ours, or NULL. */
	const char *template_file;
	/* "address" and "netmask" lines, for an ifupdown too old for CIDR; NULL: no. */
	bool (*needs_netmask)(const struct setup *s);
	/* At creation: what only this family's templates need; NULL: nothing. */
	int (*fix_template)(struct setup *s, struct err *e);
};

extern const struct family family_alpine, family_archlinux, family_busybox, family_debian,
	family_devuan, family_fedora, family_generic, family_gentoo, family_nixos,
	family_openeuler, family_openwrt, family_redhat, family_suse, family_ubuntu,
	family_unmanaged, family_void;

extern const struct family *const family_list[]; /* NULL-terminated: setup/family/families.c */

/*
 * The family of s->os, or the one that pve.ostype names.  Never NULL: family_generic where nothing
 * fits.  *ret_why says how it was found; the caller frees.
 */
const struct family *family_find(const struct setup *s, char **ret_why);

#endif
