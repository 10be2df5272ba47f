/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A report of setup, for people and for programs. */
#ifndef PCT_EXPLAIN_H
#define PCT_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

struct err;
struct json_t;
struct note;
struct report;

/* What it is, who reads its network files, every file that a step wants, every finding. */
void explain_text(const struct report *r, bool dry);

/* "warning: TEXT; REMEDY" */
void explain_note(const struct note *note, FILE *to);

/* Everything; diffs: with the text of each change, which alone can fail.  The caller frees. */
int explain_json(const struct report *r, bool diffs, struct json_t **ret, struct err *e);
struct json_t *explain_notes_json(const struct note *notes, size_t n);

/* What happens, or would happen, to a file: "created", "would create" ... */
struct change;
const char *explain_verb(const struct change *c, bool dry);

/* The diff of a change in *ret, which the caller frees, or in *ret_reason why it is not shown. */
int explain_diff(const struct change *c, char **ret, const char **ret_reason, struct err *e);

#endif
