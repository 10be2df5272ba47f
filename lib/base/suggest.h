/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the word that was meant by a mistyped one. */
#ifndef LIB_BASE_SUGGEST_H
#define LIB_BASE_SUGGEST_H

struct err;

/* Start with { .given = WORD }, offer all valid words, then read best. */
struct suggestion {
	const char *given;
	const char *best; /* the best candidate; NULL: none is near enough */
	unsigned distance;
};

/*
 * Makes candidate the best one if it is nearer than earlier candidates and near enough: it begins
 * with the given word, or at most one of three characters is wrong, missing, added or swapped with
 * the next.  candidate must outlive the suggestion.
 */
void suggestion_offer(struct suggestion *s, const char *candidate);

/* Set the remedy of e to the word that was meant, else to the list of valid words (at least one).
 * Returns err_code(). */
int suggestion_remedy(const char *given, char *const *words, struct err *e);

#endif
