/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The clone hook: resets the identity of a copy made by lxc-copy (lxc.hook.clone in its config; it
 * need not be a container of pct).  liblxc runs it after making the new config and tree, with
 * LXC_ROOTFS_MOUNT, LXC_CONFIG_FILE and LXC_NAME of the copy (lxc.container.conf(5)).  If an
 * ordinary user copies, it runs as root of the container's user namespace; if root copies, it runs
 * as host root, also for an unprivileged container.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/store.h"
#include "lib/host/hostinfo.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/ssh-host-keys.h"
#include "setup/confined.h"
#include "setup/setup.h"

static void print_notes(const struct report *r)
{
	for (size_t i = 0; i < r->n_notes; i++)
		fprintf(stderr, "clone: %s%s%s\n", r->notes[i].text,
			r->notes[i].remedy ? "; " : "",
			r->notes[i].remedy ? r->notes[i].remedy : "");
}

/* A container of pct has its own config, which has more settings than liblxc's. */
static bool is_ours(const char *path, const char *name, unsigned *ret_ctid)
{
	autofree char *runtime = NULL;

	if (!parse_ctid(name, ret_ctid))
		return false;
	runtime = path_runtime_config(*ret_ctid);
	return str_eq(path, runtime);
}

/* A config of plain LXC may have settings that pct rejects; then use only the name. */
static int load_conf(const char *path, const char *name, struct conf_file **ret, struct err *e)
{
	struct conf_file *f = NULL;
	unsigned ctid;
	int r = 0;

	if (is_ours(path, name, &ctid))
		return store()->load(ctid, ret, e);
	if (!path || conf_load(path, 0, &f, NULL) < 0)
		f = conf_new(0);
	/* With lxc-copy --keepname, the config has the old name. */
	if (!conf_values(f)->hostname)
		r = conf_set(f, "hostname", name, e);
	if (r < 0) {
		conf_free(f);
		return r;
	}
	*ret = f;
	return 0;
}

/*
 * Whether this process is already in a user namespace of the container, as when an ordinary user
 * copies: its id 0 is the map's, and its range is no longer than the map's.  A longer range is a
 * namespace that only includes the container's ids.
 */
static bool is_inside(const struct idmap *map)
{
	FILE *own = fopen("/proc/self/uid_map", "re");
	unsigned inside, outside, count;
	bool same = false;

	while (own && fscanf(own, "%u %u %u", &inside, &outside, &count) == 3)
		for (unsigned i = 0; i < map->n_uid; i++)
			same |= inside == 0 && map->uid[i].inside == 0 &&
				outside == map->uid[i].outside && count <= map->uid[i].count;
	if (own)
		fclose(own);
	return same;
}

/*
 * Returns 1 if the tree belongs to the container as seen from outside of its namespace; *ret is its
 * map.  Any of its ids is accepted, since container root can change the owner of the top.  Returns
 * 0 for ids of the host: only an id-mapped mount maps that tree.
 */
static int find_map(const struct conf *conf, const char *rootfs, struct idmap *ret, struct err *e)
{
	struct stat st;
	int r;

	if (!conf->mapped)
		return 0;
	if (stat(rootfs, &st) < 0)
		return err_sys(e, rootfs, "stat");
	r = conf_idmap(conf, ret, e);
	if (r < 0 || is_inside(ret))
		return r;
	for (unsigned i = 0; i < ret->n_uid; i++)
		if (st.st_uid >= ret->uid[i].outside &&
		    st.st_uid - ret->uid[i].outside < ret->uid[i].count)
			return 1;
	return 0;
}

static int set_up(const struct conf *conf, const char *rootfs, struct report *ret, struct err *e)
{
	struct hostkey keys[HOSTKEYS_MAX] = { 0 };
	struct host_facts facts = { .now = hostinfo_now(), .host_keys = keys };
	struct err problem = { 0 };
	struct idmap map;
	int mapped = find_map(conf, rootfs, &map, e);
	int n, r;

	if (mapped < 0)
		return mapped;
	/* Without new keys, the setup step resets those of the tree. */
	n = hostkeys_make(rootfs, conf->hostname, keys, &problem);
	if (n < 0)
		err_print(&problem, "clone", stderr);
	else
		facts.n_host_keys = (size_t)n;
	r = setup_confined(PHASE_CLONE, conf, rootfs, mapped ? &map : NULL, &facts, 0, ret, e);
	hostkeys_free(keys);
	return r;
}

static int reset(const char *rootfs, struct err *e)
{
	struct conf_file *conf = NULL;
	struct report report = { 0 };
	int r = load_conf(getenv("LXC_CONFIG_FILE"), getenv("LXC_NAME"), &conf, e);

	if (r == 0)
		r = set_up(conf_values(conf), rootfs, &report, e);
	if (r == 0)
		print_notes(&report);
	report_done(&report);
	conf_free(conf);
	return r;
}

int main(void)
{
	const char *rootfs = getenv("LXC_ROOTFS_MOUNT");
	struct err e = { 0 };

	umask(022);
	if (!rootfs || !getenv("LXC_NAME")) {
		fprintf(stderr, "usage: lxc.hook.clone = PATH of this, in a container's config\n");
		return 1;
	}
	if (reset(rootfs, &e) == 0)
		return 0;
	err_print(&e, "clone", stderr);
	return 1;
}
