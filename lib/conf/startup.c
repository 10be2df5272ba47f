/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/startup.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct startup_ct *x = a, *y = b;

	if (x->startup.order != y->startup.order)
		return x->startup.order < y->startup.order ? -1 : 1;
	return (x->ctid > y->ctid) - (x->ctid < y->ctid);
}

void startup_sort(struct startup_ct *v, size_t n)
{
	if (n)
		qsort(v, n, sizeof *v, compare);
}

size_t startup_group(const struct startup_ct *v, size_t n)
{
	size_t group = 0;

	while (group < n && v[group].startup.order == v->startup.order)
		group++;
	return group;
}

unsigned startup_pause(const struct startup_ct *v, size_t group)
{
	unsigned longest = 0;

	for (size_t i = 0; i < group; i++)
		if (v[i].startup.up > longest)
			longest = v[i].startup.up;
	return longest;
}
