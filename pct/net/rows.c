/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct net: makes the table of one network, and marks differences. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"
#include "pct/net/net.h"
#include "setup/net/read-back.h"

struct maker {
	const struct net_look *look;
	const struct net *net;          /* from the config */
	const struct net_ends *ends;    /* NULL: the container is stopped */
	const struct found_net *found;  /* NULL: the files do not have this network */
	bool has_files;                 /* the files have this network, and can be read back */
	struct net_rows *to;
};

/* Takes ownership of the texts; NULL: the column has no such value. */
static struct net_row *add(struct maker *m, const char *key, char *config, char *files,
			   char *kernel)
{
	struct net_row *row = &m->to->row[m->to->n++];

	*row = (struct net_row){ .key = key, .text = { config, files, kernel } };
	return row;
}

static void mark(struct maker *m, struct net_row *row, enum net_column column, bool differs)
{
	if (!row->text[column] || !differs)
		return;
	row->differs[column] = true;
	m->to->differ = true;
}

static bool is_empty(const char *s)
{
	return !s || !*s;
}

static bool is_leased(const struct net_family *f)
{
	return f->method == IP_DHCP || f->method == IP_AUTO;
}

/* ---- the link ---- */

static const char *link_state(const struct net_ends *ends, const struct net *net)
{
	const struct netstate_link *in = ends->inside;

	if (!in->index)
		return "missing";
	if (net->bridge && ends->bridge_is_known && !ends->bridge[0])
		return "unplugged";
	return !in->up || !ends->host_up ? "down" : in->carrier ? "up" : "no carrier";
}

/* Whether the interface itself has addresses: with "manual", a bridge inside may have them. */
static bool has_addresses(const struct net *net)
{
	return net->ip4.method == IP_STATIC || net->ip6.method == IP_STATIC ||
	       is_leased(&net->ip4) || is_leased(&net->ip6);
}

static void add_link(struct maker *m)
{
	const struct net *net = m->net;
	const char *state = m->ends ? link_state(m->ends, net) : NULL;
	const char *port_of = m->ends ? m->ends->inside->port_of : "";
	const char *wanted = net->link_down ? "unplugged" : "up";
	char *text = *port_of ? xasprintf("%s, port (%s)", state, port_of) : xstrdup(state);
	struct net_row *row = add(m, "link", xstrdup(wanted), NULL, text);

	/* link_down without a bridge leaves the link up, as there is no port to unplug. */
	mark(m, row, COLUMN_KERNEL, (*port_of && has_addresses(net)) ||
				    (!str_eq(state, wanted) && !(net->link_down && !net->bridge)));
}

static void add_hwaddr(struct maker *m)
{
	const char *kernel = m->ends && m->ends->inside->index ? m->ends->inside->hwaddr : NULL;
	struct net_row *row;

	if (!m->net->hwaddr && !kernel)
		return;
	row = add(m, "hwaddr", xstrdup(m->net->hwaddr), NULL, xstrdup(kernel));
	mark(m, row, COLUMN_KERNEL, m->net->hwaddr && kernel &&
					    strcasecmp(m->net->hwaddr, kernel) != 0);
}

static char *trunks_text(const struct vlan_range *trunks, size_t n)
{
	autobuf b = BUF_INIT;

	vlan_ranges_print(trunks, n, &b);
	return xstrdup(buf_str(&b));
}

static char *number_text(uint64_t n)
{
	return n ? xasprintf("%" PRIu64, n) : xstrdup("");
}

static void add_bridge(struct maker *m)
{
	const struct net *net = m->net;
	const struct net_ends *ends = m->ends;
	bool plugged = ends && ends->bridge[0];
	struct net_row *row = add(m, "bridge", xstrdup(net->bridge ? net->bridge : ""), NULL,
				  ends ? xstrdup(ends->bridge) : NULL);
	char *trunks;

	mark(m, row, COLUMN_KERNEL, ends && ends->bridge_is_known && !net->link_down &&
					    !str_eq(row->text[COLUMN_CONFIG], ends->bridge));
	if (net->tag || (plugged && ends->tag)) {
		row = add(m, "tag", number_text(net->tag), NULL,
			  plugged ? number_text(ends->tag) : NULL);
		mark(m, row, COLUMN_KERNEL, plugged && ends->bridge_is_known &&
						    ends->tag != net->tag);
	}
	if (net->n_trunks) {
		trunks = plugged ? trunks_text(ends->port.trunks, ends->port.n_trunks) : NULL;
		row = add(m, "trunks", trunks_text(net->trunks, net->n_trunks), NULL, trunks);
		mark(m, row, COLUMN_KERNEL, plugged && ends->bridge_is_known &&
						    !str_eq(row->text[COLUMN_CONFIG], trunks));
	}
}

static char *rate_text(uint64_t rate)
{
	return rate ? xasprintf("%.4g MB/s", (double)rate / 1048576) : xstrdup("");
}

static void add_firewall(struct maker *m)
{
	static const char *const rules[] = {
		[PORT_RULES_UNUSED] = "", [PORT_RULES_SAME] = "",
		[PORT_RULES_OTHER] = "other rules, ", [PORT_RULES_NONE] = "no rules, ",
	};
	const struct net_ends *ends = m->ends;
	struct net_row *row;

	/* A rate alone needs the bridge, too. */
	if (!m->net->firewall && !(ends && ends->firewall_bridge && !m->net->rate))
		return;
	row = add(m, "firewall", xstrdup(m->net->firewall ? "1" : ""), NULL,
		  ends ? xasprintf("%s%s%" PRIu64 " frames dropped",
				   ends->firewall_bridge ? "bridge, " : "", rules[ends->rules],
				   ends->counters.spoofed) : NULL);
	mark(m, row, COLUMN_KERNEL, ends && ends->rules >= PORT_RULES_OTHER);
}

static void add_limits(struct maker *m)
{
	const struct net *net = m->net;
	const struct net_ends *ends = m->ends;
	struct net_row *row;

	if (net->rate || (ends && ends->port.rate)) {
		row = add(m, "rate", rate_text(net->rate), NULL,
			  ends ? rate_text(ends->port.rate) : NULL);
		mark(m, row, COLUMN_KERNEL, ends && !str_eq(row->text[COLUMN_CONFIG],
							    row->text[COLUMN_KERNEL]));
		if (ends && ends->counters.over)
			add(m, "above", NULL, NULL, xasprintf("%" PRIu64 " frames dropped",
							      ends->counters.over));
	}
}

static void add_mtu(struct maker *m)
{
	const struct net_ends *ends = m->ends;
	unsigned wanted = ends ? ends->expected_mtu : m->net->mtu;
	bool there = ends && ends->inside->index;
	bool same = there && (!ends->host_there || ends->inside->mtu == ends->host_mtu);
	struct net_row *row;
	char *kernel = NULL;

	if (same)
		kernel = xasprintf("%u", ends->inside->mtu);
	else if (there)
		kernel = xasprintf("%u, on the host %u", ends->inside->mtu, ends->host_mtu);
	if (!there && !m->net->mtu)
		return;
	row = add(m, "mtu", number_text(m->net->mtu), NULL, kernel);
	mark(m, row, COLUMN_KERNEL, there && (!same || (wanted && ends->inside->mtu != wanted)));
}

/* ---- addresses ---- */

static bool is_configured_here(const struct net *net, const struct cidr *cidr)
{
	const struct net_family *f = cidr->ip.family == AF_INET6 ? &net->ip6 : &net->ip4;

	for (size_t i = 0; i < f->n_addresses; i++)
		if (ip_equal(&f->address[i].ip, &cidr->ip))
			return true;
	return false;
}

/* The kernel's addresses and routes in the form of a config. */
static void take_kernel(const struct net *net, const struct netstate_link *link, struct net *ret)
{
	char to[IP_TEXT_MAX], via[IP_TEXT_MAX];

	for (size_t i = 0; i < link->n_addresses; i++)
		if (link->address[i].global || is_configured_here(net, &link->address[i].cidr))
			read_back_cidr(ret, &link->address[i].cidr);
	for (size_t i = 0; i < link->n_routes; i++) {
		const struct netstate_route *r = &link->route[i];
		autofree char *text = xasprintf("%s/%u", ip_format(&r->to.ip, to), r->to.prefix);

		if (!r->kernel)
			read_back_route(ret, text, r->via.family == AF_UNSPEC
							   ? NULL : ip_format(&r->via, via));
	}
	read_back_finish(ret);
}

static const struct net_family *family_of(const struct net *net, enum net_field field)
{
	return field == NET_IP || field == NET_GW ? &net->ip4 : &net->ip6;
}

/* Whether b contains every word of a. */
static bool has_words(const char *b, const char *a)
{
	autostrv char **wanted = strv_split(a, " "), **words = strv_split(b, " ");

	for (char **word = wanted; word && *word; word++)
		if (!words || !strv_has(words, *word))
			return false;
	return true;
}

/* Whether text differs from the config.  files: text comes from files, where the form of "dhcp" and
 * "auto" depends on the network program. */
static bool field_differs(const struct maker *m, enum net_field field, const char *config,
			  const char *text, bool files)
{
	const struct net_family *f = family_of(m->net, field);

	if (!net_is_configured(m->net))
		return false;
	if (field == NET_ROUTES)
		return files ? !str_eq(config, text) : !has_words(text, config);
	if (f->method == IP_STATIC)
		return !str_eq(config, text);
	if (field == NET_GW || field == NET_GW6)
		return false;
	if (is_leased(f))
		return is_empty(text) || (files && strchr(text, '/'));
	return files && !is_empty(text) && !str_eq(text, "manual");
}

/* The number of addresses of a family beyond those that ret of take_kernel() has room for. */
static size_t count_more(const struct net *net, const struct netstate_link *link, int family)
{
	size_t n = family == AF_INET ? link->more_addresses : 0;

	for (size_t i = 0; i < link->n_addresses; i++)
		n += link->address[i].global && link->address[i].cidr.ip.family == family;
	return n - (family == AF_INET ? &net->ip4 : &net->ip6)->n_addresses;
}

/* Appends " +N" for N values that were not kept. */
static char *with_more(char *text, size_t more)
{
	char *whole;

	if (!more)
		return text;
	whole = xasprintf("%s +%zu", text, more);
	free(text);
	return whole;
}

static void add_field(struct maker *m, enum net_field field, const struct net *kernel)
{
	char *config = net_field_text(m->net, field);
	char *in_files = !m->has_files ? NULL : xstrdup(m->found ? m->found->field[field] : "");
	char *in_kernel = kernel ? net_field_text(kernel, field) : NULL;
	const struct netstate_link *inside = kernel ? m->ends->inside : NULL;
	struct net_row *row;

	if (is_empty(config) && is_empty(in_files) && is_empty(in_kernel)) {
		free(config);
		free(in_files);
		free(in_kernel);
		return;
	}
	if (kernel && (field == NET_IP || field == NET_IP6) &&
	    family_of(kernel, field)->n_addresses == CONF_MAX_ADDRESSES) {
		int family = field == NET_IP ? AF_INET : AF_INET6;

		in_kernel = with_more(in_kernel, count_more(kernel, inside, family));
	}
	if (kernel && field == NET_ROUTES)
		in_kernel = with_more(in_kernel, inside->more_routes);
	row = add(m, net_field_names[field], config, in_files, in_kernel);
	if (in_files)
		mark(m, row, COLUMN_FILES, field_differs(m, field, config, in_files, true));
	if (in_kernel)
		mark(m, row, COLUMN_KERNEL, field_differs(m, field, config, in_kernel, false));
}

static void add_neighbour(struct maker *m, const struct ip *gateway)
{
	const struct netstate_link *link = m->ends->inside;

	for (size_t i = 0; gateway->family != AF_UNSPEC && i < link->n_neighbours; i++) {
		const struct netstate_neighbour *n = &link->neighbour[i];

		if (ip_equal(&n->ip, gateway))
			add(m, "", NULL, NULL, xasprintf("%s%s%s", n->hwaddr, *n->hwaddr ? " " : "",
							 n->state));
	}
}

/* For files that cannot be read back: they differ if setup would change them. */
static void add_would_change(struct maker *m)
{
	const struct report *r = &m->look->files;
	struct net_row *row;

	if (m->net->host_managed)
		return;
	for (size_t i = 0; !r->nets_are_read && i < r->n_changes; i++)
		if (str_eq(r->changes[i].step, "network")) {
			row = add(m, "files", xstrdup(""),
				  xasprintf("%s differs", r->changes[i].path), NULL);
			mark(m, row, COLUMN_FILES, true);
			return;
		}
}

void net_rows_make(const struct net_look *look, size_t index, struct net_rows *ret)
{
	const struct net *net = &look->conf->nets[index];
	struct maker m = { .look = look, .net = net, .ends = look->ends ? &look->ends[index] : NULL,
			   .has_files = look->files.nets_are_read && !net->host_managed,
			   .to = ret };
	struct net kernel = { .name = net->name };
	const struct net *seen = m.ends && m.ends->inside->index ? &kernel : NULL;

	*ret = (struct net_rows){ 0 };
	for (size_t i = 0; i < look->files.n_nets; i++)
		if (str_eq(look->files.nets[i].name, net->name))
			m.found = &look->files.nets[i];
	add_link(&m);
	add_hwaddr(&m);
	add_bridge(&m);
	add_firewall(&m);
	add_limits(&m);
	add_mtu(&m);
	if (seen)
		take_kernel(net, m.ends->inside, &kernel);
	add_would_change(&m);
	for (unsigned k = 0; k < NET_FIELDS; k++) {
		add_field(&m, (enum net_field)k, seen);
		if (seen && (k == NET_GW || k == NET_GW6))
			add_neighbour(&m, &(k == NET_GW ? &kernel.ip4 : &kernel.ip6)->gateway);
	}
}

void net_rows_done(struct net_rows *rows)
{
	for (unsigned i = 0; i < rows->n; i++)
		for (unsigned c = 0; c < COLUMNS; c++)
			free(rows->row[i].text[c]);
}
