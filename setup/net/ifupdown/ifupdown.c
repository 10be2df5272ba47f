/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ifupdown: Debian's, ifupdown-ng, ifupdown2 and busybox read the same file in four dialects.  The
 * program behind ifup decides the dialect.
 *
 * No option limits how long the boot waits for a lease; it depends on the client: dhclient -4 waits
 * 60 s (dhclient.conf(5), timeout) and continues in the background; busybox's udhcpc fails after
 * 10 s; Debian's "inet6 dhcp" waits until the timeout of networking.service (5 min) if there are
 * advertisements but no DHCPv6 server.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/family/family.h"
#include "setup/managed.h"
#include "setup/net/ifupdown/ifupdown-edit.h"
#include "setup/net/ifupdown/ifupdown-file.h"
#include "setup/net/ifupdown/ifupdown-stanza.h"
#include "setup/net/read-back.h"
#include "setup/net/renderer.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"

#define INTERFACES "/etc/network/interfaces"

/* ---- the consumer ---- */

enum ifup_kind { IFUP_BUSYBOX, IFUP_NG, IFUP_2, IFUP_DEBIAN, IFUP_OTHER };

/*
 * Other programs of that name do not read the file: those of network scripts, wicked, netifd and
 * NetworkManager.  Each mark is in its own program and at most in those before it.
 */
static enum ifup_kind ifup_kind(struct tree *t, const char *ifup)
{
	static const char *const marks[] = { [IFUP_BUSYBOX] = "BusyBox v",
					     [IFUP_NG] = "ifupdown-ng",
					     [IFUP_2] = "ifupdown2",
					     [IFUP_DEBIAN] = INTERFACES };

	return (enum ifup_kind)program_find_mark(t, ifup, marks, ARRAY_SIZE(marks));
}

static bool mentions_ifup(struct tree *t, const char *path)
{
	autofree char *text = NULL;

	return tree_read_optional(t, path, &text, NULL) == 0 && text && strstr(text, "ifup");
}

/* The unit or script that runs ifup at boot; NULL: none. */
static const char *find_enabler(struct setup *s)
{
	if (service_state(s, "networking") == SERVICE_ENABLED)
		return "the service networking";
	if (s->init == INIT_UPSTART && tree_lkind(s->tree, "/etc/init/networking.conf") > 0)
		return "/etc/init/networking.conf";
	if (s->init == INIT_BUSYBOX && mentions_ifup(s->tree, "/etc/inittab"))
		return "/etc/inittab";
	if (s->init == INIT_BUSYBOX && mentions_ifup(s->tree, "/etc/init.d/rcS"))
		return "/etc/init.d/rcS";
	return NULL;
}

static enum consumer_state probe(struct setup *s, char **ret_why)
{
	static const char *const names[] = { [IFUP_BUSYBOX] = "busybox", [IFUP_NG] = "ifupdown-ng",
					     [IFUP_2] = "ifupdown2", [IFUP_DEBIAN] = "ifupdown" };
	autofree char *ifup = program_find(s->tree, "ifup");
	enum ifup_kind kind = ifup ? ifup_kind(s->tree, ifup) : IFUP_OTHER;
	const char *enabler, *name;

	if (kind == IFUP_OTHER)
		return CONSUMER_ABSENT;
	enabler = find_enabler(s);
	name = names[kind];
	*ret_why = enabler ? xasprintf("%s exists (%s), %s runs it", ifup, name, enabler)
			   : xasprintf("%s exists (%s)", ifup, name);
	return enabler ? CONSUMER_ENABLED : CONSUMER_INSTALLED;
}

/* ---- the dialect ---- */

static unsigned dhcp6_client(struct tree *t)
{
	return program_is_there(t, "dhcpcd") ? INTERFACES_DHCPCD6
	       : program_is_there(t, "dhclient") ? INTERFACES_DHCLIENT6
	       : program_is_there(t, "udhcpc6") ? INTERFACES_UDHCPC6 : 0;
}

/* Whether sysctl(8) of procps, which Debian's ifup calls, is missing.  A tree without a shell is
 * incomplete (like those of tests), and does not count. */
static bool lacks_sysctl(struct tree *t)
{
	return program_is_there(t, "sh") && !program_is_there(t, "sysctl");
}

/* Whether "ip token" is missing; ifup with a busybox alone has no other ip. */
static bool lacks_token(struct setup *s, enum ifup_kind kind)
{
	autofree char *ip = program_find(s->tree, "ip");
	bool wanted = false;

	for (size_t i = 0; i < s->conf->n_nets; i++)
		wanted |= s->conf->nets[i].ip6.token.family != AF_UNSPEC;
	return wanted && (ip ? program_is_busybox(s->tree, ip) : kind == IFUP_BUSYBOX);
}

static unsigned choose_dialect(struct setup *s, enum ifup_kind kind)
{
	unsigned dialect = 0;

	if (kind == IFUP_BUSYBOX)
		dialect = INTERFACES_NETMASK | INTERFACES_NO_INET6_LO | INTERFACES_MANUAL_IS_DOWN;
	else if (s->family->needs_netmask && s->family->needs_netmask(s))
		dialect = INTERFACES_NETMASK;
	/* ifupdown-ng and ifupdown2 ignore "inet6 auto", and their "dhcp" is for both families. */
	if (kind != IFUP_DEBIAN)
		dialect |= INTERFACES_NO_INET6_AUTO | dhcp6_client(s->tree);
	else if (!program_is_there(s->tree, "dhclient")) /* the only IPv6 client of Debian's ifup */
		dialect |= INTERFACES_NO_DHCP6 | dhcp6_client(s->tree);
	if (kind != IFUP_DEBIAN || lacks_sysctl(s->tree))
		dialect |= INTERFACES_NO_SYSCTL;
	if (kind == IFUP_2)
		dialect |= INTERFACES_ONE_STANZA | INTERFACES_RESETS_MTU;
	if (lacks_token(s, kind))
		dialect |= INTERFACES_NO_TOKEN;
	/*
	 * With systemd, "allow-hotplug" waits for udev, which does not run in a container; the init
	 * script of sysvinit brings up such interfaces.
	 */
	if (s->init == INIT_SYSVINIT)
		dialect |= INTERFACES_HOTPLUG_IS_AUTO;
	return dialect;
}

/* A family without a method in the config has no stanza, so its routes are not written. */
static void note_routes(struct setup *s)
{
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (net_is_configured(net) && net->ip4.method == IP_NONE)
			network_note_routes(s, net, AF_INET);
		if (net_is_configured(net) && net->ip6.method == IP_NONE)
			network_note_routes(s, net, AF_INET6);
	}
}

static void note_inet6(struct setup *s, unsigned dialect)
{
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (net->ip6.method == IP_DHCP && !dhcp6_client(s->tree))
			report_note(s->report, NOTE_WARNING, "network",
				    "install dhcpcd or dhclient",
				    "%s has ip6=dhcp, but ifup finds no DHCPv6 client in the "
				    "container; it gets only what router "
				    "advertisements provide",
				    net->name);
		if (net->ip6.method == IP_AUTO && net->ip6.token.family != AF_UNSPEC &&
		    (dialect & INTERFACES_NO_TOKEN))
			report_note(s->report, NOTE_WARNING, "network", "install iproute2",
				    "busybox's ip cannot set the token of %s; the kernel chooses "
				    "the interface identifier", net->name);
	}
}

/* ifupdown2 starts only dhclient, and none of the other clients in dhcp4_clients[]. */
static void note_dhclient(struct setup *s)
{
	for (size_t i = 0; i < s->conf->n_nets; i++)
		if (s->conf->nets[i].ip4.method == IP_DHCP &&
		    !program_is_there(s->tree, "dhclient"))
			report_note(s->report, NOTE_WARNING, "network", "install dhclient",
				    "%s has ip=dhcp, for which ifupdown2 supports only dhclient",
				    s->conf->nets[i].name);
}

/* ---- interfaces in the image's file that the container does not have ---- */

/* Options that only concern addresses. */
static const char *const settings[] = { "address", "netmask", "gateway", "broadcast", "network",
					"dns-nameservers", "dns-search", "dns-domain", "hostname",
					"metric", "mtu", NULL };
/* Without pre-up: ifup fails for a missing interface before it runs these. */
static const char *const late_commands[] = { "up", "post-up", "down", "pre-down", "post-down",
					     NULL };

/* Whether all options of a stanza, except pct's section, are in words or more. */
static bool has_only(const struct interfaces_file *f, size_t stanza, const char *const *words,
		     const char *const *more)
{
	size_t last = interfaces_stanza_last(f, stanza);
	bool ours = false;

	for (size_t i = stanza + 1; i <= last; i++) {
		bool plain = ours || f->line[i].kind != LINE_OPTION;

		if (f->line[i].kind == LINE_BEGIN || f->line[i].kind == LINE_END)
			ours = f->line[i].kind == LINE_BEGIN;
		if (!plain && !strv_has((char *const *)words, f->line[i].words[0]) &&
		    !(more && strv_has((char *const *)more, f->line[i].words[0])))
			return false;
	}
	return true;
}

/* Whether no line of the stanza creates the interface, as for a bridge. */
static bool is_plain(const struct interfaces_file *f, size_t stanza)
{
	return has_only(f, stanza, settings, late_commands);
}

static bool is_stray(const struct interfaces_file *f, const struct conf *conf, const char *name)
{
	bool found = false;

	if (str_eq(name, "lo") || conf_net_named(conf, name))
		return false;
	for (size_t i = 0; i < f->n; i++)
		if (interfaces_is_iface(&f->line[i]) && str_eq(f->line[i].words[1], name)) {
			if (str_eq(f->line[i].words[3], "manual") || !is_plain(f, i))
				return false;
			found = true;
		}
	return found;
}

static void note_strays(struct setup *s, const char *text)
{
	struct interfaces_file f = { 0 };

	interfaces_read(&f, text);
	for (size_t i = 0; i < f.n; i++) {
		bool is_auto = f.line[i].kind == LINE_KEYWORD && str_eq(f.line[i].words[0], "auto");

		for (char **name = f.line[i].words + 1; is_auto && *name; name++)
			if (is_stray(&f, s->whole, *name))
				report_note(s->report, NOTE_WARNING, "network",
					    "remove those lines, or add that interface to the "
					    "container",
					    INTERFACES " brings up %s, which the container does "
						       "not have; ifup fails for it at every boot",
					    *name);
	}
	interfaces_free(&f);
}

/* ---- writing ---- */

/* Whether a stanza with lines of users is removed, because its family is not in the config now. */
static bool loses_lines(const struct conf *conf, const char *text, unsigned dialect)
{
	struct interfaces_file f = { 0 };
	bool found = false;

	interfaces_read(&f, text);
	for (size_t i = 0; i < f.n; i++) {
		const struct net *net = interfaces_is_iface(&f.line[i])
						? conf_net_named(conf, f.line[i].words[1]) : NULL;

		if (!net || !net_is_configured(net) || has_only(&f, i, settings, NULL))
			continue;
		found |= !interfaces_has_stanza(net, str_eq(f.line[i].words[2], "inet6"), dialect);
	}
	interfaces_free(&f);
	return found;
}

static int keep_lines(struct setup *s, const char *old, unsigned dialect, struct err *e)
{
	int n;

	if (!old || s->phase == PHASE_CREATE || tree_is_ignored(s->tree, INTERFACES) ||
	    !loses_lines(s->conf, old, dialect))
		return 0;
	n = managed_keep_aside(s, INTERFACES, old, e);
	if (n == 0 && (dialect & INTERFACES_ONE_STANZA))
		report_note(s->report, NOTE_INFO, "network", "move its options to the other stanza",
			    "a stanza of " INTERFACES
			    " with further options is removed, as ifupdown2 needs one stanza for "
			    "both families; the old file is in /var/lib/pct/saved");
	else if (n == 0)
		report_note(s->report, NOTE_INFO, "network",
			    "give that interface an address of that family, or ip=manual",
			    "a stanza of " INTERFACES
			    " with further options is removed, as the config has no such address; "
			    "the old file is in /var/lib/pct/saved");
	return n;
}

/*
 * The name for "hostname", of which udhcpc learns; ifup has no such option for dhclient, and for
 * dhcpcd it is in its own file: setup/net/dhcp/dhclient.h, setup/net/dhcp/dhcpcd-conf.h.
 */
static char *sent_name(const struct setup *s, enum ifup_kind kind)
{
	bool is_client = kind == IFUP_BUSYBOX || program_is_there(s->tree, "udhcpc");

	return kind != IFUP_2 && is_client ? hostname_for_dhcp(s) : NULL;
}

static bool part_is_ours(void *s, const char *part, const char *text)
{
	return managed_part_is_ours(s, INTERFACES, part, text);
}

static void record_part(void *s, const char *part, const char *text)
{
	managed_part_record(s, INTERFACES, part, text);
}

/* The config without the gateways that are omitted; the caller frees the nets. */
static struct conf with_one_gateway(const struct setup *s)
{
	struct conf conf = *s->conf;

	conf.nets = xcalloc(conf.n_nets, sizeof *conf.nets);
	for (size_t i = 0; i < conf.n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		conf.nets[i] = *net;
		if (network_omits_gateway(s, net, false))
			conf.nets[i].ip4.gateway.family = AF_UNSPEC;
		if (network_omits_gateway(s, net, true))
			conf.nets[i].ip6.gateway.family = AF_UNSPEC;
	}
	return conf;
}

static int render(struct setup *s, struct err *e)
{
	const struct interfaces_ledger ledger = { part_is_ours, record_part, s };
	autofree char *old = NULL, *new = NULL, *ifup = program_find(s->tree, "ifup"), *name = NULL;
	enum ifup_kind kind;
	struct conf conf;
	unsigned dialect;
	int n = tree_read_optional(s->tree, INTERFACES, &old, e);

	if (n < 0 || !ifup)
		return n;
	if (old && interfaces_is_huge(old))
		return err_set(e, EFBIG, INTERFACES, "has more than %d words; it is not changed",
			       INTERFACES_MAX);
	kind = ifup_kind(s->tree, ifup);
	dialect = choose_dialect(s, kind);
	name = sent_name(s, kind);
	conf = with_one_gateway(s);
	new = interfaces_edit(old, &conf, dialect, name, &ledger);
	free(conf.nets);
	if (!new)
		return 0;
	note_inet6(s, dialect);
	if (kind == IFUP_2)
		note_dhclient(s);
	note_routes(s);
	note_strays(s, new);
	n = keep_lines(s, old, dialect, e);
	if (n == 0)
		n = tree_mkdir(s->tree, "/etc/network", 0755, e);
	if (n < 0)
		return n;
	return tree_write(s->tree, INTERFACES, new, 0, ROOTFS_REPLACE_LINK, e);
}

/* ---- files of users ---- */

#define MAX_SOURCED 64 /* "source" lines and files, because each is read */

static bool file_has(struct setup *s, const char *path, const char *ifname)
{
	autofree char *text = NULL;

	return tree_read_optional(s->tree, path, &text, NULL) == 0 && text &&
	       interfaces_has(text, ifname);
}

/* The first file matching a pattern of "source" that has a stanza of the interface. */
static char *find_sourced(struct setup *s, const char *pattern, const char *ifname, unsigned *left)
{
	autofree char *whole = *pattern == '/' ? xstrdup(pattern)
					       : xasprintf("/etc/network/%s", pattern);
	char *slash = strrchr(whole, '/');
	autostrv char **entries = NULL;

	*slash = '\0';
	if (tree_list(s->tree, *whole ? whole : "/", &entries, NULL) < 0)
		return NULL;
	for (char **entry = entries; *entry && *left; entry++) {
		autofree char *path = xasprintf("%s/%s", whole, *entry);

		if (fnmatch(slash + 1, *entry, FNM_PERIOD) != 0)
			continue;
		--*left;
		if (file_has(s, path, ifname))
			return steal(&path);
	}
	return NULL;
}

static char *find_in_sources(struct setup *s, const char *text, const char *ifname)
{
	autostrv char **lines = strv_split(text, "\n");
	unsigned left = MAX_SOURCED;

	for (char **line = lines; *line && left; line++) {
		autostrv char **words = strv_split(*line, " \t\r");
		bool is_dir = str_after(words[0] ? words[0] : "", "source-dir");
		autofree char *pattern = NULL;
		char *found;

		if (!words[0] || !words[1] || (!is_dir && !str_eq(words[0], "source")))
			continue;
		pattern = xasprintf("%s%s", words[1], is_dir ? "/*" : "");
		left--;
		found = find_sourced(s, pattern, ifname, &left);
		if (found)
			return found;
	}
	return NULL;
}

static char *claims(struct setup *s, const char *ifname)
{
	autofree char *text = NULL;

	if (tree_read_optional(s->tree, INTERFACES, &text, NULL) < 0 || !text ||
	    interfaces_is_huge(text))
		return NULL;
	if ((s->renderer != &renderer_ifupdown || !conf_net_named(s->conf, ifname)) &&
	    interfaces_has(text, ifname))
		return xstrdup(INTERFACES);
	return find_in_sources(s, text, ifname);
}

static const char *const dhcp4_clients[] = { "dhclient", "udhcpc", "dhcpcd", NULL };

const struct renderer renderer_ifupdown = {
	.name = "ifupdown",
	.files = "/etc/network/interfaces",
	.stands_alone = true,
	.one_gateway = true,
	.enable = "systemctl enable networking",
	.dhcp4_clients = dhcp4_clients, /* clients of IPv6 depend on the dialect: note_inet6() */
	.probe = probe,
	.render = render,
	.claims = claims,
	.read_back = read_back_ifupdown,
};
