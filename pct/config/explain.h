/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints reports of setup as text and JSON. */
#ifndef PCT_CONFIG_EXPLAIN_H
#define PCT_CONFIG_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

struct err;
struct json_t;
struct note;
struct report;

/* Print the distribution, the network programs, all files of the steps and all findings.  dry: the
 * changes were not made. */
void explain_text(const struct report *r, bool dry);

/* Print "LEVEL: TEXT; REMEDY". */
void explain_note(const struct note *note, FILE *to);

/* The whole report.  diffs: with a diff of each change; only diffs can fail.  The caller frees. */
int explain_json(const struct report *r, bool diffs, struct json_t **ret, struct err *e);
struct json_t *explain_notes_json(const struct note *notes, size_t n);

/* "created", "changed" or "removed"; if dry, "would create" etc. */
struct change;
const char *explain_verb(const struct change *c, bool dry);

/* Set *ret to the diff of a change, which the caller frees, or *ret_reason to why there is none. */
int explain_diff(const struct change *c, char **ret, const char **ret_reason, struct err *e);

#endif
