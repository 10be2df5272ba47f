/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/utf8.h"

void util_freep(void *pp)
{
	free(*(void **)pp);
}

void util_closep(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

void util_strv_freep(char ***v)
{
	strv_free(*v);
}

static void *or_die(void *p)
{
	static const char text[] = "out of memory\n";

	if (p)
		return p;
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		_exit(1);
	_exit(1);
}

void *xcalloc(size_t n, size_t size)
{
	return or_die(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return or_die(reallocarray(p, n ? n : 1, size ? size : 1));
}

void *array_grow(void *v, size_t n, size_t size)
{
	return n & (n - 1) ? v : xrealloc(v, n ? 2 * n : 1, size);
}

char *xstrdup(const char *s)
{
	return s ? or_die(strdup(s)) : NULL;
}

char *xstrndup(const char *s, size_t n)
{
	return or_die(strndup(s, n));
}

char *xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return n < 0 ? or_die(NULL) : s;
}

const char *str_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool str_ends_with(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

size_t strv_len(char *const *v)
{
	size_t n = 0;

	while (v && v[n])
		n++;
	return n;
}

void strv_push(char ***v, const char *s)
{
	size_t n = strv_len(*v);

	*v = xrealloc(*v, n + 2, sizeof **v);
	(*v)[n] = xstrdup(s);
	(*v)[n + 1] = NULL;
}

/* Count first, to allocate once: a file of a container can have a hundred thousand lines. */
char **strv_split(const char *s, const char *separators)
{
	size_t n = 0;
	char **v;

	for (const char *at = s; *(at += strspn(at, separators)); at += strcspn(at, separators))
		n++;
	v = xcalloc(n + 1, sizeof *v);
	for (size_t i = 0; i < n; i++) {
		size_t len;

		s += strspn(s, separators);
		len = strcspn(s, separators);
		v[i] = xstrndup(s, len);
		s += len;
	}
	return v;
}

char *strv_join(char *const *v, const char *separator)
{
	size_t gap = strlen(separator), size = 1;
	char *joined, *at;

	for (size_t i = 0; v && v[i]; i++)
		size += strlen(v[i]) + gap;
	at = joined = xcalloc(1, size);
	for (size_t i = 0; v && v[i]; i++) {
		if (i)
			at = mempcpy(at, separator, gap);
		at = mempcpy(at, v[i], strlen(v[i]));
	}
	return joined;
}

bool strv_has(char *const *v, const char *s)
{
	for (; v && *v; v++)
		if (str_eq(*v, s))
			return true;
	return false;
}

void strv_free(char **v)
{
	for (char **p = v; p && *p; p++)
		free(*p);
	free(v);
}

void strv_clear(char ***v)
{
	strv_free(*v);
	*v = NULL;
}

bool parse_uint(const char *s, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*s)
		return false;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value))
			return false;
	}
	if (value < min || value > max)
		return false;
	*ret = value;
	return true;
}

bool parse_bool(const char *s, bool *ret)
{
	static const char *const words[2][4] = { { "0", "off", "no", "false" },
						 { "1", "on", "yes", "true" } };

	for (int value = 0; value < 2; value++)
		for (size_t i = 0; i < ARRAY_SIZE(words[value]); i++)
			if (strcasecmp(s, words[value][i]) == 0) {
				*ret = value;
				return true;
			}
	return false;
}

bool has_control(const char *s)
{
	return utf8_control(s, strlen(s), "") != 0;
}

bool parse_ctid(const char *s, unsigned *ret)
{
	uint64_t value;

	if (*s == '0' || !parse_uint(s, 100, 999999999, &value))
		return false;
	*ret = (unsigned)value;
	return true;
}

uint64_t hash_text(const void *data, size_t len)
{
	const unsigned char *p = data;
	uint64_t hash = 0xcbf29ce484222325u;

	while (len--)
		hash = (hash ^ *p++) * 0x100000001b3u;
	return hash;
}

long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}
