/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/suggest.h"

#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

#define MAX_LEN 32

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Damerau-Levenshtein distance in which no part is changed twice (optimal string alignment). */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned d[MAX_LEN + 1][MAX_LEN + 1];

	for (unsigned i = 0; i <= a_len; i++)
		for (unsigned k = 0; k <= b_len; k++) {
			if (i == 0 || k == 0) {
				d[i][k] = i + k;
				continue;
			}
			d[i][k] = least(d[i - 1][k], d[i][k - 1]) + 1;
			d[i][k] = least(d[i][k], d[i - 1][k - 1] + (a[i - 1] != b[k - 1]));
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
				d[i][k] = least(d[i][k], d[i - 2][k - 2] + 1);
		}
	return d[a_len][b_len];
}

void suggestion_offer(struct suggestion *s, const char *candidate)
{
	size_t given_len = strlen(s->given), len = strlen(candidate);
	unsigned d;

	if (given_len < 2 || given_len > MAX_LEN || len > MAX_LEN)
		return;
	/* An exact match is nearer than an abbreviation, and an abbreviation than a mistake. */
	d = 2 * distance(s->given, given_len, candidate, len);
	if (d && str_after(candidate, s->given))
		d = 1;
	else if (d > 2 * (given_len < 6 ? 1 : given_len / 3))
		return;
	if (s->best && s->distance <= d)
		return;
	s->best = candidate;
	s->distance = d;
}

int suggestion_remedy(const char *given, char *const *words, struct err *e)
{
	struct suggestion s = { .given = given };
	autofree char *list = strv_join(words, ", ");

	for (char *const *word = words; *word; word++)
		suggestion_offer(&s, *word);
	if (s.best)
		return err_remedy(e, "did you mean %s?", s.best);
	return err_remedy(e, "it is one of %s", list);
}
