/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For `lxc-copy`: reset the identity of a copy (lxc.hook.clone in its config; it need not be a
 * container of pct).  liblxc runs this once the new config and tree are there, as the container's
 * root in its namespace when an ordinary user copies, with LXC_ROOTFS_MOUNT, LXC_CONFIG_FILE and
 * LXC_NAME of the copy (lxc.container.conf(5)).
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/hostinfo.h"
#include "lib/rootfs.h"
#include "lib/util.h"
#include "setup/setup.h"

static void print_notes(const struct report *r)
{
	for (size_t i = 0; i < r->n_notes; i++)
		fprintf(stderr, "clone: %s%s%s\n", r->notes[i].text,
			r->notes[i].remedy ? "; " : "",
			r->notes[i].remedy ? r->notes[i].remedy : "");
}

/* The name that the copy's config has; lxc-copy --keepname keeps it. */
static int make_conf(const char *path, const char *name, struct conf_file **ret, struct err *e)
{
	struct conf_file *theirs = NULL, *f = conf_new(0);
	const char *hostname = name;
	struct err ignored;
	int r;

	/* One of plain LXC may hold what pct does not take; then the name must do. */
	if (path && conf_load(path, 0, &theirs, &ignored) == 0 && conf_values(theirs)->hostname)
		hostname = conf_values(theirs)->hostname;
	r = conf_set(f, "hostname", hostname, e);
	conf_free(theirs);
	if (r < 0) {
		conf_free(f);
		return r;
	}
	*ret = f;
	return 0;
}

static int reset(const char *rootfs, struct err *e)
{
	struct host_facts facts = { .now = hostinfo_now() };
	struct conf_file *conf = NULL;
	struct rootfs *root = NULL;
	struct report report = { 0 };
	int r = make_conf(getenv("LXC_CONFIG_FILE"), getenv("LXC_NAME"), &conf, e);

	if (r == 0)
		r = rootfs_open(rootfs, &root, e);
	if (r == 0)
		r = rootfs_confine(root, NULL, e);
	if (r == 0)
		r = setup_run(PHASE_CLONE, conf_values(conf), root, &facts, 0, &report, e);
	if (r == 0)
		print_notes(&report);
	report_done(&report);
	rootfs_close(root);
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
