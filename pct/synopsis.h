/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The synopsis of a command defines the check and the completion of its arguments: "|" separates
 * alternatives, a word in capitals is a value, another word is a literal, [WORD] is optional,
 * WORD... is one or more words, and [WORD...] is any number of words.  Options and their values are
 * skipped.
 */
#ifndef PCT_SYNOPSIS_H
#define PCT_SYNOPSIS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The words of the synopsis that may follow after n arguments; NULL: no argument may follow.
 * *ret_may_end: the arguments are complete.  The caller frees.
 */
char **synopsis_words(const char *synopsis, char *const *before, size_t n, bool *ret_may_end);

/* Whether the word is a literal. */
bool synopsis_is_literal(const char *word);
/* Whether the word is WORD... or [WORD...]. */
bool synopsis_repeats(const char *word);

#endif
