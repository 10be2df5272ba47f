/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/cgroup-limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/runtime/cgroup-procs.h"

/* As lowering spells them; none: what a new group has, NULL: all CPUs. */
static const struct {
	const char *key, *none;
} keys[] = {
	{ "lxc.cgroup.memory.memsw.limit_in_bytes", "-1" },
	{ "lxc.cgroup.memory.limit_in_bytes", "-1" },
	{ "lxc.cgroup.cpu.cfs_period_us", "100000" },
	{ "lxc.cgroup.cpu.cfs_quota_us", "-1" },
	{ "lxc.cgroup.cpu.shares", "1024" },
	{ "lxc.cgroup.cpuset.cpus", NULL },
	{ "lxc.cgroup2.memory.max", "max" },
	{ "lxc.cgroup2.memory.swap.max", "max" },
	{ "lxc.cgroup2.cpu.max", "max 100000" },
	{ "lxc.cgroup2.cpu.weight", "100" },
	{ "lxc.cgroup2.cpuset.cpus", NULL },
};
#define MEMSW 0
#define MEMORY 1
_Static_assert(ARRAY_SIZE(keys) <= CGROUP_LIMITS_MAX, "each is written at most once");

/* The value of "KEY = VALUE" in a lowered text; the caller frees, NULL: not there. */
static char *value_of(const char *text, const char *key)
{
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		const char *rest = str_after(at, key);

		rest = rest ? str_after(rest, " = ") : NULL;
		if (rest)
			return xstrndup(rest, strcspn(rest, "\n"));
	}
	return NULL;
}

static uint64_t bytes_of(const char *text, const char *key)
{
	autofree char *value = value_of(text, key);
	uint64_t n;

	return value && parse_uint(value, 0, UINT64_MAX, &n) ? n : UINT64_MAX;
}

static bool plan_one(size_t i, const char *from, const char *to, unsigned cpus,
		     struct cgroup_write *ret)
{
	autofree char *old = value_of(from, keys[i].key), *new = value_of(to, keys[i].key);
	const char *key = str_after(keys[i].key, "lxc.cgroup2.");

	if (str_eq(old, new))
		return false;
	ret->key = key ? key : str_after(keys[i].key, "lxc.cgroup.");
	if (new)
		snprintf(ret->value, sizeof ret->value, "%s", new);
	else if (keys[i].none)
		snprintf(ret->value, sizeof ret->value, "%s", keys[i].none);
	else
		snprintf(ret->value, sizeof ret->value, "0-%u", cpus - 1);
	return true;
}

size_t cgroup_limits_diff(const char *from, const char *to, unsigned cpus,
		  struct cgroup_write ret[CGROUP_LIMITS_MAX])
{
	size_t order[ARRAY_SIZE(keys)], n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		order[i] = i;
	/* Memory and swap together may never be below memory alone, not even in between. */
	if (bytes_of(to, keys[MEMSW].key) < bytes_of(from, keys[MEMORY].key)) {
		order[0] = MEMORY;
		order[1] = MEMSW;
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		n += plan_one(order[i], from, to, cpus, &ret[n]);
	return n;
}

/*
 * v2 kills processes where memory.max is below what is in use.  memory.high has the kernel take
 * back what it can; where that is not enough the limit is refused, as v1 does.
 */
static int write_memory_max(unsigned ctid, const char *value, struct err *e)
{
	uint64_t limit, used;
	char text[32];
	int r;

	if (!parse_uint(value, 0, UINT64_MAX, &limit))
		return cgroup_set(ctid, "memory.max", value, e);
	r = cgroup_set(ctid, "memory.high", value, e);
	if (r == 0)
		r = cgroup_get(ctid, "memory.current", text, sizeof text, e);
	if (r == 0 && parse_uint(text, 0, UINT64_MAX, &used) && used > limit)
		r = err_set(e, EBUSY, "memory.max",
			    "%" PRIu64 " bytes are in use and cannot be reclaimed", used);
	if (r == 0)
		r = cgroup_set(ctid, "memory.max", value, e);
	if (r == 0)
		return cgroup_set(ctid, "memory.high", "max", e);
	(void)cgroup_set(ctid, "memory.high", "max", NULL);
	return r;
}

int cgroup_limits_change(unsigned ctid, const char *from, const char *to, unsigned cpus,
			 struct err *e)
{
	struct cgroup_write writes[CGROUP_LIMITS_MAX];
	size_t n = cgroup_limits_diff(from, to, cpus, writes);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = str_eq(writes[i].key, "memory.max") ?
			    write_memory_max(ctid, writes[i].value, e) :
			    cgroup_set(ctid, writes[i].key, writes[i].value, e);
	return r;
}
