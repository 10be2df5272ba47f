/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef PCT_AMOUNT_H
#define PCT_AMOUNT_H

#include <stdint.h>

#define AMOUNT_MAX 16
/* "7.8G"; returns to. */
const char *amount_text(uint64_t bytes, char to[AMOUNT_MAX]);

#endif
