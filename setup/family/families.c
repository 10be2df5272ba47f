/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/family/family.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

#include "lib/base/err.h"
#include "lib/base/suggest.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

/* The first family with an existing marker is used, so derivatives come before their bases. */
const struct family *const family_list[] = {
	&family_devuan,
	&family_ubuntu,
	&family_debian,
	&family_suse,
	&family_openeuler,
	&family_fedora,
	&family_redhat,
	&family_archlinux,
	&family_alpine,
	&family_gentoo,
	&family_nixos,
	&family_void,
	&family_openwrt,
	&family_busybox,
	&family_generic,
	&family_unmanaged,
	NULL,
};

/* Ignores case: os-release(5) requires lower case, but openEuler has capitals. */
static const struct family *by_id(const char *id)
{
	for (const struct family *const *f = family_list; id && *f; f++)
		for (const char *const *p = (*f)->ids; p && *p; p++)
			if (strcasecmp(*p, id) == 0)
				return *f;
	return NULL;
}

static bool has_marker(struct tree *t, const struct marker *m)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;

	if (tree_kind(t, m->path) <= 0)
		return false;
	if (!m->line)
		return true;
	if (tree_read_optional(t, m->path, &text, NULL) < 0 || !text)
		return false;
	lines = strv_split(text, "\r\n");
	return strv_has(lines, m->line);
}

static const struct family *by_marker(struct tree *t, const char **ret_file)
{
	for (const struct family *const *f = family_list; *f; f++)
		for (const struct marker *m = (*f)->markers; m && m->path; m++)
			if (has_marker(t, m)) {
				*ret_file = m->path;
				return *f;
			}
	return NULL;
}

/* Accepts names of families, and values of Proxmox VE, like centos and opensuse. */
static const struct family *by_ostype(const char *type)
{
	for (const struct family *const *f = family_list; type && *f; f++)
		if (str_eq((*f)->name, type))
			return *f;
	return by_id(type);
}

int family_check_ostype(const char *type, struct err *e)
{
	autostrv char **known = NULL;

	if (by_ostype(type))
		return 0;
	for (const struct family *const *f = family_list; *f; f++)
		strv_push(&known, (*f)->name);
	err_set(e, EINVAL, "ostype", "there is no such family: \"%s\"", type);
	return suggestion_remedy(type, known, e);
}

/* The family of pve.ostype; NULL: none, or unknown. */
static const struct family *configured(const struct setup *s, char **ret_why)
{
	const char *type = s->conf->ostype;
	const struct family *f = by_ostype(type);

	if (f)
		*ret_why = xasprintf("pve.ostype = %s", type);
	else if (type)
		report_note(s->report, NOTE_INFO, "detect", NULL,
			    "pve.ostype = %s is not a known family", type);
	return f;
}

const struct family *family_find(const struct setup *s, char **ret_why)
{
	const struct os_release *os = &s->os;
	const struct family *f = configured(s, ret_why);
	const char *file;

	if (f)
		return f;
	f = by_id(os->id);
	if (f) {
		*ret_why = xasprintf("os-release: ID=%s", os->id);
		return f;
	}
	for (char **like = os->like; like && *like; like++) {
		f = by_id(*like);
		if (f) {
			*ret_why = xasprintf("os-release: ID=%s, ID_LIKE=%s", os->id ? os->id : "",
					     *like);
			return f;
		}
	}
	f = by_marker(s->tree, &file);
	if (f) {
		*ret_why = xasprintf("%s exists", file);
		return f;
	}
	*ret_why = os->id ? xasprintf("os-release: ID=%s is unknown", os->id)
			  : xstrdup("os-release is missing");
	return &family_generic;
}
