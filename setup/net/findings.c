/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds reasons why the networks of the config may not come up, and remedies. */
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/family/family.h"
#include "setup/net/connman.h"
#include "setup/net/networkmanager-unmanaged.h"
#include "setup/net/ports.h"
#include "setup/net/renderer.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"
#include "setup/step/cloud-init.h"

#define STEP "network"

static bool wants_network(const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_nets; i++)
		if (net_is_configured(&conf->nets[i]))
			return true;
	return false;
}

/* A remedy: run command in the container, or, if it is NULL, words. */
static char *remedy(const char *command, const char *words)
{
	return xasprintf("in the container: %s", command ? command : words);
}

static void note_no_consumer(struct setup *s)
{
	autostrv char **known = NULL;
	autofree char *list = NULL, *words = NULL, *todo = NULL;

	for (const struct renderer *const *r = renderers; *r; r++)
		strv_push(&known, (*r)->name);
	list = strv_join(known, ", ");
	words = xasprintf("install one of %s", list);
	todo = remedy(s->family->install, words);
	report_note(s->report, NOTE_WARNING, STEP, todo,
		    "the container has no supported network program; its addresses are not set");
}

/* The renderer's enable command; NULL if it is for another init than this container's. */
static const char *enable_command(const struct setup *s)
{
	const char *enable = s->renderer->enable;

	return enable && (s->init == INIT_SYSTEMD || !str_after(enable, "systemctl ")) ? enable
										       : NULL;
}

static void note_not_enabled(struct setup *s)
{
	const char *enable = enable_command(s);
	const char *name = enable ? str_after(enable, "systemctl enable ") : NULL;
	autofree char *unit = name ? xasprintf("%s.service", name) : NULL, *todo = NULL;

	if (unit && service_unit(s, unit) == SERVICE_MASKED) {
		autofree char *command = xasprintf("systemctl unmask %s && %s", name, enable);

		todo = remedy(command, NULL);
		report_note(s->report, NOTE_WARNING, STEP, todo,
			    "%s is installed, but %s is masked and cannot start", s->renderer->name,
			    unit);
		return;
	}
	todo = remedy(enable, "enable it at boot");
	report_note(s->report, NOTE_WARNING, STEP, todo,
		    "%s is installed, but it is not started at boot", s->renderer->name);
}

static void check_client(struct setup *s, const struct net *net, const char *key,
			 const char *const *clients)
{
	autofree char *list = NULL, *todo = NULL;

	for (const char *const *client = clients; client && *client; client++)
		if (program_is_there(s->tree, *client))
			return;
	if (!clients)
		return;
	list = strv_join((char *const *)clients, ", ");
	todo = remedy(s->family->install_dhcp, "install one of these");
	report_note(s->report, NOTE_WARNING, STEP, todo,
		    "%s has %s=dhcp, but %s finds no DHCP client in the container (%s)", net->name,
		    key, s->renderer->name, list);
}

static void check_gateway(struct setup *s, const struct net *net, const char *key,
			  const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	if (f->gateway.family == AF_UNSPEC || f->method == IP_STATIC)
		return;
	report_note(s->report, NOTE_WARNING, STEP,
		    "add an address, or remove the gateway with pct set",
		    "%s has %s=%s without a static address; the gateway is omitted", net->name, key,
		    ip_format(&f->gateway, text));
}

/* The host sets its networks first, before init runs. */
static const struct net *first_with_gateway(const struct conf *conf, bool ip6)
{
	for (int host = 1; host >= 0; host--)
		for (size_t i = 0; i < conf->n_nets; i++) {
			const struct net *net = &conf->nets[i];

			if (net->host_managed == host &&
			    net_has_gateway(ip6 ? &net->ip6 : &net->ip4))
				return net;
		}
	return NULL;
}

bool network_omits_gateway(const struct setup *s, const struct net *net, bool ip6)
{
	return s->renderer->one_gateway && net_has_gateway(ip6 ? &net->ip6 : &net->ip4) &&
	       first_with_gateway(s->whole, ip6)->index != net->index;
}

static void check_second_gateway(struct setup *s, const struct net *net, bool ip6)
{
	if (network_omits_gateway(s, net, ip6))
		report_note(s->report, NOTE_WARNING, STEP, "remove one of them with pct set",
			    "%s and %s both have %s; the first network has the default route, "
			    "so that of %s is omitted",
			    first_with_gateway(s->whole, ip6)->name, net->name,
			    ip6 ? "gw6" : "gw", net->name);
}

static bool is_enabled(const struct report *r, const char *name)
{
	for (size_t i = 0; i < r->n_consumers; i++)
		if (str_eq(r->consumers[i].name, name))
			return r->consumers[i].enabled;
	return false;
}

/* cloud-init writes its files again. */
static const char *claim_remedy(const char *path)
{
	return strstr(path, "cloud-init")
		       ? "write \"" CLOUD_INIT_NETWORK "\" to " CLOUD_INIT_CFG
			 " in the container, and remove it"
		       : "remove it, or create .pve-ignore.NAME beside the file that pct writes";
}

/* Finds files of the administrator that make a consumer configure the interface. */
static void check_claims(struct setup *s, const struct net *net)
{
	for (const struct renderer *const *r = renderers; *r; r++) {
		autofree char *path = NULL;

		if (!(*r)->claims || (*r != s->renderer && !is_enabled(s->report, (*r)->name)))
			continue;
		path = (*r)->claims(s, net->name);
		if (path && *r == s->renderer)
			report_note(s->report, NOTE_WARNING, STEP, claim_remedy(path),
				    "%s configures %s instead of the file that pct writes", path,
				    net->name);
		else if (path)
			report_note(s->report, NOTE_WARNING, STEP,
				    "remove it, or disable one of the two in the container",
				    "%s also configures %s, by %s; pct writes for %s", (*r)->name,
				    net->name, path, s->renderer->name);
	}
}

static void check_connman(struct setup *s, const struct net *net)
{
	if (connman_takes(s, net->name))
		report_note(s->report, NOTE_WARNING, STEP,
			    "add it to NetworkInterfaceBlacklist in /etc/connman/main.conf, or "
			    "disable ConnMan in the container",
			    "ConnMan configures every interface, also %s, which %s%s", net->name,
			    net->host_managed ? "the host manages" : "pct configures for ",
			    net->host_managed ? "" : s->renderer->name);
}

/* Finds consumers that would add addresses to those that the host sets. */
static void check_host_managed(struct setup *s, const struct net *net)
{
	if (net->ip6.method == IP_DHCP)
		report_note(s->report, NOTE_WARNING, STEP,
			    "use ip6=auto, or an address, or host-managed=0",
			    "%s has ip6=dhcp, for which the host has no client; it gets only what "
			    "router advertisements provide",
			    net->name);
	check_connman(s, net);
	for (const struct renderer *const *r = renderers; *r; r++) {
		autofree char *path = NULL, *kept = NULL;

		if (*r != s->renderer && !is_enabled(s->report, (*r)->name))
			continue;
		path = (*r)->claims ? (*r)->claims(s, net->name) : NULL;
		if (*r == &renderer_networkmanager)
			kept = nm_unmanaged_by(s, net);
		if (path)
			report_note(s->report, NOTE_WARNING, STEP,
				    "remove it, or set host-managed=0",
				    "%s configures %s, which the host manages, by %s", (*r)->name,
				    net->name, path);
		else if ((*r)->takes_all && !kept && is_enabled(s->report, (*r)->name))
			report_note(s->report, NOTE_WARNING, STEP,
				    "configure it to ignore the interface, or set host-managed=0",
				    "%s configures every interface, also "
				    "%s, which the host manages",
				    (*r)->name, net->name);
	}
}

static void check_port(struct setup *s, const struct net *net)
{
	autofree char *path = ports_find(s, net->name);

	if (path)
		report_note(s->report, NOTE_WARNING, STEP,
			    "in the container, give the address to that interface, and set "
			    "ip=manual; or take the port out",
			    "%s makes %s a port of another interface; its addresses have no effect",
			    path, net->name);
}

void network_note_routes(struct setup *s, const struct net *net, int family)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < net->n_routes; i++) {
		const struct cidr *to = &net->route[i].to;

		if (to->ip.family == family)
			report_note(s->report, NOTE_WARNING, STEP,
				    "add an address of that family, or remove the route",
				    "the route %s/%u of %s is omitted: %s accepts none if %s is "
				    "off",
				    ip_format(&to->ip, text), to->prefix, net->name,
				    s->renderer->name, family == AF_INET6 ? "IPv6" : "IPv4");
	}
}

void network_findings(struct setup *s)
{
	for (size_t i = 0; i < s->whole->n_nets; i++)
		if (s->whole->nets[i].host_managed)
			check_host_managed(s, &s->whole->nets[i]);
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		check_gateway(s, &s->conf->nets[i], "gw", &s->conf->nets[i].ip4);
		check_gateway(s, &s->conf->nets[i], "gw6", &s->conf->nets[i].ip6);
	}
	if (!wants_network(s->conf))
		return;
	if (!s->renderer) {
		note_no_consumer(s);
		return;
	}
	if (s->consumer_state != CONSUMER_ENABLED && s->init != INIT_UNKNOWN)
		note_not_enabled(s);
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		const struct net *net = &s->conf->nets[i];

		if (!net_is_configured(net))
			continue;
		if (net->ip4.method == IP_DHCP)
			check_client(s, net, "ip", s->renderer->dhcp4_clients);
		if (net->ip6.method == IP_DHCP)
			check_client(s, net, "ip6", s->renderer->dhcp6_clients);
		check_claims(s, net);
		check_connman(s, net);
		check_port(s, net);
		check_second_gateway(s, net, false);
		check_second_gateway(s, net, true);
	}
}
