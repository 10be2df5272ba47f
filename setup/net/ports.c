/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/ports.h"

#include <fnmatch.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"
#include "setup/text-lines.h"

#define INTERFACES "/etc/network/interfaces"

static const char *const ifupdown_keys[] = { "bridge[_-]ports", "bond[_-]slaves", "slaves",
					     "ovs[_-]ports",	"team[_-]ports",  NULL };

/* Settings of an interface that list its ports. */
static const struct {
	const struct renderer *renderer;
	const char *dir, *files; /* pattern of names */
	const char *const *keys; /* patterns */
} places[] = {
	{ &renderer_ifupdown, "/etc/network", "interfaces", ifupdown_keys },
	{ &renderer_ifupdown, INTERFACES ".d", "[!.]*", ifupdown_keys },
	{ &renderer_wicked, "/etc/sysconfig/network", "ifcfg-*",
	  (const char *const[]){ "BRIDGE_PORTS", "BONDING_SLAVE*", "TEAM_PORT_DEVICE*",
				 "OVS_BRIDGE_PORT_DEVICE*", NULL } },
	{ &renderer_netifrc, "/etc/conf.d", "net",
	  (const char *const[]){ "bridge_*", "slaves_*", NULL } },
};

/* Settings of the port itself, of ifupdown. */
static const char *const masters[] = { "bond[_-]master", "ovs[_-]bridge", NULL };

static bool is_key(const char *const *keys, const char *word)
{
	for (; *keys; keys++)
		if (fnmatch(*keys, word, 0) == 0)
			return true;
	return false;
}

/* A line that makes ifname a port; *owner is the interface of the stanza, of ifupdown. */
static bool makes_port(const char *line, const char *const *keys, const char *ifname, char **owner)
{
	autostrv char **word = strv_split(line, " \t\r=\"'()");

	if (!word[0] || !word[1])
		return false;
	if (str_eq(word[0], "iface")) {
		free(*owner);
		*owner = xstrdup(word[1]);
		return false;
	}
	if (is_key(masters, word[0]))
		return str_eq(*owner, ifname) && !str_eq(word[1], "none");
	return is_key(keys, word[0]) && (strv_has(word + 1, ifname) || str_eq(word[1], "all"));
}

static bool text_makes_port(const char *text, const char *const *keys, const char *ifname)
{
	autostrv char **lines = strv_split(text, "\n");
	autofree char *owner = NULL;

	for (char **line = lines; *line; line++)
		if (makes_port(*line, keys, ifname, &owner))
			return true;
	return false;
}

char *ports_find(struct setup *s, const char *ifname)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		autostrv char **names = NULL;

		if (places[i].renderer != s->renderer ||
		    tree_list(s->tree, places[i].dir, &names, NULL) < 0)
			continue;
		for (char **name = names; *name; name++) {
			autofree char *path = xasprintf("%s/%s", places[i].dir, *name);
			autofree char *text = NULL;

			if (fnmatch(places[i].files, *name, 0) == 0 &&
			    tree_read_optional(s->tree, path, &text, NULL) == 0 && text &&
			    text_makes_port(text, places[i].keys, ifname))
				return steal(&path);
		}
	}
	return NULL;
}

struct release {
	struct setup *s;
	const char *ifname;
	char *owner;
};

/* ifup has the word "none" for the ports of a bridge or bond; other lines go. */
static char *release_line(const char *line, void *arg)
{
	struct release *r = arg;
	autostrv char **word = NULL;

	if (!makes_port(line, ifupdown_keys, r->ifname, &r->owner))
		return xstrdup(line);
	word = strv_split(line, " \t");
	report_note(r->s->report, NOTE_INFO, "network", "remove that interface in the container",
		    INTERFACES " of the template made %s a port of %s; it is one no more, as it "
			       "has addresses of the config",
		    r->ifname, r->owner ? r->owner : "another interface");
	if (is_key(masters, word[0]) || fnmatch("b*", word[0], 0) != 0)
		return NULL;
	return xasprintf("\t%s none", word[0]);
}

int ports_release(struct setup *s, struct err *e)
{
	autofree char *text = NULL;
	int n = 0;

	if (s->phase != PHASE_CREATE || s->renderer != &renderer_ifupdown ||
	    tree_read_optional(s->tree, INTERFACES, &text, e) < 0 || !text)
		return 0;
	for (size_t i = 0; n == 0 && i < s->conf->n_nets; i++) {
		struct release r = { s, s->conf->nets[i].name, NULL };
		autofree char *new = NULL;

		if (!net_is_configured(&s->conf->nets[i]) ||
		    !text_makes_port(text, ifupdown_keys, r.ifname))
			continue;
		new = lines_edit(text, release_line, &r);
		free(r.owner);
		n = tree_write(s->tree, INTERFACES, new, 0, ROOTFS_REPLACE_LINK, e);
		free(text);
		text = steal(&new);
	}
	return n;
}
