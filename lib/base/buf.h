/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A growing string.  After the first buf_* call, s is never NULL and always ends in NUL. */
#ifndef LIB_BASE_BUF_H
#define LIB_BASE_BUF_H

#include <stddef.h>

struct buf {
	char *s;
	size_t len, size;
};

#define BUF_INIT { 0 }
#define autobuf __attribute__((cleanup(buf_done))) struct buf

void buf_add(struct buf *b, const char *s);
void buf_addn(struct buf *b, const void *data, size_t n);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_clear(struct buf *b);  /* makes it empty, keeps the memory */
const char *buf_str(struct buf *b);
char *buf_detach(struct buf *b); /* the caller frees the result; b is empty again */
void buf_done(struct buf *b);

#endif
