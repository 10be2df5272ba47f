/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System calls that change state, and what each can fail with. */
#ifndef TESTS_FAULTS_CALLS_H
#define TESTS_FAULTS_CALLS_H

#include <stddef.h>

enum {
	CAN_NOSPC = 1,
	CAN_IO = 2,
	CAN_NOMEM = 4,
	CAN_ROFS = 8,
	CAN_INTR = 16,
	CAN_MFILE = 32,
};

/* No argument of that kind; AT_CWD: a path below the working folder. */
#define NONE (-1)
#define AT_CWD (-2)

struct call {
	long nr;
	const char *name;
	/* Which argument is the path, the folder that it is relative to, the descriptor. */
	signed char dirfd, path, fd;
	unsigned char errors; /* CAN_*: its man page, and what the file systems below it return */
};

/* NULL: changes nothing. */
const struct call *call_find(long nr);

/* Comma-separated, as in "ENOSPC,EIO"; to has 64 bytes. */
void call_errors(const struct call *call, char *to);

/* 0: there is no such name. */
int call_errno(const char *name);

#endif
