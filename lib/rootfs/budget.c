/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Limits the cost of working in a container's files. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/rootfs/rootfs-internal.h"

#define NS_PER_MS UINT64_C(1000000)

/*
 * A usual run takes some hundred paths and some ten KiB.  32 networks with 100 .network files, each
 * read for each network, take 20,000 paths, 9 MiB and a tenth of a second.
 */
const uint64_t rootfs_budget[ROOTFS_COSTS] = {
	[ROOTFS_BYTES] = UINT64_C(32) << 20,
	[ROOTFS_PATHS] = 100000,
	[ROOTFS_NAMES] = 200000,
	[ROOTFS_CHANGES] = 1000,
	[ROOTFS_CPU_MS] = 1000,
	[ROOTFS_WALL_MS] = 20000,
};

static uint64_t now(clockid_t clock)
{
	struct timespec t = { 0 };

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000 * NS_PER_MS + (uint64_t)t.tv_nsec;
}

void spending_begin(struct spending *s, const uint64_t limit[ROOTFS_COSTS])
{
	spending_done(s);
	*s = (struct spending){ .cpu = now(CLOCK_PROCESS_CPUTIME_ID),
				.wall = now(CLOCK_MONOTONIC) };
	for (unsigned i = 0; i < ROOTFS_COSTS; i++)
		s->limit[i] = limit[i];
}

void spending_done(struct spending *s)
{
	free(s->where);
	s->where = NULL;
}

static bool is_over(struct spending *s, enum rootfs_cost what)
{
	if (s->used[what] <= s->limit[what])
		return false;
	s->over = true;
	s->what = what;
	return true;
}

/* CPU time takes a system call, so read it only once as much wall time has passed. */
static bool time_is_over(struct spending *s)
{
	s->used[ROOTFS_WALL_MS] = (now(CLOCK_MONOTONIC) - s->wall) / NS_PER_MS;
	if (s->used[ROOTFS_WALL_MS] > s->limit[ROOTFS_CPU_MS])
		s->used[ROOTFS_CPU_MS] = (now(CLOCK_PROCESS_CPUTIME_ID) - s->cpu) / NS_PER_MS;
	return is_over(s, ROOTFS_CPU_MS) || is_over(s, ROOTFS_WALL_MS);
}

int spending_add(struct spending *s, enum rootfs_cost what, uint64_t n, const char *path)
{
	if (s->over)
		return -ETIME;
	s->used[what] += n;
	if (!is_over(s, what) && !time_is_over(s))
		return 0;
	s->where = xstrdup(path);
	return -ETIME;
}

void spending_pause(struct spending *s)
{
	s->waiting = now(CLOCK_MONOTONIC);
}

void spending_resume(struct spending *s)
{
	s->wall += now(CLOCK_MONOTONIC) - s->waiting;
}

char *rootfs_budget_text(enum rootfs_cost what, uint64_t limit)
{
	static const struct {
		const char *text;
		uint64_t unit;
	} texts[ROOTFS_COSTS] = {
		[ROOTFS_BYTES] = { "reads and writes no more than %" PRIu64 " MiB", 1 << 20 },
		[ROOTFS_PATHS] = { "looks at no more than %" PRIu64 " paths", 1 },
		[ROOTFS_NAMES] = { "lists no more than %" PRIu64 " names", 1 },
		[ROOTFS_CHANGES] = { "changes no more than %" PRIu64 " files", 1 },
		[ROOTFS_CPU_MS] = { "takes no more than %" PRIu64 " s of processor time", 1000 },
		[ROOTFS_WALL_MS] = { "waits no more than %" PRIu64 " s for a disk", 1000 },
	};

	return xasprintf(texts[what].text, limit / texts[what].unit);
}

int spending_err(const struct spending *s, struct err *e)
{
	autofree char *text = rootfs_budget_text(s->what, s->limit[s->what]);

	err_set(e, ETIME, s->where, "one run %s in a container", text);
	return err_remedy(e, "remove the large file, or the many files, near that path in the "
			     "container");
}
