/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Edits pct's section of a file, between "# --- BEGIN PVE ---" and "# --- END PVE ---". */
#ifndef SETUP_TEXT_SECTION_H
#define SETUP_TEXT_SECTION_H

#include <stdbool.h>

#define SECTION_BEGIN "# --- BEGIN PVE ---"
#define SECTION_END "# --- END PVE ---"

/* What happens to the old lines of a file without a section. */
enum section_place {
	SECTION_APPEND,
	SECTION_REPLACE, /* the section replaces them */
};

/* Whether line is a marker, in any spelling that Proxmox VE accepts. */
bool section_is_begin(const char *line);
bool section_is_end(const char *line);

/*
 * Returns the new text of a file; the caller frees.  old NULL: there is no file.  The first section
 * is replaced in place, further ones are removed.  body "" removes the section.  A single BEGIN or
 * END is removed together with the adjacent lines that are also in body; all other lines stay.
 */
char *section_set(const char *old, const char *body, enum section_place place);

/* old without sections and single markers: the lines of users.  The caller frees. */
char *section_strip(const char *old);

#endif
