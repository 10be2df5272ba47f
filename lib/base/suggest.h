/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Find the word that a mistyped one was meant to be. */
#ifndef LIB_BASE_SUGGEST_H
#define LIB_BASE_SUGGEST_H

/* Begin with { .given = WORD }, offer all words that are valid, and read best. */
struct suggestion {
	const char *given;
	const char *best; /* the candidate that was meant; NULL: none is near */
	unsigned distance;
};

/*
 * candidate becomes the best one if it is nearer than those before, and near at all: it begins with
 * the given word, or differs from it by at most one of three characters that are wrong, missing,
 * too many or swapped with the next.  It has to outlive the suggestion.
 */
void suggestion_offer(struct suggestion *s, const char *candidate);

#endif
