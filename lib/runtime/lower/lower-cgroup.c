/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Translates cgroup settings to the host's cgroup version.  liblxc 5 and 6 silently ignore settings
 * of the other version, so a setting that cannot be translated is an error.
 */
#include "lib/runtime/lower/lower-internal.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/cgroup-key.h"
#include "lib/conf/conf-internal.h"
#include "lib/runtime/lower/lower.h"

static bool is_v2(const struct host *host)
{
	return host->cgroup == CGROUP_V2;
}

/* If a setting exists for both versions, use the host's. */
static uint64_t choose(uint64_t own, uint64_t other)
{
	return own != UNSET ? own : other;
}

static bool is_limit(uint64_t v)
{
	return v != UNSET && v != NO_LIMIT;
}

static void add(struct buf *out, const char *key, uint64_t value)
{
	buf_addf(out, "%s = %llu\n", key, (unsigned long long)value);
}

static int lower_memory(const struct conf_file *f, const struct host *host, struct buf *out,
			struct err *e)
{
	const struct limits *l = &f->limits;
	uint64_t memory = is_v2(host) ? choose(l->memory_v2, l->memory) :
					choose(l->memory, l->memory_v2);
	uint64_t swap = l->swap_v2;

	if (is_v2(host)) {
		if (swap == UNSET && is_limit(l->memsw))
			swap = l->memsw - l->memory;
		if (is_limit(memory))
			add(out, CGROUP2_MEMORY, memory);
		if (is_limit(swap))
			add(out, CGROUP2_SWAP, swap);
		return 0;
	}
	if (is_limit(memory))
		add(out, CGROUP1_MEMORY, memory);
	if (is_limit(l->memsw)) {
		add(out, CGROUP1_MEMSW, l->memsw);
	} else if (is_limit(swap)) {
		if (!is_limit(memory)) {
			err_set(e, ENOTSUP, NULL, "this host has cgroup v1, where swap is limited "
				"together with memory: give " CGROUP2_MEMORY " as well");
			return lower_err(f, lower_find(f, CGROUP2_SWAP), e);
		}
		add(out, CGROUP1_MEMSW, memory + swap);
	}
	return 0;
}

static void lower_quota(const struct limits *l, const struct host *host, struct buf *out)
{
	bool from_v2 = is_v2(host) ? l->quota_v2 != UNSET : l->quota == UNSET;
	uint64_t quota = from_v2 ? l->quota_v2 : l->quota;
	uint64_t period = from_v2 ? l->period_v2 : l->period;

	if (!is_limit(quota))
		return;
	if (!is_limit(period))
		period = CFS_PERIOD;
	if (is_v2(host)) {
		buf_addf(out, CGROUP2_CPU " = %llu %llu\n", (unsigned long long)quota,
			 (unsigned long long)period);
		return;
	}
	add(out, CGROUP1_PERIOD, period);
	add(out, CGROUP1_QUOTA, quota);
}

static uint64_t clamp(uint64_t value, uint64_t min, uint64_t max)
{
	return value < min ? min : value > max ? max : value;
}

/*
 * Translate like systemd: the defaults, 1024 and 100, correspond, and other values are
 * proportional.
 */
static void lower_weight(const struct limits *l, const struct host *host, struct buf *out)
{
	if (is_v2(host)) {
		if (l->weight != UNSET)
			add(out, CGROUP2_WEIGHT, l->weight);
		else if (l->shares != UNSET)
			add(out, CGROUP2_WEIGHT, clamp(l->shares * 100 / 1024, 1, 10000));
	} else if (l->shares != UNSET) {
		add(out, CGROUP1_SHARES, clamp(l->shares, 2, 262144));
	} else if (l->weight != UNSET) {
		add(out, CGROUP1_SHARES, clamp(l->weight * 1024 / 100, 2, 262144));
	}
}

/* Choose adjacent CPUs; the first one depends on the container's number. */
static void lower_cores(const struct conf_file *f, const struct host *host, struct buf *out)
{
	unsigned cores = f->values.cores, first, last;

	if (cores == 0 || cores >= host->cpus || lower_find(f, CGROUP1_CPUS) ||
	    lower_find(f, CGROUP2_CPUS))
		return;
	first = (uint32_t)(f->ctid * 2654435761u) % host->cpus;
	last = first + cores - 1;
	buf_addf(out, "%s = ", is_v2(host) ? CGROUP2_CPUS : CGROUP1_CPUS);
	if (first == last)
		buf_addf(out, "%u\n", first);
	else if (last < host->cpus)
		buf_addf(out, "%u-%u\n", first, last);
	else
		buf_addf(out, "0-%u,%u-%u\n", last - host->cpus, first, host->cpus - 1);
}

int lower_limits(const struct conf_file *f, const struct host *host, struct buf *out, struct err *e)
{
	int r = lower_memory(f, host, out, e);

	if (r < 0)
		return r;
	lower_quota(&f->limits, host, out);
	lower_weight(&f->limits, host, out);
	lower_cores(f, host, out);
	return 0;
}

int lower_limits_text(const struct conf_file *f, const struct host *host, char **ret, struct err *e)
{
	autobuf out = BUF_INIT;
	int r = lower_limits(f, host, &out, e);

	if (r < 0)
		return r;
	buf_str(&out);
	*ret = buf_detach(&out);
	return 0;
}

/* Settings with the same name and values in both versions. */
static bool is_common(const char *family_name)
{
	static const char *const common[] = { "devices.allow", "devices.deny", "cpuset.cpus",
					      "cpuset.mems", "pids.max" };

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (str_eq(family_name, common[i]))
			return true;
	return false;
}

int lower_cgroup_line(const struct conf_file *f, const struct host *host,
		      const struct conf_line *line, struct buf *out, struct err *e)
{
	const char *v2 = str_after(line->name, CGROUP2);
	const char *name = v2 ? v2 : str_after(line->name, CGROUP1);
	const struct cgroup_key *key = cgroup_key_find(line->name);

	if (!name)
		return 1;
	/* These set the path of the groups, not a value in them. */
	if (!v2 && (str_eq(name, "relative") || str_eq(name, "dir") || str_after(name, "dir.")))
		return 1;
	if (key && key->is_translated)
		return 0;
	if (!!v2 == is_v2(host))
		return 1;
	if (is_common(name)) {
		buf_addf(out, "%s%s = %s\n", is_v2(host) ? CGROUP2 : CGROUP1, name, line->value);
		return 0;
	}
	err_set(e, ENOTSUP, NULL, "this host has cgroup v%d, which has no such setting",
		is_v2(host) ? 2 : 1);
	err_remedy(e, "remove the line, or write its counterpart lxc.cgroup%s...",
		   is_v2(host) ? "2" : "");
	return lower_err(f, line, e);
}
