/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/distro/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "lib/base/util.h"

#define CLEAR "\r\033[K"

void progress_begin(const char *what, struct progress *ret)
{
	*ret = (struct progress){ .what = what, .terminal = isatty(STDERR_FILENO),
				  .began = now_ms() };
}

void progress_show(struct progress *p, const char *stage)
{
	long long now = now_ms(), seconds = (now - p->began) / 1000;
	bool same = str_eq(stage, p->stage);

	if (same && (!p->terminal || now - p->shown < 1000))
		return;
	snprintf(p->stage, sizeof p->stage, "%s", stage);
	p->shown = now;
	fprintf(stderr, "%spct: %s: %lld:%02lld %s%s", p->terminal ? CLEAR : "", p->what,
		seconds / 60, seconds % 60, p->stage, p->terminal ? "" : "\n");
	fflush(stderr);
}

void progress_end(struct progress *p)
{
	if (p->terminal && p->shown)
		fputs(CLEAR, stderr);
}
