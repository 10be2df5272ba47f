/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What went wrong, for a person: on which object, why, and what to do about it.
 *
 * A library function returns 0 or -errno and, on failure, fills a struct err of its caller; it
 * never prints.  The struct lives on the caller's stack and owns nothing.  main() prints it once,
 * a hook writes it to the failure record.
 *
 * A caller that does not want to know passes NULL, as to all functions here.  So a function does
 * not read the struct that it got: it asks err_code(), or fills its own and calls err_take().
 */
#ifndef LIB_BASE_ERR_H
#define LIB_BASE_ERR_H

#include <stdio.h>

/*
 * In place of an errno value: the command line is wrong, and the program ends with 2.  Only what
 * checks a command line sets it; a bad value in a file is EINVAL.
 */
#define ERR_USAGE 4000

struct err {
	int num;          /* errno value; 0: nothing went wrong */
	unsigned line;    /* of the config that object names, counted from 1; 0: none */
	char object[256]; /* path, "FILE:LINE", bridge, option ...; may be empty */
	char cause[512];  /* operation and reason, no final stop */
	char remedy[320]; /* what the user can do; may be empty */
};

/*
 * Record a failure whose reason we know ourselves, and return -num.  object may be NULL when a
 * caller will add it with err_wrap().  Control characters in either text are shown as '?'.
 */
int err_set(struct err *e, int num, const char *object, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Record a failed system call from errno, and return -errno.  fmt is what could not be done:
 * err_sys(e, path, "open") reads "PATH: cannot open: No such file or directory".
 */
int err_sys(struct err *e, const char *object, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* What the last of these functions returned for e: less than 0. */
int err_code(const struct err *e);

/* Put an object in front: "OBJECT: OLD OBJECT: CAUSE".  Returns err_code(). */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Replace the object; NULL: none, until a caller adds it. */
void err_set_object(struct err *e, const char *object);

/* Say which line of the config that the object names it is about. */
void err_at_line(struct err *e, unsigned line);

/* Say what the user can do about it.  Returns err_code(). */
int err_remedy(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Take another one.  A process in a container, which may have been led astray, may have written any
 * byte of it.  Returns err_code().
 */
int err_take(struct err *e, const struct err *from);

/* All six return less than 0, which neither compiler nor analyzers could know without this. */
static inline int err_negative(int r)
{
	if (r >= 0)
		__builtin_unreachable();
	return r;
}
#define err_code(...) err_negative(err_code(__VA_ARGS__))
#define err_set(...) err_negative(err_set(__VA_ARGS__))
#define err_sys(...) err_negative(err_sys(__VA_ARGS__))
#define err_wrap(...) err_negative(err_wrap(__VA_ARGS__))
#define err_remedy(...) err_negative(err_remedy(__VA_ARGS__))
#define err_take(...) err_negative(err_take(__VA_ARGS__))

/* "OBJECT: CAUSE; REMEDY" on one line, after "PROGRAM: ". */
void err_print(const struct err *e, const char *program, FILE *to);

#endif
