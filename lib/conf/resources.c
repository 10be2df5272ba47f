/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Memory, swap and CPU time.  They are stored in the keys of cgroup v1, where the swap limit
 * includes memory; the keys of v2 are read, too.
 */
#include "lib/conf/conf-internal.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/cgroup-key.h"

/* Bytes with K, M, G or T; -1 and max mean no limit. */
static int bytes_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		      struct err *e)
{
	static const char suffixes[] = "BKMGT";
	size_t n = strlen(value);
	const char *suffix = n ? strchr(suffixes, toupper((unsigned char)value[n - 1])) : NULL;
	char number[24];
	uint64_t bytes;

	(void)f;
	(void)o;
	if (str_eq(value, "-1") || str_eq(value, "max")) {
		*(uint64_t *)field = NO_LIMIT;
		return 0;
	}
	snprintf(number, sizeof number, "%.*s", (int)(suffix ? n - 1 : n), value);
	if (n >= sizeof number ||
	    !parse_uint(number, 0, suffix ? (UINT64_C(1) << 22) : (UINT64_C(1) << 62), &bytes))
		return err_set(e, EINVAL, NULL, "is not a number of bytes: \"%s\"", value);
	if (suffix)
		bytes <<= 10 * (suffix - suffixes);
	*(uint64_t *)field = bytes;
	return 0;
}

const struct conf_type conf_type_bytes = { .read = bytes_read, .form = "BYTES" };

static int u64_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		    struct err *e)
{
	(void)f;
	if (parse_uint(value, o->min, o->max, field))
		return 0;
	return err_range(e, "", false, o->min, o->max, value);
}

static int cpuunits_set(struct conf_file *f, const struct conf_option *o, const char *value,
			struct err *e)
{
	uint64_t n;
	int r;

	if (value && !parse_uint(value, o->min, o->max, &n))
		return err_range(e, "", false, o->min, o->max, value);
	r = conf_put_line(f, CGROUP2_WEIGHT, NULL, e);
	return r < 0 ? r : conf_put_line(f, o->key, str_eq(value, o->absent) ? NULL : value, e);
}

static char *cpuunits_get(const struct conf_file *f)
{
	return f->values.cpuunits ? xasprintf("%u", f->values.cpuunits) : NULL;
}

const struct conf_type conf_type_u64 = { .read = u64_read };
const struct conf_type conf_type_cpuunits = {
	.read = u64_read,
	.set = cpuunits_set,
	.get = cpuunits_get,
	.form = "N",
	.key_help = "Weight of CPU time relative to other containers, in units of cgroup v1",
};

static int quota_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		      struct err *e)
{
	(void)f;
	(void)o;
	if (str_eq(value, "-1")) {
		*(uint64_t *)field = NO_LIMIT;
		return 0;
	}
	if (parse_uint(value, 1000, UINT64_C(1) << 40, field))
		return 0;
	return err_set(e, EINVAL, NULL, "is not a number of microseconds, 1000 or more: \"%s\"",
		       value);
}

/* "QUOTA [PERIOD]", where QUOTA may be max. */
static int cpu_max_read(struct conf_file *f, const struct conf_option *o, char *value, void *field,
			struct err *e)
{
	autostrv char **words = strv_split(value, " \t");
	size_t n = strv_len(words);

	(void)o;
	(void)field;
	f->limits.quota_v2 = NO_LIMIT;
	f->limits.period_v2 = CFS_PERIOD;
	if (n < 1 || n > 2 ||
	    (!str_eq(words[0], "max") &&
	     !parse_uint(words[0], 1000, UINT64_C(1) << 40, &f->limits.quota_v2)) ||
	    (n == 2 && !parse_uint(words[1], 1000, 1000000, &f->limits.period_v2)))
		return err_set(e, EINVAL, NULL, "is not QUOTA|max PERIOD: \"%s\"", value);
	return 0;
}

const struct conf_type conf_type_cpu_max = { .read = cpu_max_read };

static unsigned line_of(const struct conf_file *f, const char *today)
{
	const struct line *line = conf_line_find(f, today);

	return line ? (unsigned)(line - f->lines) + 1 : 0;
}

static unsigned mib(uint64_t bytes)
{
	uint64_t n = bytes / MIB + (bytes % MIB != 0);

	return n >= CONF_NO_LIMIT ? CONF_NO_LIMIT - 1 : (unsigned)n;
}

static bool is_limit(uint64_t v)
{
	return v != UNSET && v != NO_LIMIT;
}

bool conf_is_limit(const struct conf_option *o)
{
	return o->type == &conf_type_cpu_max ||
	       (o->field >= offsetof(struct conf_file, limits) &&
		o->field < offsetof(struct conf_file, limits) + sizeof(struct limits));
}

int conf_limits_finish(struct conf_file *f, struct err *e)
{
	struct limits *l = &f->limits;
	struct conf *c = &f->values;
	uint64_t memory = l->memory != UNSET ? l->memory : l->memory_v2;
	uint64_t quota = l->quota != UNSET ? l->quota : l->quota_v2;
	uint64_t period = l->quota == UNSET ? l->period_v2 : l->period;

	c->memory = is_limit(memory) ? mib(memory) : 0;
	c->swap = CONF_NO_LIMIT;
	if (is_limit(l->memsw)) {
		if (!is_limit(l->memory))
			err_set(e, EINVAL, NULL, "requires %s", CGROUP1_MEMORY);
		else if (l->memsw < l->memory)
			err_set(e, EINVAL, NULL,
				"is the limit of memory and swap, but is less than %s",
				CGROUP1_MEMORY);
		else
			c->swap = mib(l->memsw - l->memory);
		if (c->swap == CONF_NO_LIMIT)
			return conf_line_err(f, line_of(f, CGROUP1_MEMSW), CGROUP1_MEMSW, e);
	} else if (is_limit(l->swap_v2)) {
		c->swap = mib(l->swap_v2);
	}
	if (is_limit(quota))
		c->cpulimit = (unsigned)(quota * 1000 / (is_limit(period) ? period : CFS_PERIOD));
	if (is_limit(l->shares))
		c->cpuunits = (unsigned)l->shares;
	else if (is_limit(l->weight))
		c->cpuunits = (unsigned)(l->weight * 1024 / 100);
	return 0;
}

static int put_number(struct conf_file *f, const char *key, uint64_t n, struct err *e)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	return conf_put_line(f, key, text, e);
}

/* Set memory and swap in MiB, and remove v2 keys for them. */
static int put_memory(struct conf_file *f, unsigned memory, unsigned swap, struct err *e)
{
	int r;

	r = conf_put_line(f, CGROUP2_MEMORY, NULL, e);
	if (r == 0)
		r = conf_put_line(f, CGROUP2_SWAP, NULL, e);
	if (r == 0 && (memory == 0 || swap == CONF_NO_LIMIT))
		r = conf_put_line(f, CGROUP1_MEMSW, NULL, e);
	if (r < 0 || memory == 0)
		return r < 0 ? r : conf_put_line(f, CGROUP1_MEMORY, NULL, e);
	/* Each intermediate text must be valid: memsw is at least memory. */
	if (f->values.memory && memory > f->values.memory && swap != CONF_NO_LIMIT)
		r = put_number(f, CGROUP1_MEMSW, ((uint64_t)memory + swap) * MIB, e);
	if (r == 0)
		r = put_number(f, CGROUP1_MEMORY, (uint64_t)memory * MIB, e);
	if (r == 0 && swap != CONF_NO_LIMIT)
		r = put_number(f, CGROUP1_MEMSW, ((uint64_t)memory + swap) * MIB, e);
	return r;
}

static int parse_mib(const struct conf_option *o, const char *value, unsigned *ret, struct err *e)
{
	uint64_t n;

	if (!parse_uint(value, 0, o->max, &n) || (n && n < o->min))
		return err_range(e, " of MiB", true, o->min, o->max, value);
	*ret = (unsigned)n;
	return 0;
}

static int memory_set(struct conf_file *f, const struct conf_option *o, const char *value,
		      struct err *e)
{
	unsigned memory = 0, swap = f->values.swap;
	int r = value ? parse_mib(o, value, &memory, e) : 0;

	if (r < 0)
		return r;
	if (f->values.memory == 0)
		swap = f->pending_swap;
	else
		f->pending_swap = swap;
	return put_memory(f, memory, swap, e);
}

static char *memory_get(const struct conf_file *f)
{
	return f->values.memory ? xasprintf("%u", f->values.memory) : NULL;
}

static int swap_set(struct conf_file *f, const struct conf_option *o, const char *value,
		    struct err *e)
{
	unsigned swap = CONF_NO_LIMIT;
	int r = value ? parse_mib(o, value, &swap, e) : 0;

	if (r < 0)
		return r;
	f->pending_swap = swap;
	return f->values.memory ? put_memory(f, f->values.memory, swap, e) : 0;
}

static char *swap_get(const struct conf_file *f)
{
	if (f->values.memory == 0 || f->values.swap == CONF_NO_LIMIT)
		return NULL;
	return xasprintf("%u", f->values.swap);
}

const struct conf_type conf_type_memory = {
	.read = bytes_read,
	.set = memory_set,
	.get = memory_get,
	.form = "BYTES|-1",
	.key_help = "Memory limit in bytes; -1: no limit",
};
const struct conf_type conf_type_swap = {
	.read = bytes_read,
	.set = swap_set,
	.get = swap_get,
	.form = "BYTES|-1",
	.key_help = "Limit of memory and swap together, in bytes; -1: no limit. At least the "
		    "memory limit, which must be set too",
};

/* N or N.NNN CPUs, in thousandths. */
static bool parse_cpus(const char *value, unsigned max, unsigned *ret)
{
	size_t whole = strspn(value, "0123456789"), digits = 0;
	const char *rest = value + whole;
	char number[16];
	uint64_t n;

	if (*rest == '.') {
		digits = strspn(rest + 1, "0123456789");
		if (digits == 0 || digits > 3 || rest[1 + digits])
			return false;
	} else if (*rest) {
		return false;
	}
	if (whole == 0 || whole > 6)
		return false;
	snprintf(number, sizeof number, "%.*s%.*s%.*s", (int)whole, value, (int)digits,
		 digits ? rest + 1 : "", (int)(3 - digits), "000");
	if (!parse_uint(number, 0, (uint64_t)max * 1000, &n))
		return false;
	*ret = (unsigned)n;
	return true;
}

static int cpulimit_set(struct conf_file *f, const struct conf_option *o, const char *value,
			struct err *e)
{
	unsigned limit = 0;
	int r;

	/* The kernel requires a quota of at least a millisecond, a hundredth of a period. */
	if (value && (!parse_cpus(value, o->max, &limit) || (limit && limit < 10)))
		return err_range(e, " of CPUs", true, 0.01, o->max, value);
	r = conf_put_line(f, CGROUP2_CPU, NULL, e);
	if (r == 0 && limit)
		r = put_number(f, CGROUP1_PERIOD, CFS_PERIOD, e);
	else if (r == 0)
		r = conf_put_line(f, CGROUP1_PERIOD, NULL, e);
	if (r == 0 && limit)
		return put_number(f, CGROUP1_QUOTA, (uint64_t)limit * (CFS_PERIOD / 1000), e);
	return r < 0 ? r : conf_put_line(f, CGROUP1_QUOTA, NULL, e);
}

static char *cpulimit_get(const struct conf_file *f)
{
	unsigned n = f->values.cpulimit;
	char *text;

	if (!n)
		return NULL;
	if (n % 1000 == 0)
		return xasprintf("%u", n / 1000);
	text = xasprintf("%u.%03u", n / 1000, n % 1000);
	for (size_t len = strlen(text); text[len - 1] == '0'; len--)
		text[len - 1] = '\0';
	return text;
}

const struct conf_type conf_type_cpulimit = {
	.read = quota_read,
	.set = cpulimit_set,
	.get = cpulimit_get,
	.form = "MICROSECONDS|-1",
	.key_help = "CPU time in microseconds, of all CPUs together, in each period of "
		    "lxc.cgroup.cpu.cfs_period_us: with a period of 100000, 200000 is two CPUs; "
		    "-1: no limit",
};
