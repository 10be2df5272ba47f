/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/family.h"

#include <sys/stat.h>

#include "lib/conf.h"
#include "lib/util.h"
#include "setup/step.h"

/* The first that fits is taken. */
static const struct family *const families[] = {
	&family_debian,
	&family_busybox,
	&family_generic,
	&family_unmanaged,
};

static const struct family *by_id(const char *id)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (const char *const *p = families[i]->ids; p && *p; p++)
			if (str_eq(*p, id))
				return families[i];
	return NULL;
}

static const struct family *by_marker(struct tree *t, const char **ret_file)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (const char *const *p = families[i]->markers; p && *p; p++)
			if (tree_kind(t, *p) == S_IFREG) {
				*ret_file = *p;
				return families[i];
			}
	return NULL;
}

static const struct family *by_ostype(const struct setup *s, char **ret_why)
{
	for (size_t i = 0; s->conf->ostype && i < ARRAY_SIZE(families); i++)
		if (str_eq(families[i]->name, s->conf->ostype)) {
			*ret_why = xasprintf("pve.ostype = %s", s->conf->ostype);
			return families[i];
		}
	if (s->conf->ostype)
		report_note(s->report, NOTE_INFO, "detect", NULL,
			    "pve.ostype = %s names no family that is known here", s->conf->ostype);
	return NULL;
}

const struct family *family_find(const struct setup *s, char **ret_why)
{
	const struct os_release *os = &s->os;
	const struct family *f = by_ostype(s, ret_why);
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
		*ret_why = xasprintf("%s is there", file);
		return f;
	}
	*ret_why = os->id ? xasprintf("os-release: ID=%s is not known here", os->id)
			  : xstrdup("there is no os-release");
	return &family_generic;
}
