/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/utf8.h"

#include <string.h>

#include "lib/base/util.h"

struct range {
	uint32_t first, last;
};

static const struct range controls[] = {
	{ 0x00, 0x1f },
	{ 0x7f, 0x9f },
	{ 0x2028, 0x202e }, /* separators, embeddings, overrides */
	{ 0x2066, 0x2069 }, /* isolates */
};

/*
 * Characters of Unicode's category Cf without a glyph, except those that emoji and some scripts
 * need.
 */
static const struct range invisible[] = {
	{ 0xad, 0xad },       { 0x61c, 0x61c },     { 0x180e, 0x180e },   { 0x200b, 0x200f },
	{ 0x2060, 0x206f },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },   { 0x1d173, 0x1d17a },
	{ 0xe0000, 0xe007f },
};

static bool is_in(const struct range *ranges, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

size_t utf8_take(const char *s, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
	uint32_t value = n > 1 ? c & (0xffu >> (n + 1)) : c;

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (s[i] & 0x3f);
	}
	if (n == 0 || value < least[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return 0;
	*ret = value;
	return n;
}

bool utf8_is_control(uint32_t c)
{
	return (c < 0x20 || c >= 0x7f) && is_in(controls, ARRAY_SIZE(controls), c);
}

bool utf8_is_hidden(uint32_t c)
{
	return utf8_is_control(c) || (c >= 0x7f && is_in(invisible, ARRAY_SIZE(invisible), c));
}

uint32_t utf8_control(const char *s, size_t n, const char *allowed)
{
	const char *end = s + n;

	while (s < end && *s) {
		uint32_t c = 'x';
		size_t len = *s >= ' ' && *s <= '~' ? 1 : utf8_take(s, &c);

		if (utf8_is_control(c) && !(c < 0x80 && strchr(allowed, (int)c)))
			return c;
		s += len ? len : 1;
	}
	return 0;
}

void text_sanitize(char *text, const char *allowed)
{
	char *to = text;
	size_t n;

	for (char *s = text; s && *s; s += n ? n : 1) {
		uint32_t c = 0;

		n = utf8_take(s, &c);
		if (n == 0 || (utf8_is_hidden(c) && !(c < 0x80 && strchr(allowed, (int)c)))) {
			*to++ = '?';
			continue;
		}
		memmove(to, s, n);
		to += n;
	}
	if (to)
		*to = '\0';
}
