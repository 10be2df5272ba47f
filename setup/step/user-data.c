/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Gives cloud-init the user's data, in a seed of the datasource NoCloud.  Network, host name, hosts
 * and SSH host keys stay those of the config: the seed names no host, and settings beside it turn
 * off the modules that would write them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/managed.h"
#include "setup/step.h"
#include "setup/step/cloud-init.h"
#include "setup/text-lines.h"

#define INSTANCE_ID "instance-id:"

/* An image may name other datasources, or more of them, which cloud-init would search for first. */
#define SETTINGS \
	"# Written by pct: the container's config has the network and the names.\n" \
	"datasource_list: [NoCloud, None]\n" CLOUD_INIT_NETWORK "\n" \
	"manage_etc_hosts: false\n" CLOUD_INIT_NAME "\n"

/* A random UUID, version 4 (RFC 9562).  NULL and e: no random bytes.  The caller frees. */
static char *new_id(struct err *e)
{
	unsigned char b[16];

	if (getrandom(b, sizeof b, 0) != sizeof b) {
		err_sys(e, "cloud-init", "get random bytes");
		return NULL;
	}
	b[6] = (unsigned char)(0x40 | (b[6] & 0x0f));
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	return xasprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
			 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
			 b[12], b[13], b[14], b[15]);
}

/* A file that setup has to leave alone is an error: the user has asked for it. */
static int write_own(struct setup *s, const char *path, const char *text, mode_t mode,
		     unsigned flags, struct err *e)
{
	if (tree_leaves_alone(s->tree, path)) {
		err_set(e, EPERM, path, "is not written: .pve-ignore.NAME is beside it, or it "
					"belongs to NixOS");
		return err_remedy(e, "remove that file from the template");
	}
	return tree_write(s->tree, path, text, mode, ROOTFS_REPLACE_LINK | flags, e);
}

static int write_settings(struct setup *s, struct err *e)
{
	/* Without new keys, cloud-init replaces those of the template, which its copies share. */
	const char *text = s->facts->n_host_keys ? SETTINGS CLOUD_INIT_KEYS "\n" : SETTINGS;
	autofree char *old = NULL;
	int n = tree_mkdir(s->tree, CLOUD_INIT_CFG_DIR, 0755, e);

	if (n == 0)
		n = tree_read_optional(s->tree, CLOUD_INIT_CFG, &old, e);
	if (n == 0 && old && !str_eq(old, text))
		n = managed_keep_aside(s, CLOUD_INIT_CFG, old, e);
	return n < 0 ? n : write_own(s, CLOUD_INIT_CFG, text, 0644, 0, e);
}

/* The user may expect the host name of the data to count. */
static void note_names(struct setup *s)
{
	const char *data = s->facts->user_data;

	if (str_after(data, "#cloud-config") &&
	    (lines_have(data, "hostname:") || lines_have(data, "fqdn:")))
		report_note(s->report, NOTE_WARNING, s->step, "use --hostname",
			    "the host name in the user-data has no effect");
}

int step_user_data(struct setup *s, struct err *e)
{
	autofree char *id = NULL, *meta = NULL;
	const char *obstacle;
	int n;

	if (!s->facts->user_data)
		return 0;
	obstacle = cloud_init_obstacle(s);
	if (obstacle) {
		err_set(e, ENOENT, "the template", "%s", obstacle);
		return err_remedy(e, "omit --user-data, or choose a template that runs cloud-init");
	}
	id = new_id(e);
	if (!id)
		return err_code(e);
	meta = xasprintf("# Written by pct.\n" INSTANCE_ID " %s\n", id);
	note_names(s);
	n = write_settings(s, e);
	if (n == 0)
		n = tree_mkdir(s->tree, CLOUD_INIT_SEED, 0755, e);
	if (n == 0)
		n = write_own(s, CLOUD_INIT_SEED "/user-data", s->facts->user_data, 0600,
			      TREE_SECRET, e);
	return n < 0 ? n : write_own(s, CLOUD_INIT_SEED "/meta-data", meta, 0644, 0, e);
}

/* ---- a copy ---- */

static char *renew_line(const char *line, void *id)
{
	return str_after(line, INSTANCE_ID) ? xasprintf(INSTANCE_ID " %s", (char *)id)
					    : xstrdup(line);
}

int cloud_init_renew_ids(struct setup *s, struct err *e)
{
	int n = 0;

	for (const char *const *dir = cloud_init_seeds; n == 0 && *dir; dir++) {
		autofree char *path = xasprintf("%s/meta-data", *dir), *old = NULL, *id = NULL;
		autofree char *new = NULL;

		n = tree_read_optional(s->tree, path, &old, e);
		if (n < 0 || !lines_have(old, INSTANCE_ID))
			continue;
		id = new_id(e);
		if (!id)
			return err_code(e);
		new = lines_edit(old, renew_line, id);
		n = tree_write(s->tree, path, new, 0, ROOTFS_KEEP_LINK, e);
	}
	return n;
}
