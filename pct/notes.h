/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PCT_NOTES_H
#define PCT_NOTES_H

struct args;
struct conf_file;
struct ct;
struct err;

/* End a command: print the notes of ct as warnings to standard error, close ct, and return r. */
int finish_ct(struct ct *ct, int r);

/*
 * Note which values of the command line f keeps without effect, and which folders of the host will
 * show their files as nobody's.
 */
void note_ignored(struct ct *ct, const struct args *args, const struct conf_file *f);

/* ct_require_running() for a container number. */
int require_running(unsigned ctid, struct err *e);

#endif
