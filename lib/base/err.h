/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An error message for a person: the object, the cause, and the remedy.
 *
 * On failure, a library function returns -errno (0 on success) and fills the caller's struct err;
 * it never prints.  The struct lives on the caller's stack and owns nothing.  main() prints it
 * once; a hook writes it to the failure record.
 *
 * A caller that ignores the error passes NULL; all functions here accept it.  A function therefore
 * must not read the struct that its caller passed: it calls err_code(), or fills a struct of its
 * own and calls err_take().
 */
#ifndef LIB_BASE_ERR_H
#define LIB_BASE_ERR_H

#include <stdbool.h>
#include <stdio.h>

/*
 * An error number for wrong command lines; the program exits with 2.  Only checks of the command
 * line set it; a bad value in a file is EINVAL.
 */
#define ERR_USAGE 4000

struct err {
	int num;          /* errno value; 0: no error */
	unsigned line;    /* line number in the config that object names, from 1; 0: none */
	char object[256]; /* path, "FILE:LINE", bridge, option ...; may be empty */
	char cause[512];  /* operation and reason, without a period */
	char remedy[320]; /* what the user can do; may be empty */
};

/*
 * Record a failure with our own text as its cause, and return -num.  object may be NULL if a caller
 * adds it with err_wrap().  Control characters in both texts are shown as '?'.
 */
int err_set(struct err *e, int num, const char *object, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/*
 * Record a failed system call from errno, and return -errno.  fmt is the operation: err_sys(e,
 * path, "open") prints "PATH: cannot open: No such file or directory".
 */
int err_sys(struct err *e, const char *object, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The negative number that the last of these functions returned for e. */
int err_code(const struct err *e);

/*
 * Record that a value is not a number in its range, and return -EINVAL: "is not a number of MiB, 0
 * or from 16 to 1024: "7"".  unit: "" or " of MiB".  or_zero: 0 is valid, although it may be less
 * than min.
 */
int err_range(struct err *e, const char *unit, bool or_zero, double min, double max,
	      const char *value);

/* Put an object in front: "OBJECT: OLD OBJECT: CAUSE".  Returns err_code(). */
int err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Replace the object; NULL removes it, for a caller to add another. */
void err_set_object(struct err *e, const char *object);

/* Set the line number in the config that the object names. */
void err_at_line(struct err *e, unsigned line);

/* Set the remedy.  Returns err_code(). */
int err_remedy(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * Copy another error into e.  Any byte of from may come from a process in a container, and is
 * hostile.  Returns err_code().
 */
int err_take(struct err *e, const struct err *from);

/* Tells compiler and analyzers that the functions above return less than 0. */
static inline int err_negative(int r)
{
	if (r >= 0)
		__builtin_unreachable();
	return r;
}
#define err_code(...) err_negative(err_code(__VA_ARGS__))
#define err_set(...) err_negative(err_set(__VA_ARGS__))
#define err_sys(...) err_negative(err_sys(__VA_ARGS__))
#define err_range(...) err_negative(err_range(__VA_ARGS__))
#define err_wrap(...) err_negative(err_wrap(__VA_ARGS__))
#define err_remedy(...) err_negative(err_remedy(__VA_ARGS__))
#define err_take(...) err_negative(err_take(__VA_ARGS__))

/* Prints "PROGRAM: OBJECT: CAUSE; REMEDY" on one line. */
void err_print(const struct err *e, const char *program, FILE *to);

#endif
