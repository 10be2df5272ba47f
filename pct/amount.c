/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/amount.h"

#include <stddef.h>
#include <stdio.h>

const char *amount_text(uint64_t bytes, char to[AMOUNT_MAX])
{
	static const char units[] = "BKMGTPE";
	double n = (double)bytes;
	size_t unit = 0;

	for (; n >= 1024; unit++)
		n /= 1024;
	snprintf(to, AMOUNT_MAX, "%.1f%c", n, units[unit]);
	return to;
}
