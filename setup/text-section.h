/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of a file that is ours, between "# --- BEGIN PVE ---" and "# --- END PVE ---". */
#ifndef SETUP_TEXT_SECTION_H
#define SETUP_TEXT_SECTION_H

#include <stdbool.h>

#define SECTION_BEGIN "# --- BEGIN PVE ---"
#define SECTION_END "# --- END PVE ---"

/* What a file without our section becomes. */
enum section_place {
	SECTION_APPEND,
	SECTION_REPLACE, /* nothing but the section */
};

/* True for a marker line; any spelling that the predecessor took for one counts. */
bool section_is_begin(const char *line);
bool section_is_end(const char *line);

/*
 * The new text of a file; the caller frees.  old NULL: there is no file.  The first section is
 * replaced in place, further ones are removed.  body "" removes the section.  A marker without its
 * fellow is removed, and with it the lines next to it that body holds, which are ours; everything
 * else was written by somebody and stays.
 */
char *section_set(const char *old, const char *body, enum section_place place);

/* old without sections and without lone markers: what the administrator wrote. */
char *section_strip(const char *old);

#endif
