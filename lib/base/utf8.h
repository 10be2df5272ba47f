/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Characters of UTF-8, and those that a terminal or a reader could be deceived with. */
#ifndef LIB_BASE_UTF8_H
#define LIB_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The character at the beginning of s, which is not empty, and its length in bytes.  0: what is
 * there is no UTF-8 (RFC 3629).  Reads no further than a NUL.
 */
size_t utf8_take(const char *s, uint32_t *ret);

/* C0, DEL, C1, line and paragraph separators, and characters that change text direction. */
bool utf8_is_control(uint32_t c);

/* Control characters and invisible ones: direction marks, zero-width characters, tags. */
bool utf8_is_hidden(uint32_t c);

/*
 * The first control character in s[0..n), but for those in allowed, which are ASCII; 0: there is
 * none.  What is no UTF-8 is none.  Reads no further than a NUL.
 */
uint32_t utf8_control(const char *s, size_t n, const char *allowed);

/*
 * Make foreign text safe to show: replace each hidden character, except those in allowed, and each
 * byte that is not UTF-8 by one '?'.  The text may get shorter.  Does nothing with NULL.
 */
void text_sanitize(char *text, const char *allowed);

#endif
