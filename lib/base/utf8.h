/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* UTF-8, and characters that can deceive a terminal or a reader. */
#ifndef LIB_BASE_UTF8_H
#define LIB_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decode the first character of s, which is not empty; returns its length in bytes, or 0 if it is
 * not valid UTF-8 (RFC 3629).  Does not read beyond a NUL.
 */
size_t utf8_take(const char *s, uint32_t *ret);

/* Whether c is C0, DEL, C1, a line or paragraph separator, or changes the text direction. */
bool utf8_is_control(uint32_t c);

/* Whether c is a control or an invisible character: direction mark, zero width, tag. */
bool utf8_is_hidden(uint32_t c);

/*
 * The first control character in s[0..n) that is not in allowed (ASCII); 0: none.  Bytes that are
 * not valid UTF-8 are skipped.  Does not read beyond a NUL.
 */
uint32_t utf8_control(const char *s, size_t n, const char *allowed);

/*
 * Make foreign text safe to show: replace each hidden character, except those in allowed, and each
 * byte that is not valid UTF-8 by one '?'.  Shortens s in place.  Accepts NULL.
 */
void text_sanitize(char *text, const char *allowed);

#endif
