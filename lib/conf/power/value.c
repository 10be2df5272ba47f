/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of several words: id maps, devices, features, namespaces, kernel parameters. */
#include "lib/conf/power/power.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/util.h"
#include "lib/host/hostids.h"
#include "lib/host/idmap.h"

/* Lists at most this many users. */
#define MAX_NAMES 3

/* The users of the host with an id in the range, "joe, ann"; NULL: none.  The caller frees. */
static char *owners(const char *path, uint32_t first, uint32_t count)
{
	autostrv char **names = NULL;
	struct hostids all;

	hostids_read(path, &all);
	for (size_t i = 0; i < all.n && strv_len(names) <= MAX_NAMES; i++)
		if (all.v[i].id >= first && all.v[i].id - first < count)
			strv_push(&names, strv_len(names) < MAX_NAMES ? all.v[i].name : "...");
	hostids_done(&all);
	return names ? strv_join(names, ", ") : NULL;
}

static void one_kind(struct power *p, bool group, uint32_t first, uint32_t count)
{
	autofree char *names = NULL;

	if (first == 0) {
		power_add(p, "gives the container %s 0 (root) of the host",
			  group ? "group" : "user");
		return;
	}
	names = owners(group ? GROUP : PASSWD, first, count);
	if (names)
		power_add(p, "gives the container ids of %s of the host: %s",
			  group ? "groups" : "users", quote(names));
}

/* A line of lxc.idmap, or the value of the option, which has several. */
void power_idmap(struct power *p, const char *key, const char *value)
{
	autostrv char **maps = strv_split(value, ";");

	(void)key;
	for (char **map = maps; *map; map++) {
		struct idmap_range range;
		char kind;

		if (!idmap_read_line(*map, &kind, &range))
			continue;
		if (kind != 'g')
			one_kind(p, false, range.outside, range.count);
		if (kind != 'u')
			one_kind(p, true, range.outside, range.count);
	}
}

/* Devices that LXC's own include files allow. */
static bool is_usual_device(const char *type, const char *numbers)
{
	static const char *const usual[] = { "1:3", "1:5", "1:7", "1:8", "1:9", "5:0", "5:1", "5:2",
					     "136:*", "10:200", "10:229" };

	for (size_t i = 0; i < ARRAY_SIZE(usual) && *type == 'c'; i++)
		if (str_eq(numbers, usual[i]))
			return true;
	return false;
}

static bool is_memory(const char *numbers)
{
	return str_eq(numbers, "1:1") || str_eq(numbers, "1:2") || str_eq(numbers, "1:4") ||
	       str_eq(numbers, "1:*");
}

/* a | TYPE MAJOR:MINOR ACCESS.  "m" alone allows only making a node that cannot be opened. */
void power_device(struct power *p, const char *key, const char *value)
{
	autostrv char **words = strv_split(value, " \t");
	const char *access = strv_len(words) > 2 ? words[2] : "rwm";
	const char *numbers = strv_len(words) > 1 ? words[1] : "*:*";

	(void)key;
	if (!*words || !access[strcspn(access, "rw")] || is_usual_device(words[0], numbers))
		return;
	if (*words[0] == 'a')
		power_add(p, "gives the container every device of the host");
	else if (*words[0] == 'c' && is_memory(numbers))
		power_add(p, "gives the container the memory of the host: %s", quote(value));
	else if (strchr(numbers, '*'))
		power_add(p, "gives the container many %s devices of the host: %s",
			  *words[0] == 'b' ? "block" : "character", quote(value));
	else
		power_add(p, "gives the container the %s device %s of the host",
			  *words[0] == 'b' ? "block" : "character", quote(numbers));
}

static const struct {
	const char *word, *text;
} features[] = {
	{ "nesting=", POWER_NESTING },
	{ "mknod=", "lets the container make device nodes" },
	{ "mount=", "lets the container mount file systems from its own images, which the host's "
		    "kernel parses" },
	{ "force_rw_sys=", "lets the container write to /sys of the host" },
};

void power_features(struct power *p, const char *key, const char *value)
{
	autostrv char **words = strv_split(value, ",");

	(void)key;
	for (char **word = words; *word; word++)
		for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
			const char *set = str_after(*word, features[i].word);
			bool on = true;

			if (!set || (parse_bool(set, &on) && !on))
				continue;
			p->part = *word;
			power_add(p, "%s", features[i].text);
			p->part = NULL;
		}
}

/* ---- namespaces ---- */

static const char *const namespaces[][2] = {
	{ "net", "network" }, { "pid", "processes" }, { "ipc", "shared memory" },
	{ "mnt", "mounts" }, { "mount", "mounts" }, { "user", "users" }, { "uts", "host name" },
	{ "cgroup", "control groups" },
};

static void add_namespace(struct power *p, size_t i, const char *whose)
{
	power_add(p, "gives the container the %s of %s", namespaces[i][1], whose);
}

/* keep: the named namespaces are the host's; clone: those not named. */
static void kept(struct power *p, const char *value, bool named)
{
	autostrv char **words = strv_split(value, " \t,");
	bool both = strv_has(words, "mnt") || strv_has(words, "mount");

	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		const char *ns = namespaces[i][0];
		bool has = str_eq(ns, "mnt") ? both : strv_has(words, ns);

		/* Without a user namespace, the container is like any privileged one. */
		if (str_eq(ns, "mount") || (!named && str_eq(ns, "user")))
			continue;
		if (has == named)
			add_namespace(p, i, "the host");
	}
}

void power_namespaces(struct power *p, const char *key, const char *value)
{
	const char *ns = str_after(key, "lxc.namespace.share.");

	if (str_eq(key, "lxc.namespace.keep") || str_eq(key, "lxc.namespace.clone"))
		kept(p, value, str_eq(key, "lxc.namespace.keep"));
	for (size_t i = 0; ns && i < ARRAY_SIZE(namespaces); i++)
		if (str_eq(ns, namespaces[i][0]))
			add_namespace(p, i, quote(value));
}

/* A container with its own namespace may set the namespace's kernel parameters (namespaces(7)). */
void power_sysctl(struct power *p, const char *key, const char *value)
{
	static const char *const own[] = { "net.*", "kernel.hostname", "kernel.domainname",
					   "kernel.sem", "kernel.shm*", "kernel.msg*",
					   "kernel.auto_msgmni", "fs.mqueue.*" };
	const char *name = key + strlen("lxc.sysctl.");

	/* The kernel refuses all other parameters to root of a user namespace. */
	if (p->mapped || !*value)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (fnmatch(own[i], name, 0) == 0)
			return;
	power_add(p, "lets the container set the kernel parameter %s of the host", quote(name));
}
