/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is peculiar to a family of distributions.
 *
 * A family is one file, setup/NAME.c, that exports one const struct family, and one row of
 * families[] in families.c.  To add one, copy debian.c.  It is found by os-release's ID, then by
 * ID_LIKE, then by its marker files; a version number never decides whether a container is
 * configured.  How a network file is spelt is no business of a family: that is setup/renderer.h.
 */
#ifndef SETUP_FAMILY_H
#define SETUP_FAMILY_H

#include <stdbool.h>

struct err;
struct setup;

struct family {
	const char *name;           /* also what pve.ostype says */
	const char *const *ids;     /* os-release IDs, NULL-terminated; NULL: none */
	const char *const *markers; /* files that only this family has; NULL: none */
	const char *include;        /* LXC include file, see lxc.container.conf(5) */
	const char *tty_dir;        /* where LXC puts the ttys below /dev: "" or "lxc/" */
	bool unmanaged;             /* no step runs at all */
	bool writes_presets;        /* systemd presets at creation */
	/* "address" and "netmask" lines, for an ifupdown too old for CIDR; NULL: no. */
	bool (*needs_netmask)(const struct setup *s);
};

extern const struct family family_debian, family_busybox, family_generic, family_unmanaged;

/*
 * The family of s->os, or the one that pve.ostype names.  Never NULL: family_generic where nothing
 * fits.  *ret_why says how it was found; the caller frees.
 */
const struct family *family_find(const struct setup *s, char **ret_why);

#endif
