/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/util.h"

static void reserve(struct buf *b, size_t more)
{
	size_t need = b->len + more + 1;

	if (need <= b->size)
		return;
	b->size = need < 64 ? 64 : need + need / 2;
	b->s = xrealloc(b->s, b->size, 1);
	b->s[b->len] = '\0';
}

void buf_addn(struct buf *b, const void *data, size_t n)
{
	reserve(b, n);
	if (n)
		memcpy(b->s + b->len, data, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void buf_add(struct buf *b, const char *s)
{
	buf_addn(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_addn(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	reserve(b, (size_t)n);
	va_start(ap, fmt);
	vsnprintf(b->s + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void buf_clear(struct buf *b)
{
	reserve(b, 0);
	b->len = 0;
	b->s[0] = '\0';
}

const char *buf_str(struct buf *b)
{
	reserve(b, 0);
	return b->s;
}

char *buf_detach(struct buf *b)
{
	char *s;

	reserve(b, 0);
	s = b->s;
	*b = (struct buf)BUF_INIT;
	return s;
}

void buf_done(struct buf *b)
{
	free(b->s);
	*b = (struct buf)BUF_INIT;
}
