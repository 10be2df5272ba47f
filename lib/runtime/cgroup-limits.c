/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/cgroup-limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/runtime/cgroup-procs.h"

/* Find the value of "KEY = VALUE" in a lowered text; NULL: missing.  The caller frees. */
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

static bool diff_one(size_t i, const char *from, const char *to, unsigned cpus,
		     struct cgroup_write *ret)
{
	const struct cgroup_key *k = &cgroup_keys[i];
	autofree char *old = value_of(from, k->key), *new = value_of(to, k->key);
	const char *file = str_after(k->key, CGROUP2);

	if (str_eq(old, new))
		return false;
	ret->key = file ? file : str_after(k->key, CGROUP1);
	if (new)
		snprintf(ret->value, sizeof ret->value, "%s", new);
	else if (k->unset)
		snprintf(ret->value, sizeof ret->value, "%s", k->unset);
	else
		snprintf(ret->value, sizeof ret->value, "0-%u", cpus - 1);
	return true;
}

size_t cgroup_limits_diff(const char *from, const char *to, unsigned cpus,
		  struct cgroup_write ret[CGROUP_KEYS])
{
	/* Memory + swap must never be less than memory, not even between two writes. */
	bool memory_first = bytes_of(to, CGROUP1_MEMSW) < bytes_of(from, CGROUP1_MEMORY);
	size_t n = 0;

	for (size_t i = 0; i < CGROUP_KEYS; i++)
		n += diff_one(memory_first && i < 2 ? 1 - i : i, from, to, cpus, &ret[n]);
	return n;
}

/*
 * v2 kills processes if memory.max is below the current use.  So first set memory.high, which makes
 * the kernel reclaim memory; if that does not suffice, refuse the limit, like v1.
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
	struct cgroup_write writes[CGROUP_KEYS];
	size_t n = cgroup_limits_diff(from, to, cpus, writes);
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = str_eq(writes[i].key, "memory.max") ?
			    write_memory_max(ctid, writes[i].value, e) :
			    cgroup_set(ctid, writes[i].key, writes[i].value, e);
	return r;
}
