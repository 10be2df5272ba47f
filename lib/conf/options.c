/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of all options and keys. */
#include "lib/conf/conf-internal.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/util.h"
#include "lib/conf/cgroup-key.h"

#define CREATE_ONLY CONF_OPT_CREATE_ONLY
#define INTERNAL CONF_OPT_INTERNAL
#define BOOL CONF_OPT_BOOL
#define NOTE CONF_OPT_NOTE
#define LINES CONF_OPT_LINES
#define SETUP CONF_OPT_SETUP
#define VALUE(member) offsetof(struct conf_file, values.member)
#define LIMIT(member) offsetof(struct conf_file, limits.member)

/* Memory precedes swap, which is relative to it. */
const struct conf_option conf_options[] = {
	{ "hostname", "NAME", "lxc.utsname", NULL, SETUP, "Host name of the container",
	  &conf_type_hostname, VALUE(hostname), NULL, 0, 0 },
	{ "memory", "MIB", CGROUP1_MEMORY, "512", 0,
	  "Memory limit in MiB; 0: no limit",
	  &conf_type_memory, LIMIT(memory), NULL, 16, 1 << 30 },
	{ "swap", "MIB", CGROUP1_MEMSW, "512", 0,
	  "Swap limit in MiB, in addition to memory; needs a memory limit",
	  &conf_type_swap, LIMIT(memsw), NULL, 0,
	  1 << 30 },
	{ "cores", "N", "pve.cores", NULL, 0, "Number of CPUs that the container can use; 0: all",
	  &conf_type_uint, VALUE(cores), "0", 0, 8192 },
	{ "cpulimit", "N", CGROUP1_QUOTA, NULL, 0,
	  "Limit of CPU time, as a number of CPUs (0.5: half a CPU); 0: no limit",
	  &conf_type_cpulimit, LIMIT(quota),
	  NULL, 0, 8192 },
	{ "cpuunits", "N", CGROUP1_SHARES, NULL, 0,
	  "Weight of CPU time relative to other containers (1024)",
	  &conf_type_cpuunits, LIMIT(shares),
	  "1024", 0, 500000 },
	{ "netN", "name=NAME[,KEY=VALUE...]", "lxc.network.type", NULL, SETUP,
	  "Network N, 0 to 31; each KEY is one of these words",
	  &conf_type_net, 0, NULL, 0, CONF_MAX_NETS - 1 },
	{ "mpN", "VOLUME,mp=/PATH[,KEY=VALUE...]", "pve.mpN", NULL, 0,
	  "Mount point N, 0 to 255; each KEY is one of these words",
	  &conf_type_mp, 0, NULL, 0, CONF_MAX_SLOT },
	{ "devN", "/dev/PATH[,KEY=VALUE...]", "pve.devN", NULL, 0,
	  "Device N of the host, 0 to 255; each KEY is one of these words",
	  &conf_type_dev, 0, NULL, 0, CONF_MAX_SLOT },
	{ "unusedN", "VOLUME", "pve.unusedN", NULL, CONF_OPT_DELETE | NOTE,
	  "Volume of the container that is not mounted", &conf_type_unused, 0, NULL, 0,
	  CONF_MAX_SLOT },
	{ "nameserver", "ADDR[,ADDR]", "pve.nameserver", NULL, SETUP,
	  "DNS servers (default: those of the host)", &conf_type_nameserver, VALUE(nameserver),
	  NULL, 0, 0 },
	{ "searchdomain", "DOMAIN[,DOMAIN]", "pve.searchdomain", NULL, SETUP,
	  "DNS search domains (default: those of the host)", &conf_type_searchdomain,
	  VALUE(searchdomain), NULL, 0, 0 },
	{ "onboot", "0|1", "pve.onboot", NULL, BOOL | NOTE,
	  "Start the container at boot of the host", &conf_type_bool, VALUE(onboot), "0", 0, 0 },
	{ "startup", "[order=]N[,up=S][,down=S]", "pve.startup", NULL, NOTE,
	  "order: position in the start at boot; up: seconds to wait after this start (0); "
	  "down: seconds to wait for the shutdown (60)",
	  &conf_type_startup, VALUE(startup), "up=0", 0, 0 },
	{ "description", "TEXT", "pve.comment", NULL, NOTE, "Description", &conf_type_text,
	  VALUE(description), NULL, 0, 0 },
	{ "features", "FEATURE=0|1[,...]", "pve.features", NULL, SETUP,
	  "nesting=1: allow containers in the container; a recent systemd in it needs this. "
	  "fuse=1: allow FUSE file systems, by /dev/fuse. "
	  "mount=FSTYPE[;FSTYPE]: AppArmor lets it mount these types of file systems. "
	  "Only for unprivileged containers: keyctl=1: allow keyctl(2), which Docker needs; "
	  "mknod=1: pve-lxc-syscalld of the host makes device nodes for it; "
	  "force_rw_sys=1: make /sys writable",
	  &conf_type_features, VALUE(features), "nesting=0", 0, 0 },
	{ "hookscript", "STORAGE:snippets/NAME", "pve.hookscript", NULL, NOTE,
	  "Script that root of the host runs as NAME CTID PHASE; PHASE is pre-start, post-start, "
	  "pre-stop or post-stop. If it fails at pre-start, the container does not start",
	  &conf_type_snippet, VALUE(hookscript), NULL, 0, 0 },
	{ "unprivileged", "0|1", "pve.unprivileged", "1", BOOL | CREATE_ONLY,
	  "Map root of the container to an id without rights on the host",
	  &conf_type_unprivileged, offsetof(struct conf_file, marked_unprivileged), "0", 0, 0 },
	{ "idmap", "auto|shared|MAP[;MAP]", "lxc.idmap", NULL, LINES,
	  "Host ids of the container: auto for a separate range, shared for the range that "
	  "containers share (default), or a MAP for each lxc.idmap line",
	  &conf_type_idmap, 0, NULL, 0, 0 },
	{ "arch", "ARCH", "lxc.arch", NULL, CREATE_ONLY,
	  "Architecture (default: that of the template)",
	  &conf_type_arch, VALUE(arch), "amd64", 0, 0 },
	{ "ostype", "NAME", "pve.ostype", NULL, SETUP,
	  "Distribution family (default: detected in the root file system)",
	  &conf_type_word, VALUE(ostype), NULL, 0, 0 },
	{ "tty", "N", "lxc.tty", NULL, SETUP, "Number of terminals with a login prompt (2)",
	  &conf_type_uint,
	  VALUE(tty), "2", 0, 6 },
	{ "timezone", "ZONE|host", "pve.timezone", NULL, SETUP,
	  "Time zone; host: the time zone of the host (default: unchanged)",
	  &conf_type_timezone,
	  VALUE(timezone), NULL, 0, 0 },
	{ "protection", "0|1", "pve.protection", NULL, BOOL | NOTE,
	  "Prevent destruction of the container", &conf_type_bool, VALUE(protection), "0", 0, 0 },
	{ "tags", "TAG[;TAG]", "pve.tags", NULL, NOTE, "Tags",
	  &conf_type_tags, 0, NULL, 0, 0 },
	{ "rootfs", "VOLUME", "pve.volid", NULL, INTERNAL, "Root file system", &conf_type_volid,
	  offsetof(struct conf_file, rootfs.id), NULL, 0, 0 },
	{ "lock", "WORD", "pve.lock", NULL, INTERNAL,
	  "Operation in progress; blocks other operations",
	  &conf_type_word, VALUE(lock), NULL, 0, 0 },
	{ "template", "0|1", "pve.template", NULL, INTERNAL | BOOL,
	  "The container is a template and cannot start", &conf_type_bool, VALUE(is_template),
	  "0", 0, 0 },
	{ 0 },
};

const struct conf_option conf_hidden[] = {
	{ .key = "pve.disksize", .type = &conf_type_disksize,
	  .field = offsetof(struct conf_file, rootfs.mib), .arg = "GIB",
	  .help = "Size of the root volume" },
	{ .key = "pve.rootfs", .type = &conf_type_rootfs,
	  .field = offsetof(struct conf_file, rootfs_words), .arg = "KEY=VALUE[,...]",
	  .help = "Further settings of the root volume, with words of mpN" },
	{ .key = "pve.shifted", .type = &conf_type_bool, .field = VALUE(shifted), .arg = "0|1",
	  .help = "1: the volumes have host ids on disk; not needed, since the owner of their top "
		  "folder shows it, and an error if that says otherwise" },
	{ .key = CGROUP1_PERIOD, .type = &conf_type_u64, .field = LIMIT(period),
	  .min = 1000, .max = 1000000, .arg = "MICROSECONDS",
	  .help = "Period of " CGROUP1_QUOTA ", 1000 to 1000000 (100000)" },
	{ .key = CGROUP2_MEMORY, .type = &conf_type_bytes, .field = LIMIT(memory_v2),
	  .arg = "BYTES|max", .help = "Memory limit of cgroup v2 in bytes; max: no limit" },
	{ .key = CGROUP2_SWAP, .type = &conf_type_bytes,
	  .field = LIMIT(swap_v2), .arg = "BYTES|max",
	  .help = "Swap limit of cgroup v2 in bytes, without memory; max: no limit" },
	{ .key = CGROUP2_CPU, .type = &conf_type_cpu_max, .arg = "QUOTA|max [PERIOD]",
	  .help = "CPU time of cgroup v2: QUOTA microseconds in each PERIOD (100000); max: none" },
	{ .key = CGROUP2_WEIGHT, .type = &conf_type_u64, .field = LIMIT(weight),
	  .min = 1, .max = 10000, .arg = "N",
	  .help = "Weight of CPU time of cgroup v2, 1 to 10000 (100)" },
	{ 0 },
};

struct row {
	const char *today;
	const struct conf_option *option;
};

static struct row by_key[ARRAY_SIZE(conf_options) + ARRAY_SIZE(conf_hidden)];
static size_t n_by_key;

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->today, ((const struct row *)b)->today);
}

static void make_index(void)
{
	for (const struct conf_option *o = conf_options; o->name; o++)
		by_key[n_by_key++] = (struct row){ conf_name_today(o->key), o };
	for (const struct conf_option *o = conf_hidden; o->key; o++)
		by_key[n_by_key++] = (struct row){ conf_name_today(o->key), o };
	qsort(by_key, n_by_key, sizeof *by_key, compare_rows);
}

bool conf_option_is_numbered(const struct conf_option *o)
{
	return str_ends_with(o->name, "N");
}

/* Whether name is base, whose last letter N stands for a number, with a number. */
static bool is_one_of(const char *name, const char *base, unsigned max)
{
	size_t n = strlen(base) - 1;
	uint64_t number;

	return strncmp(name, base, n) == 0 && parse_uint(name + n, 0, max, &number) &&
	       (name[n] != '0' || !name[n + 1]);
}

char *conf_option_key(const struct conf_option *o, const char *option)
{
	return conf_option_is_numbered(o) ? xasprintf("pve.%s", option) :
					    xstrdup(conf_name_today(o->key));
}

/* The option of a key with a number, pve.mp0. */
static const struct conf_option *numbered_find(const char *today)
{
	for (const struct conf_option *o = conf_options; o->name; o++)
		if (o->type->read_slot && is_one_of(today, o->key, o->max))
			return o;
	return NULL;
}

const struct conf_option *conf_key_find(const char *today)
{
	const struct row key = { today, NULL }, *row;

	if (!n_by_key)
		make_index();
	row = bsearch(&key, by_key, n_by_key, sizeof *by_key, compare_rows);
	if (row && !row->option->type->read_slot)
		return row->option;
	return *today == 'p' ? numbered_find(today) : NULL;
}

const struct conf_option *conf_option_find(const char *name)
{
	for (const struct conf_option *o = conf_options; o->name; o++)
		if (conf_option_is_numbered(o) ? is_one_of(name, o->name, o->max) :
						 str_eq(o->name, name))
			return o;
	return NULL;
}

bool conf_line_is_option(const struct conf_line *line)
{
	const struct conf_option *o = conf_key_find(line->name);
	const char *net = str_after(line->name, "lxc.net.");

	if (net)
		return conf_net_word_find(net + strspn(net, "0123456789") + 1);
	if (str_after(line->name, "pve.network."))
		return true;
	return o && !o->type->many;
}
