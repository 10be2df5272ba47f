/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A command's synopsis is what its arguments are checked and completed by: alternatives with a "|"
 * between them, words in capitals that stand for a value, others that stand for themselves,
 * [optional] ones, and [WORD...] for any number.  Options with their values are passed over.
 */
#ifndef PCT_SYNOPSIS_H
#define PCT_SYNOPSIS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * The words of the synopsis that an argument after these n arguments may be, a vector that the
 * caller frees; NULL: no argument may follow.  *ret_may_end: none has to follow.
 */
char **synopsis_words(const char *synopsis, char *const *before, size_t n, bool *ret_may_end);

/* The word stands for itself. */
bool synopsis_is_literal(const char *word);
/* The word stands for any number of arguments. */
bool synopsis_repeats(const char *word);

#endif
