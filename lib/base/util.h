/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Ownership, memory and small parsers.
 *
 * Memory: the x-functions end the process when memory runs out.  This is safe, since every change
 * of state in this suite survives a process that is killed at any point; handling ENOMEM in each
 * caller would gain nothing.
 */
#ifndef LIB_BASE_UTIL_H
#define LIB_BASE_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

struct err;

/* The variable frees, or closes, its value when it goes out of scope. */
#define autofree __attribute__((cleanup(util_freep)))
#define autoclose __attribute__((cleanup(util_closep)))
#define autostrv __attribute__((cleanup(util_strv_freep)))

void util_freep(void *pp);
void util_closep(int *fd);
void util_strv_freep(char ***v);

/* Take the value out of an auto variable: return steal(&p). */
static inline void *util_steal(void *pp)
{
	void **p = pp, *v = *p;

	*p = NULL;
	return v;
}
#define steal(pp) ((__typeof__(*(pp)))util_steal(pp))

static inline int steal_fd(int *fdp)
{
	int fd = *fdp;

	*fdp = -1;
	return fd;
}

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size); /* overflow of n * size counts as out of memory */
/* Reallocate v, with n elements of this size, for one more.  Capacities are powers of two. */
void *array_grow(void *v, size_t n, size_t size);
char *xstrdup(const char *s);                   /* xstrdup(NULL) is NULL */
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && __builtin_strcmp(a, b) == 0);
}

/* The rest of s after prefix; NULL if s does not begin with it. */
const char *str_after(const char *s, const char *prefix);
bool str_ends_with(const char *s, const char *suffix);

/*
 * NULL-terminated vectors of strings.  Splitting drops empty fields; separators is a set of
 * characters.
 */
char **strv_split(const char *s, const char *separators);
size_t strv_len(char *const *v);
void strv_push(char ***v, const char *s);
char *strv_join(char *const *v, const char *separator);
bool strv_has(char *const *v, const char *s);
void strv_free(char **v);
void strv_clear(char ***v); /* free it and set it to NULL */

/* Parse all of s as a decimal number within [min, max]; no sign, no blanks. */
bool parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *ret);
/* 1|on|yes|true and 0|off|no|false, in any case. */
bool parse_bool(const char *s, bool *ret);

/*
 * True if s contains a control character (lib/base/utf8.h).  Such a value must not be written to
 * our files.
 */
bool has_control(const char *s);

/* A container id: decimal, 100 to 999999999, no leading zero. */
bool parse_ctid(const char *s, unsigned *ret);

/* Hash for detecting changed text (FNV-1a); not for secrets, and not safe against an adversary. */
uint64_t hash_text(const void *data, size_t len);

/* Milliseconds of CLOCK_MONOTONIC, which nobody can set. */
long long now_ms(void);

#endif
