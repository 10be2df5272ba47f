/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/link-down.h"

#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/managed.h"
#include "setup/net/renderer.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"

/* Distrobuilder's generator respects a mask in this folder. */
#define UNIT "network-device-down.service"
#define MASK "/etc/systemd/system/" UNIT

#define LOOK 65536 /* bytes of a generator; distrobuilder's has 8 KiB */

/* Whether a line takes an interface down: "ip link set $1 down" */
static bool has_command(char *text)
{
	bool found = false;
	char *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		const char *set = strstr(line, "ip link set ");

		found |= line[strspn(line, " \t")] != '#' && set && strstr(set, " down");
	}
	return found;
}

enum generator { GENERATOR_OTHER, GENERATOR_KNOWN, GENERATOR_UNKNOWN };

static enum generator generator_kind(struct setup *s, const char *path, const char *ifname)
{
	autofree char *text = xcalloc(1, LOOK + 1);
	size_t len = 0;

	if (!tree_is_exec(s->tree, path) ||
	    tree_read_head(s->tree, path, text, LOOK, &len, NULL) < 0 || memchr(text, '\0', len) ||
	    !strstr(text, ifname))
		return GENERATOR_OTHER;
	if (strstr(text, UNIT))
		return GENERATOR_KNOWN;
	return has_command(text) ? GENERATOR_UNKNOWN : GENERATOR_OTHER;
}

/* The generator that takes the interface down; NULL: none.  The caller frees. */
static char *find_generator(struct setup *s, const char *ifname, enum generator *ret)
{
	static const char *const dirs[] = { "/etc/systemd/system-generators",
					    "/usr/local/lib/systemd/system-generators",
					    "/usr/lib/systemd/system-generators",
					    "/lib/systemd/system-generators" };
	autostrv char **paths = tree_list_merged(s->tree, dirs, ARRAY_SIZE(dirs), "");

	for (char **path = paths; *path; path++) {
		*ret = generator_kind(s, *path, ifname);
		if (*ret != GENERATOR_OTHER)
			return xstrdup(*path);
	}
	return NULL;
}

/* netplan writes for systemd-networkd, or for NetworkManager. */
static bool is_of_manager(struct setup *s, const struct net *net)
{
	if (net->host_managed)
		return false;
	return s->renderer == &renderer_networkmanager || s->renderer == &renderer_ifcfg_rh ||
	       (s->renderer == &renderer_netplan &&
		service_state(s, "NetworkManager") == SERVICE_ENABLED);
}

static int mask(struct setup *s, const char *path, const struct net *net, struct err *e)
{
	bool is_new = tree_lkind(s->tree, MASK) == 0;

	/* An administrator's mask, or unit, stays. */
	if (!is_new && !managed_is_ours(s, MASK))
		return 0;
	if (is_new && !tree_is_ignored(s->tree, MASK))
		report_note(s->report, NOTE_INFO, "network", NULL,
			    "%s of the image would take %s down at boot, for NetworkManager, which "
			    "does not configure it; " UNIT " is masked", path, net->name);
	return managed_symlink(s, "/dev/null", MASK, e);
}

int link_down_prevent(struct setup *s, struct err *e)
{
	bool has_manager = program_is_there(s->tree, "NetworkManager"); /* else it does nothing */
	int n = 0;

	for (size_t i = 0; n == 0 && s->init == INIT_SYSTEMD && i < s->whole->n_nets; i++) {
		const struct net *net = &s->whole->nets[i];
		enum generator kind = GENERATOR_OTHER;
		autofree char *path = NULL;

		if (!net_is_configured(net) || is_of_manager(s, net) ||
		    (!has_manager && !net->host_managed))
			continue;
		path = find_generator(s, net->name, &kind);
		if (kind == GENERATOR_KNOWN && has_manager)
			n = mask(s, path, net, e);
		else if (kind == GENERATOR_UNKNOWN && net->host_managed)
			report_note(s->report, NOTE_WARNING, "network",
				    "remove it in the container, or set host-managed=0",
				    "%s takes %s, which the host manages, down at boot", path,
				    net->name);
	}
	return n;
}
