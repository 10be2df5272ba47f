/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/cpuset.h"

#include <sched.h>
#include <string.h>

#include "lib/base/util.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/runtime.h"

bool cpuset_parse(const char *list, struct cpuset *ret)
{
	autostrv char **ranges = strv_split(list, ",\n");

	*ret = (struct cpuset){ 0 };
	for (char **range = ranges; range && *range; range++) {
		char *dash = strchr(*range, '-');
		uint64_t first, last;

		if (dash)
			*dash++ = '\0';
		if (!parse_uint(*range, 0, CPUSET_MAX - 1, &first) ||
		    !parse_uint(dash ? dash : *range, first, CPUSET_MAX - 1, &last))
			return false;
		for (uint64_t cpu = first; cpu <= last; cpu++)
			ret->has[cpu] = true;
		if (last >= ret->end)
			ret->end = (unsigned)last + 1;
	}
	return true;
}

static bool look_at_init(unsigned ctid, struct cpuset *ret)
{
	autoclose int init = runtime_init_pidfd(ctid, NULL);
	autofree cpu_set_t *set = CPU_ALLOC(CPUSET_MAX);
	size_t size = CPU_ALLOC_SIZE(CPUSET_MAX);
	pid_t pid = init < 0 ? 0 : guest_pid(init);

	*ret = (struct cpuset){ 0 };
	if (!pid || !set || sched_getaffinity(pid, size, set) < 0)
		return false;
	for (unsigned cpu = 0; cpu < CPUSET_MAX; cpu++)
		if (CPU_ISSET_S(cpu, size, set)) {
			ret->has[cpu] = true;
			ret->end = cpu + 1;
		}
	return true;
}

bool cpuset_look(unsigned ctid, struct cpuset *ret)
{
	struct cgroup_text f[] = { { .key = "cpuset.effective_cpus" },	 /* v1 */
				   { .key = "cpuset.cpus.effective" } }; /* v2 */

	cgroup_read(ctid, f, ARRAY_SIZE(f));
	return (cpuset_parse(*f[0].text ? f[0].text : f[1].text, ret) && ret->end) ||
	       look_at_init(ctid, ret);
}
