/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text in two columns, as wide as the terminal is. */
#ifndef PCT_WRAP_H
#define PCT_WRAP_H

/* $COLUMNS, or what the terminal says, or 80; from 40 to 100. */
unsigned wrap_width(void);

/* Print left, and beside it, from this column on, right in lines of the given width. */
void wrap_print(const char *left, unsigned column, const char *right, unsigned width);

#endif
