/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/lower/lower.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"
#include "lib/conf/net/ifname.h"
#include "lib/host/idmap.h"
#include "lib/runtime/lower/lower-internal.h"

#define HEADER "# made by pct from config "

int lower_err(const struct conf_file *f, const struct conf_line *line, struct err *e)
{
	return conf_line_err(f, line->number, line->spelt, e);
}

const struct conf_line *lower_find(const struct conf_file *f, const char *name)
{
	const struct conf_line *lines;
	size_t n = conf_lines(f, &lines);

	for (size_t i = 0; i < n; i++)
		if (str_eq(lines[i].name, name))
			return &lines[i];
	return NULL;
}

static void format_header(char text[64], const char *config, size_t len)
{
	snprintf(text, 64, HEADER "%016llx;", (unsigned long long)hash_text(config, len));
}

bool lower_is_current(const char *runtime, const char *config_text)
{
	char header[64];

	format_header(header, config_text, strlen(config_text));
	return str_after(runtime, header) != NULL;
}

bool lower_is_made(const char *runtime)
{
	return str_after(runtime, HEADER) != NULL;
}

/* Refuse characters special to the shell: liblxc passes a hook line to sh -c. */
static int check_path(const char *path, const char *what, struct err *e)
{
	for (const char *at = path; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("/._-+,:@", *at)) {
			err_set(e, EINVAL, path,
				"the folder of %s has a character that a shell "
				"would interpret: \"%c\"",
				what, *at);
			return err_remedy(e, "move it to a folder without that character");
		}
	return 0;
}

static int check_host(const struct host *host, struct err *e)
{
	int r;

	if (host->lxc_major >= 7 && host->cgroup != CGROUP_V2) {
		err_set(e, ENOTSUP, "liblxc", "version %u works with cgroup v2 only, and this host "
			"has %s", host->lxc_major,
			host->cgroup == CGROUP_V1 ? "v1" : "the hybrid of v1 and v2");
		return err_remedy(e, "boot with systemd.unified_cgroup_hierarchy=1, or use "
				     "liblxc 6");
	}
	r = check_path(host->hooks, "the hooks", e);
	return r < 0 ? r : check_path(host->rootfs, "the containers", e);
}

static void add_idmap_kind(struct buf *out, char kind, const struct idmap_range *range, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		buf_addf(out, "lxc.idmap = %c %u %u %u\n", kind, range[i].inside, range[i].outside,
			 range[i].count);
}

static int add_idmap(const struct conf *c, const struct host *host, struct buf *out, struct err *e)
{
	/* The container's own id map is among the raw lines. */
	if (!c->mapped || c->idmap)
		return 0;
	if (!host->idmap)
		return err_set(e, EINVAL, NULL, "no id map for an unprivileged container");
	add_idmap_kind(out, 'u', host->idmap->uid, host->idmap->n_uid);
	add_idmap_kind(out, 'g', host->idmap->gid, host->idmap->n_gid);
	return 0;
}

/* The kernel limits names more than DNS does; setup writes the full name. */
void lower_uts_name(const struct conf *c, char ret[UTS_NAME_SIZE])
{
	if (!c->hostname)
		snprintf(ret, UTS_NAME_SIZE, "CT%u", c->ctid);
	else if (strlen(c->hostname) < UTS_NAME_SIZE)
		snprintf(ret, UTS_NAME_SIZE, "%s", c->hostname);
	else
		snprintf(ret, UTS_NAME_SIZE, "%.*s", (int)strcspn(c->hostname, "."), c->hostname);
}

static void add_base(const struct conf_file *f, const struct host *host, struct buf *out)
{
	const struct conf *c = &f->values;
	char uts_name[UTS_NAME_SIZE];

	buf_addf(out, "lxc.arch = %s\n", c->arch);
	/*
	 * With its own namespace, mounts of the hooks end with the monitor, even if it is killed.
	 */
	buf_add(out, "lxc.monitor.unshare = 1\n");
	/* The user's own path is among the raw lines. */
	if (conf_volume_find(c, "rootfs") || !lower_find(f, "lxc.rootfs.path"))
		buf_addf(out, "lxc.rootfs.path = %s\n", host->rootfs);
	lower_uts_name(c, uts_name);
	buf_addf(out, "lxc.uts.name = %s\n", uts_name);
	buf_addf(out, "lxc.tty.max = %u\n", c->tty);
	buf_add(out, "lxc.environment = TERM=linux\n");
}

static int find_mtu(const struct conf_file *f, const struct net *net, const struct host *host,
		    unsigned *ret, struct err *e)
{
	int bridge = net->bridge ? host->bridge_mtu(host->ctx, net->bridge) : 0;
	char key[32];

	if (bridge > 0 && net->mtu > (unsigned)bridge) {
		snprintf(key, sizeof key, "lxc.net.%u.mtu", net->index);
		err_set(e, ERANGE, NULL, "is above the %d of bridge %s: \"%u\"", bridge,
			net->bridge, net->mtu);
		return lower_err(f, lower_find(f, key), e);
	}
	/* If the bridge is missing, the hook that needs it reports that. */
	*ret = net->mtu ? net->mtu : bridge > 0 ? (unsigned)bridge : 0;
	return 0;
}

static int add_net(const struct conf_file *f, const struct net *net, const struct host *host,
		   struct buf *out, struct err *e)
{
	struct net lowered = *net;
	char pair[16], prefix[24];
	int r = find_mtu(f, net, host, &lowered.mtu, e);

	if (r < 0)
		return r;
	ifname(pair, "veth", f->ctid, net->index);
	snprintf(prefix, sizeof prefix, "lxc.net.%u.", net->index);
	buf_addf(out, "%stype = veth\n", prefix);
	buf_addf(out, "%sveth.pair = %s\n", prefix, pair);
	for (const struct conf_net_word *w = conf_net_words; w->name; w++) {
		autofree char *text = conf_net_word_text(w, &lowered);

		if (text && w->concerns & CONF_NET_LOWER)
			buf_addf(out, "%s%s = %s\n", prefix, w->name, text);
	}
	/* Our script joins the bridge, since liblxc's own link supports no VLANs and firewalls. */
	buf_addf(out, "%sscript.up = %s/lxc.net.up\n", prefix, host->hooks);
	return 0;
}

static int add_nets(const struct conf_file *f, const struct host *host, struct buf *out,
		    struct err *e)
{
	const struct conf *c = &f->values;
	int r = 0;

	if (c->n_nets == 0)
		buf_add(out, "lxc.net.0.type = empty\n");
	for (size_t i = 0; i < c->n_nets && r == 0; i++)
		r = add_net(f, &c->nets[i], host, out, e);
	return r;
}

static bool has_host_managed(const struct conf *c)
{
	for (size_t i = 0; i < c->n_nets; i++)
		if (c->nets[i].host_managed)
			return true;
	return false;
}

static void add_hooks(const struct conf *c, const struct host *host, struct buf *out)
{
	const struct {
		const char *name;
		bool needed;
	} hooks[] = {
		{ "pre-start", true },
		{ "mount", true },
		{ "autodev", c->n_devices },
		{ "start-host", has_host_managed(c) },
		{ "post-stop", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
		if (hooks[i].needed)
			buf_addf(out, "lxc.hook.%s = %s/lxc.hook.%s\n", hooks[i].name,
				 host->hooks, hooks[i].name);
}

/* Sub-keys of a network that add_net() writes. */
static bool is_own_net_key(const char *name)
{
	const char *sub = name + strspn(name, "0123456789");

	return *sub == '.' && conf_net_word_find(sub + 1);
}

static bool is_written_already(const struct conf_line *line)
{
	static const char *const own[] = { "lxc.arch", "lxc.uts.name", "lxc.tty.max" };
	const char *net = str_after(line->name, "lxc.net.");

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (str_eq(line->name, own[i]))
			return true;
	return (net && is_own_net_key(net)) || conf_name_removed(line->name) ||
	       lower_is_distro_include(line);
}

static int add_raw(const struct conf_file *f, const struct host *host,
		   const struct conf_line *line, struct buf *out, struct err *e)
{
	int r;

	if (!str_after(line->name, "lxc.") || is_written_already(line))
		return 0;
	if (str_after(line->name, "lxc.rootfs.") && conf_volume_find(&f->values, "rootfs")) {
		err_set(e, EINVAL, NULL, "pve.volid already sets the root file system");
		err_remedy(e, "remove one of the two lines");
		return lower_err(f, line, e);
	}
	if (str_eq(line->name, "lxc.monitor.unshare")) {
		err_set(e, EINVAL, NULL, "is always 1 for a container of pct");
		err_remedy(e, "remove the line");
		return lower_err(f, line, e);
	}
	r = lower_check_files(f, host, line, e);
	if (r == 0)
		r = lower_cgroup_line(f, host, line, out, e);
	if (r == 1)
		buf_addf(out, "%s = %s\n", line->name, line->value);
	return r < 0 ? r : 0;
}

static int lower_merged(const struct conf_file *f, const char *header, const struct host *host,
			char **ret, struct err *e)
{
	const struct conf_line *lines;
	size_t n = conf_lines(f, &lines);
	autobuf out = BUF_INIT;
	int r = check_host(host, e);

	if (r < 0)
		return r;
	buf_addf(&out, "%s change it with pct set\n", header);
	r = lower_includes(f, host, &out, e);
	if (r == 0)
		r = add_idmap(&f->values, host, &out, e);
	if (r < 0)
		return r;
	lower_lxcfs(host, &out);
	add_base(f, host, &out);
	r = lower_features(f, host, &out, e);
	if (r == 0)
		r = lower_limits(f, host, &out, e);
	if (r == 0)
		r = add_nets(f, host, &out, e);
	if (r < 0)
		return r;
	add_hooks(&f->values, host, &out);
	lower_usual_devices(f, host, &out);
	for (size_t i = 0; i < n; i++) {
		r = add_raw(f, host, &lines[i], &out, e);
		if (r < 0)
			return r;
	}
	r = lower_devices(f, host, &out, e);
	if (r < 0)
		return r;
	*ret = buf_detach(&out);
	return 0;
}

int lower(const struct conf_file *f, const struct host *host, char **ret, struct err *e)
{
	autofree char *text = conf_text(f);
	struct conf_file *merged;
	char header[64];
	int r;

	format_header(header, text, strlen(text));
	if (!conf_has_pending(f))
		return lower_merged(f, header, host, ret, e);
	merged = conf_copy(f);
	r = conf_pending_merge(merged, e);
	if (r == 0)
		r = lower_merged(merged, header, host, ret, e);
	conf_free(merged);
	return r;
}

char *lower_stamp(const char *runtime, const char *config_text)
{
	char header[64];

	format_header(header, config_text, strlen(config_text));
	return xasprintf("%s%s", header, runtime + strlen(header));
}
