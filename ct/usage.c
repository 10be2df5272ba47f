/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/usage.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/runtime.h"
#include "lib/storage/storage.h"
#include "lib/storage/upkeep.h"

/* Kernels write a number just below 2^63 for no limit. */
#define NO_LIMIT (1ULL << 62)

/* The files of cgroup v1 and v2. */
enum file { V1_MEMORY, V2_MEMORY, V1_LIMIT, V2_LIMIT, MEMORY_STAT, V1_CPU, CPU_STAT, FILES };

static uint64_t number(const char *text)
{
	autofree char *first = xstrndup(text, strcspn(text, " \n"));
	uint64_t n;

	return parse_uint(first, 0, INT64_MAX, &n) ? n : USAGE_NONE;
}

/* The number behind "KEY " at the beginning of a line. */
static uint64_t value_of(const char *text, const char *key)
{
	for (const char *line = text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		const char *rest = str_after(line, key);

		if (rest && *rest == ' ')
			return number(rest + 1);
	}
	return USAGE_NONE;
}

static uint64_t either(uint64_t a, uint64_t b)
{
	return a != USAGE_NONE ? a : b;
}

static void look_at_cgroups(unsigned ctid, struct usage *ret)
{
	struct cgroup_text f[FILES] = {
		[V1_MEMORY] = { .key = "memory.usage_in_bytes" },
		[V2_MEMORY] = { .key = "memory.current" },
		[V1_LIMIT] = { .key = "memory.limit_in_bytes" },
		[V2_LIMIT] = { .key = "memory.max" },
		[MEMORY_STAT] = { .key = "memory.stat" },
		[V1_CPU] = { .key = "cpuacct.usage" },
		[CPU_STAT] = { .key = "cpu.stat" },
	};
	uint64_t files, cpu;

	cgroup_read(ctid, f, FILES);
	ret->memory = either(number(f[V1_MEMORY].text), number(f[V2_MEMORY].text));
	files = either(value_of(f[MEMORY_STAT].text, "total_inactive_file"),
		       value_of(f[MEMORY_STAT].text, "inactive_file"));
	if (ret->memory != USAGE_NONE && files <= ret->memory)
		ret->memory -= files;
	ret->memory_limit = either(number(f[V1_LIMIT].text), number(f[V2_LIMIT].text));
	if (ret->memory_limit >= NO_LIMIT)
		ret->memory_limit = USAGE_NONE;
	cpu = number(f[V1_CPU].text); /* nanoseconds */
	if (cpu != USAGE_NONE)
		ret->cpu_ms = cpu / 1000000;
	cpu = value_of(f[CPU_STAT].text, "usage_usec");
	if (ret->cpu_ms == USAGE_NONE && cpu != USAGE_NONE)
		ret->cpu_ms = cpu / 1000;
}

/* proc(5): init's start is in clock ticks since the host's boot. */
static uint64_t uptime_of(pid_t init)
{
	uint64_t start, ticks = (uint64_t)sysconf(_SC_CLK_TCK), now;
	struct timespec t;

	if (!init || !monitor_start_of(init, &start) || clock_gettime(CLOCK_BOOTTIME, &t) < 0)
		return USAGE_NONE;
	now = (uint64_t)t.tv_sec * ticks + (uint64_t)t.tv_nsec * ticks / 1000000000;
	return now < start ? 0 : (now - start) / ticks;
}

/* A folder without a size is on a file system of the host, whose numbers say nothing of it. */
static void look_at_disk(const struct conf *conf, int init, struct usage *ret)
{
	const struct conf_volume *root = conf_volume_find(conf, "rootfs");
	struct volume_space space;
	struct volume v = { 0 };

	if (!root || volume_find(root->id, conf->ctid, &v, NULL) < 0)
		return;
	if (volume_folder_space(&v, &space, NULL) == 0) {
		ret->disk = space.used;
		ret->disk_size = space.size;
	} else if (volume_has_size(&v)) {
		guest_disk(init, &ret->disk, &ret->disk_size, NULL);
	}
	volume_done(&v);
}

void usage_look(const struct conf *conf, struct usage *ret)
{
	autoclose int init = runtime_init_pidfd(conf->ctid, NULL);

	*ret = (struct usage){ USAGE_NONE, USAGE_NONE, USAGE_NONE,
			       USAGE_NONE, USAGE_NONE, USAGE_NONE };
	if (init < 0)
		return;
	look_at_cgroups(conf->ctid, ret);
	ret->uptime = uptime_of(guest_pid(init));
	look_at_disk(conf, init, ret);
}
