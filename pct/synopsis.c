/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/synopsis.h"

#include <ctype.h>

#include "lib/base/util.h"

bool synopsis_is_literal(const char *word)
{
	return islower((unsigned char)*word);
}

bool synopsis_repeats(const char *word)
{
	return str_ends_with(word, "...]") || str_ends_with(word, "...");
}

/* The arguments of the alternative that begins at *words.  Moves *words behind it. */
static char **take_alternative(char ***words)
{
	char **taken = NULL, **w;

	for (w = *words; *w && !str_eq(*w, "|"); w++) {
		bool is_option = str_after(*w, "--");

		if (!is_option && !str_after(*w, "[--"))
			strv_push(&taken, *w);
		else if (is_option && w[1] && !str_eq(w[1], "|"))
			w++;
	}
	*words = w;
	return taken;
}

static const char *word_at(char *const *words, size_t place)
{
	size_t n = strv_len(words);

	if (place < n)
		return words[place];
	return n && synopsis_repeats(words[n - 1]) ? words[n - 1] : NULL;
}

static bool fits(char *const *words, char *const *arguments, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *word = word_at(words, i);

		if (!word || (synopsis_is_literal(word) && !str_eq(word, arguments[i])))
			return false;
	}
	return true;
}

char **synopsis_words(const char *synopsis, char *const *before, size_t n, bool *ret_may_end)
{
	autostrv char **all = strv_split(synopsis, " ");
	char **found = NULL, **at = all;

	*ret_may_end = false;
	do {
		autostrv char **words = take_alternative(&at);
		const char *word = word_at(words, n);

		if (!fits(words, before, n))
			continue;
		if (word)
			strv_push(&found, word);
		*ret_may_end |= !word || *word == '[' || n >= strv_len(words);
	} while (at && *at && *++at);
	return found;
}
