/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* The length of a sequence of UTF-8; 1 also for a byte that begins none. */
static size_t utf8_len(const unsigned char *s)
{
	size_t n = *s >= 0xf0 && *s < 0xf8 ? 4 : *s >= 0xe0 ? 3 : *s >= 0xc2 ? 2 : 1;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 1;
	return *s < 0xf8 ? n : 1;
}

/*
 * Object and cause may quote foreign bytes: none of them may move the cursor or forge a line.  The
 * control characters of C1 (ISO 6429) count, as UTF-8 and as bytes.
 */
static void disarm(char *text)
{
	unsigned char *s = (unsigned char *)text;

	for (size_t n; *s; s += n) {
		n = utf8_len(s);
		if (n == 1 && (*s < 0x20 || (*s >= 0x7f && *s <= 0x9f)))
			*s = '?';
		else if (n == 2 && *s == 0xc2 && s[1] <= 0x9f)
			s[0] = s[1] = '?';
	}
}

static void fill(struct err *e, int num, const char *object, const char *fmt, va_list ap)
{
	e->num = num;
	snprintf(e->object, sizeof e->object, "%s", object ? object : "");
	vsnprintf(e->cause, sizeof e->cause, fmt, ap);
	e->remedy[0] = '\0';
	disarm(e->object);
	disarm(e->cause);
}

int err_set(struct err *e, int num, const char *object, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(e, num, object, fmt, ap);
	va_end(ap);
	return -num;
}

int err_sys(struct err *e, const char *object, const char *fmt, ...)
{
	int num = errno;
	char operation[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(operation, sizeof operation, fmt, ap);
	va_end(ap);
	return err_set(e, num, object, "cannot %s: %s", operation, strerror(num));
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char inner[sizeof e->cause];
	va_list ap;

	if (e->object[0])
		snprintf(inner, sizeof inner, "%.250s: %.250s", e->object, e->cause);
	else
		snprintf(inner, sizeof inner, "%s", e->cause);
	snprintf(e->cause, sizeof e->cause, "%s", inner);
	va_start(ap, fmt);
	vsnprintf(e->object, sizeof e->object, fmt, ap);
	va_end(ap);
	disarm(e->object);
	return -e->num;
}

int err_remedy(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->remedy, sizeof e->remedy, fmt, ap);
	va_end(ap);
	disarm(e->remedy);
	return -e->num;
}

void err_print(const struct err *e, const char *program, FILE *to)
{
	fprintf(to, "%s: %s%s%s%s%s\n", program, e->object, e->object[0] ? ": " : "", e->cause,
		e->remedy[0] ? "; " : "", e->remedy);
}
