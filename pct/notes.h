/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PCT_NOTES_H
#define PCT_NOTES_H

struct ct;
struct err;

/* The end of a command: print the notes as warnings to standard error, close ct, return r. */
int finish_ct(struct ct *ct, int r);

/* ct_require_running() by number. */
int require_running(unsigned ctid, struct err *e);

#endif
