/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/base/util.h"

/* Replaces a NULL error: the next call with NULL may need the number of the previous one. */
static _Thread_local struct err ignored;

static struct err *or_ignored(struct err *e)
{
	return e ? e : &ignored;
}

int (err_code)(const struct err *e)
{
	e = e ? e : &ignored;
	return e->num > 0 ? -e->num : -EIO;
}

static void fill(struct err *e, int num, const char *object, const char *fmt, va_list ap)
{
	e->num = num > 0 ? num : EIO;
	e->line = 0;
	snprintf(e->object, sizeof e->object, "%s", object ? object : "");
	vsnprintf(e->cause, sizeof e->cause, fmt, ap);
	e->remedy[0] = '\0';
	text_sanitize(e->object, "");
	text_sanitize(e->cause, "");
}

int (err_set)(struct err *e, int num, const char *object, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(or_ignored(e), num, object, fmt, ap);
	va_end(ap);
	return err_code(e);
}

int (err_sys)(struct err *e, const char *object, const char *fmt, ...)
{
	int num = errno;
	char operation[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(operation, sizeof operation, fmt, ap);
	va_end(ap);
	return err_set(e, num, object, "cannot %s: %s", operation, strerror(num));
}

int (err_range)(struct err *e, const char *unit, bool or_zero, double min, double max,
		const char *value)
{
	return err_set(e, EINVAL, NULL, "is not a number%s%s from %.15g to %.15g: \"%s\"", unit,
		       or_zero && min > 0 ? ", 0 or" : "", min, max, value);
}

int (err_wrap)(struct err *e, const char *fmt, ...)
{
	char inner[sizeof e->cause];
	va_list ap;

	e = or_ignored(e);
	if (e->object[0])
		snprintf(inner, sizeof inner, "%.250s: %.250s", e->object, e->cause);
	else
		snprintf(inner, sizeof inner, "%s", e->cause);
	snprintf(e->cause, sizeof e->cause, "%s", inner);
	va_start(ap, fmt);
	vsnprintf(e->object, sizeof e->object, fmt, ap);
	va_end(ap);
	text_sanitize(e->object, "");
	return err_code(e);
}

void err_set_object(struct err *e, const char *object)
{
	e = or_ignored(e);
	snprintf(e->object, sizeof e->object, "%s", object ? object : "");
	text_sanitize(e->object, "");
}

void err_at_line(struct err *e, unsigned line)
{
	or_ignored(e)->line = line;
}

int (err_remedy)(struct err *e, const char *fmt, ...)
{
	va_list ap;

	e = or_ignored(e);
	va_start(ap, fmt);
	vsnprintf(e->remedy, sizeof e->remedy, fmt, ap);
	va_end(ap);
	text_sanitize(e->remedy, "");
	return err_code(e);
}

int (err_take)(struct err *e, const struct err *from)
{
	struct err copy = *from;

	copy.object[sizeof copy.object - 1] = '\0';
	copy.cause[sizeof copy.cause - 1] = '\0';
	copy.remedy[sizeof copy.remedy - 1] = '\0';
	err_set(e, copy.num > 0 && copy.num < 4096 ? copy.num : EIO, copy.object, "%s", copy.cause);
	if (copy.remedy[0])
		err_remedy(e, "%s", copy.remedy);
	return err_code(e);
}

void err_print(const struct err *e, const char *program, FILE *to)
{
	fprintf(to, "%s: %s%s%s%s%s\n", program, e->object, e->object[0] ? ": " : "", e->cause,
		e->remedy[0] ? "; " : "", e->remedy);
}
