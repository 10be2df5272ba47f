/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/wrap.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/util.h"

#define MIN_WIDTH 40
#define USUAL_WIDTH 80
#define MAX_WIDTH 100 /* longer lines are hard to read */

unsigned wrap_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { 0 };
	uint64_t width;

	if (!columns || !parse_uint(columns, 1, 10000, &width)) {
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
		width = size.ws_col ? size.ws_col : USUAL_WIDTH;
	}
	return width < MIN_WIDTH ? MIN_WIDTH : width > MAX_WIDTH ? MAX_WIDTH : (unsigned)width;
}

void wrap_print(const char *left, unsigned column, const char *right, unsigned width)
{
	size_t at = strlen(left);

	fputs(left, stdout);
	if (at && at >= column) {
		putchar('\n');
		at = 0;
	}
	for (bool first = true; *right; first = false) {
		size_t len = strcspn(right, " "), gap;

		if (!first && at + 1 + len > width) {
			putchar('\n');
			at = 0;
		}
		gap = at < column ? column - at : at > column;
		at += (size_t)printf("%*s%.*s", (int)gap, "", (int)len, right);
		right += len + strspn(right + len, " ");
	}
	putchar('\n');
}
