/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Prints text in two columns, within the width of the terminal. */
#ifndef PCT_WRAP_H
#define PCT_WRAP_H

/* $COLUMNS, else the width of the terminal, else 80; limited to 40 to 100. */
unsigned wrap_width(void);

/* Print left, and from column on, right, wrapped to lines of the given width. */
void wrap_print(const char *left, unsigned column, const char *right, unsigned width);

#endif
