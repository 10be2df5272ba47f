/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Families of distributions: the differences that do not come from installed programs.
 *
 * A family is one file, setup/family/NAME.c, that exports one const struct family, and one row of
 * family_list[] in families.c.  To add one, copy void.c.  Setup finds the family by ID of
 * os-release, then by ID_LIKE, then by its marker files; setup never refuses a version.  Formats of
 * network files do not depend on the family: see setup/net/renderer.h.
 */
#ifndef SETUP_FAMILY_FAMILY_H
#define SETUP_FAMILY_FAMILY_H

#include <stdbool.h>

struct err;
struct setup;

struct marker {
	const char *path; /* a file or a folder that only this family has */
	const char *line; /* a line that the file must have; NULL: any contents */
};

struct family {
	const char *name;             /* a value of pve.ostype, like those of ids */
	const char *const *ids;       /* os-release IDs, NULL-terminated; NULL: none */
	const struct marker *markers; /* ends with path NULL; NULL: none */
	const char *include;          /* LXC include file, see lxc.container.conf(5) */
	const char *install;          /* command that installs a consumer; NULL: unknown */
	const char *install_dhcp;     /* command that installs a DHCP client; NULL: unknown */
	bool unmanaged;               /* no step runs */
	bool full_hostname;           /* /etc/hostname has the name with its domain */
	bool locale_conf;             /* its systemd reads /etc/locale.conf, locale.conf(5) */
	const char *const *masks;     /* more units that fail in a container; NULL: none */
	/* A network file of its templates that would override the files of pct; NULL: none. */
	const char *template_file;
	/* Whether its ifupdown is too old for CIDR, and needs "netmask" lines; NULL: no. */
	bool (*needs_netmask)(const struct setup *s);
	/* Changes that only templates of this family need, at creation; NULL: none. */
	int (*fix_template)(struct setup *s, struct err *e);
};

extern const struct family family_alpine, family_archlinux, family_busybox, family_debian,
	family_devuan, family_fedora, family_generic, family_gentoo, family_nixos,
	family_openeuler, family_openwrt, family_redhat, family_suse, family_ubuntu,
	family_unmanaged, family_void;

/* Check a value of pve.ostype; the error names the known ones, or a similar one. */
int family_check_ostype(const char *type, struct err *e);

extern const struct family *const family_list[]; /* NULL-terminated: setup/family/families.c */

/*
 * The family of s->os, or of pve.ostype.  Never NULL: family_generic if none fits.  *ret_why says
 * how it was found; the caller frees.
 */
const struct family *family_find(const struct setup *s, char **ret_why);

#endif
