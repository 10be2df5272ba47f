/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/read-back.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/netaddr.h"
#include "lib/base/util.h"
#include "setup/net/renderer.h"
#include "setup/step.h"

/* ---- from text to struct net ---- */

static bool read_cidr(const char *text, struct cidr *ret)
{
	if (strchr(text, '/'))
		return cidr_parse(text, AF_UNSPEC, ret, NULL) == 0;
	if (ip_parse(text, AF_UNSPEC, &ret->ip, NULL) < 0)
		return false;
	ret->prefix = ret->ip.family == AF_INET ? 32 : 128;
	return true;
}

void read_back_cidr(struct net *net, const struct cidr *cidr)
{
	struct net_family *f = cidr->ip.family == AF_INET6 ? &net->ip6 : &net->ip4;

	for (size_t i = 0; i < f->n_addresses; i++)
		if (ip_equal(&f->address[i].ip, &cidr->ip))
			return;
	if (f->n_addresses == CONF_MAX_ADDRESSES)
		return;
	f->method = IP_STATIC;
	f->address[f->n_addresses++] = *cidr;
}

void read_back_address(struct net *net, const char *text)
{
	struct cidr cidr;

	if (read_cidr(text, &cidr))
		read_back_cidr(net, &cidr);
}

void read_back_gateway(struct net *net, const char *text)
{
	autofree char *plain = xstrndup(text, strcspn(text, "%")); /* fe80::1%eth0 */
	struct ip ip;

	if (ip_parse(plain, AF_UNSPEC, &ip, NULL) == 0)
		(ip.family == AF_INET6 ? &net->ip6 : &net->ip4)->gateway = ip;
}

void read_back_route(struct net *net, const char *to, const char *via)
{
	struct net_route route = { 0 };
	bool is_default = str_eq(to, "default");

	if (!is_default && !read_cidr(to, &route.to))
		return;
	if (via && *via && ip_parse(via, AF_UNSPEC, &route.via, NULL) < 0)
		return;
	if (is_default || !route.to.prefix) {
		if (via)
			read_back_gateway(net, via);
		return;
	}
	for (size_t i = 0; i < net->n_routes; i++)
		if (ip_equal(&net->route[i].to.ip, &route.to.ip) &&
		    net->route[i].to.prefix == route.to.prefix)
			return;
	if (net->n_routes < CONF_MAX_ADDRESSES)
		net->route[net->n_routes++] = route;
}

/* Whether the route is an on-link host route to a gateway or next hop. */
static bool is_hop(const struct net *net, const struct net_route *route)
{
	const struct ip *to = &route->to.ip;

	if (route->via.family != AF_UNSPEC ||
	    route->to.prefix != (to->family == AF_INET ? 32 : 128))
		return false;
	if (ip_equal(to, &net->ip4.gateway) || ip_equal(to, &net->ip6.gateway))
		return true;
	for (size_t i = 0; i < net->n_routes; i++)
		if (ip_equal(to, &net->route[i].via))
			return true;
	return false;
}

void read_back_finish(struct net *net)
{
	struct net old = *net;

	net->n_routes = 0;
	for (size_t i = 0; i < old.n_routes; i++)
		if (!is_hop(&old, &old.route[i]))
			net->route[net->n_routes++] = old.route[i];
}

/* ---- "KEY=VALUE" ---- */

static char *trim(char *s)
{
	size_t len;

	s += strspn(s, " \t\r");
	len = strlen(s);
	while (len && strchr(" \t\r", s[len - 1]))
		s[--len] = '\0';
	return s;
}

void read_back_ini(const char *text,
		   void (*take)(void *arg, const char *section, const char *key, char *value),
		   void *arg)
{
	autostrv char **lines = strv_split(text, "\n");
	autofree char *section = xstrdup("");

	for (char **at = lines; at && *at; at++) {
		char *line = trim(*at), *equals;

		if (*line == '#' || *line == ';')
			continue;
		if (*line == '[') {
			free(section);
			section = xstrndup(line + 1, strcspn(line + 1, "]"));
			take(arg, section, "", line); /* a new section */
			continue;
		}
		equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		take(arg, section, trim(line), trim(equals + 1));
	}
}

/* ---- from struct net to text ---- */

const char *const net_field_names[NET_FIELDS] = { "ip", "gw", "ip6", "gw6", "route" };

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join_sorted(char **v)
{
	if (v)
		qsort(v, strv_len(v), sizeof *v, compare);
	return strv_join(v, " ");
}

static char *addresses_text(const struct net_family *f)
{
	autostrv char **v = NULL;
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < f->n_addresses; i++) {
		autofree char *one = xasprintf("%s/%u", ip_format(&f->address[i].ip, text),
					       f->address[i].prefix);

		strv_push(&v, one);
	}
	return join_sorted(v);
}

static char *family_text(const struct net_family *f)
{
	static const char *const words[] = { [IP_NONE] = "", [IP_DHCP] = "dhcp",
					     [IP_AUTO] = "auto", [IP_MANUAL] = "manual" };

	return f->method == IP_STATIC ? addresses_text(f) : xstrdup(words[f->method]);
}

static char *gateway_text(const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	return xstrdup(net_has_gateway(f) ? ip_format(&f->gateway, text) : "");
}

static char *routes_text(const struct net *net)
{
	autostrv char **v = NULL;
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];

	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *r = &net->route[i];
		bool on_link = r->via.family == AF_UNSPEC;
		autofree char *one = xasprintf("%s/%u%s%s", ip_format(&r->to.ip, to), r->to.prefix,
					       on_link ? "" : ">",
					       on_link ? "" : ip_format(&r->via, via));

		strv_push(&v, one);
	}
	return join_sorted(v);
}

char *net_field_text(const struct net *net, enum net_field field)
{
	switch (field) {
	case NET_IP:
		return family_text(&net->ip4);
	case NET_GW:
		return gateway_text(&net->ip4);
	case NET_IP6:
		return family_text(&net->ip6);
	case NET_GW6:
		return gateway_text(&net->ip6);
	default:
		return routes_text(net);
	}
}

/* ---- for all networks ---- */

void read_back_all(struct setup *s)
{
	struct report *r = s->report;

	if (!s->renderer || !s->renderer->read_back)
		return;
	r->nets_are_read = true;
	r->nets = xcalloc(s->conf->n_nets + 1, sizeof *r->nets);
	for (size_t i = 0; i < s->conf->n_nets; i++) {
		struct net net = { .name = s->conf->nets[i].name };
		struct found_net *found = &r->nets[r->n_nets];

		if (!s->renderer->read_back(s, &net, &found->path))
			continue;
		read_back_finish(&net);
		found->name = xstrdup(net.name);
		for (unsigned k = 0; k < NET_FIELDS; k++)
			found->field[k] = net_field_text(&net, (enum net_field)k);
		r->n_nets++;
	}
}
