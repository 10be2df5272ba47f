/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include "ct/ct.h"
#include "ct/volume/volumes.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/notes.h"

#define MAX_DIGITS 15

/* "16G", "+0.5T": in MiB, rounded up. */
static bool parse_size(const char *text, bool *ret_adds, uint64_t *ret_mib)
{
	static const char units[] = "MGT";
	const char *number = text + (*text == '+'), *unit;
	size_t whole = strspn(number, "0123456789");
	size_t point = number[whole] == '.' ? 1 + strspn(number + whole + 1, "0123456789") : 0;
	double mib = strtod(number, NULL);

	unit = number[whole + point] ? strchr(units, number[whole + point]) : NULL;
	if (!whole || whole + point > MAX_DIGITS || point == 1 || !unit ||
	    number[whole + point + 1])
		return false;
	while (unit-- > units)
		mib *= 1024;
	if (mib > 0x1p50)
		return false;
	*ret_adds = *text == '+';
	*ret_mib = (uint64_t)mib + (mib > (double)(uint64_t)mib);
	return true;
}

int cmd_resize(const struct args *args, struct err *e)
{
	const char *slot = args->positional[0], *size = args->positional[1];
	uint64_t mib;
	struct ct ct;
	bool adds;
	int r;

	if (!parse_size(size, &adds, &mib)) {
		err_set(e, ERR_USAGE, NULL, "bad size \"%s\"", size);
		return err_remedy(e, "write it as 16G, 512M or 1T, or as +8G to add to the size");
	}
	r = ct_open(args->ctid, CT_LOCK, &ct, e);
	if (r == 0)
		r = ct_resize(&ct, slot, adds, mib, e);
	return finish_ct(&ct, r);
}
