/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Networks of a config.  In the form of 2015 lxc.network.type opens a network and what follows
 * belongs to it; lxc.network.veth.pair says which netN it is.  In the form of LXC 3 the number is
 * in the key, and pve.network lines belong to the network of the last lxc.net line.
 */
#include "lib/conf/conf-internal.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

#define NO_INDEX UINT_MAX
#define VLAN_MAX 4094   /* IEEE 802.1Q */
#define MAX_NETS (2 * CONF_MAX_NETS) /* in the file: some may be empty */
#define MIN_RATE 1000   /* bytes a second: below, one packet takes seconds */
#define MAX_RATE 2047   /* MB/s: of lib/net/tc.h */

static int bad(struct err *e, const char *what, const char *value)
{
	return err_set(e, EINVAL, NULL, "%s \"%s\"", what, value);
}

static int type_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	if (!str_eq(value, "veth") && !str_eq(value, "empty"))
		return bad(e, "is not veth or empty:", value);
	n->type = value;
	return 0;
}

/* What the kernel takes as an interface's name (dev_valid_name), and shells as one word. */
static int ifname_check(const char *value, struct err *e)
{
	for (const char *at = value; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_.", *at))
			return bad(e, "bad character in interface name", value);
	if (!*value || str_eq(value, ".") || str_eq(value, ".."))
		return bad(e, "is no interface name:", value);
	if (strlen(value) >= IFNAMSIZ)
		return err_set(e, EINVAL, NULL,
			       "interface name is longer than %d characters \"%s\"",
			       IFNAMSIZ - 1, value);
	return 0;
}

static int name_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	n->net.name = value;
	if (str_eq(value, "lo"))
		return bad(e, "is the loopback interface:", value);
	return ifname_check(value, e);
}

static int bridge_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	n->net.bridge = value;
	return ifname_check(value, e);
}

static int hwaddr_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	n->net.hwaddr = value;
	return hwaddr_valid(value) ? 0 : bad(e, "is not a unicast MAC address:", value);
}

static int number_read(char *value, unsigned min, unsigned max, unsigned *ret, struct err *e)
{
	uint64_t n;

	if (!parse_uint(value, min, max, &n))
		return err_set(e, EINVAL, NULL, "is not a number from %u to %u: \"%s\"", min, max,
			       value);
	*ret = (unsigned)n;
	return 0;
}

static int mtu_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	return number_read(value, 64, 65535, &n->net.mtu, e);
}

static int tag_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	return number_read(value, 1, VLAN_MAX, &n->net.tag, e);
}

static int flag_read(char *value, bool *ret, struct err *e)
{
	return parse_bool(value, ret) ? 0 : bad(e, "is not 0 or 1:", value);
}

static int firewall_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	return flag_read(value, &n->net.firewall, e);
}

static int link_down_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	return flag_read(value, &n->net.link_down, e);
}

static int host_managed_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	(void)f;
	return flag_read(value, &n->net.host_managed, e);
}

/* MB/s with a fraction, as ever in units of 2^20 bytes; 0 is no limit. */
static int rate_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	size_t whole = strspn(value, "0123456789");
	uint64_t rate = strtoull(value, NULL, 10) * MIB, unit = MIB * 1000000, fraction = 0;
	const char *at = value + whole;

	(void)f;
	if (*at == '.' && isdigit((unsigned char)at[1]))
		/* What is below a millionth of a byte is lost. */
		for (at++; isdigit((unsigned char)*at); at++) {
			unit /= 10;
			fraction += unit * (uint64_t)(*at - '0');
		}
	if (whole == 0 || whole > 9 || *at)
		return bad(e, "is not a rate in MB/s:", value);
	rate += (fraction + 500000) / 1000000;
	if (rate > MAX_RATE * MIB || (rate < MIN_RATE && value[strspn(value, "0.")]))
		return err_set(e, EINVAL, NULL, "is not 0 or from 0.001 to %d MB/s: \"%s\"",
			       MAX_RATE, value);
	n->net.rate = rate;
	return 0;
}

/* FIRST[-LAST]: +1 where a range begins, -1 behind its end. */
static int trunk_read(char *value, int edges[VLAN_MAX + 2], struct err *e)
{
	char *dash = strchr(value, '-');
	unsigned first, last;
	int r;

	if (dash)
		*dash = '\0';
	r = number_read(value, 1, VLAN_MAX, &first, e);
	if (r < 0)
		return r;
	last = first;
	if (dash)
		r = number_read(dash + 1, 1, VLAN_MAX, &last, e);
	if (r < 0)
		return r;
	if (last < first)
		return err_set(e, EINVAL, NULL, "range ends before it begins: \"%u-%u\"", first,
			       last);
	edges[first]++;
	edges[last + 1]--;
	return 0;
}

/* 2;4;10-20 */
static int trunks_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	autostrv char **words = strv_split(value, ";");
	int edges[VLAN_MAX + 2] = { 0 }, inside = 0;
	struct net *net = &n->net;
	int r = *words ? 0 : bad(e, "is empty:", value);

	for (char **word = words; *word && r == 0; word++)
		r = trunk_read(*word, edges, e);
	if (r < 0)
		return r;
	net->trunks = conf_alloc(f, strv_len(words) * sizeof *net->trunks);
	for (unsigned i = 1; i <= VLAN_MAX; i++) {
		bool was_inside = inside > 0;

		inside += edges[i];
		if (inside <= 0)
			continue;
		if (!was_inside)
			net->trunks[net->n_trunks++].first = (uint16_t)i;
		net->trunks[net->n_trunks - 1].last = (uint16_t)i;
	}
	return 0;
}

/* veth105.0, v999999999.10, and what Proxmox VE made: veth105i0. */
static int pair_read(struct conf_file *f, struct net_lines *n, char *value, struct err *e)
{
	const char *at = str_after(value, "veth");
	size_t digits;
	char ctid[16];
	uint64_t id, index;

	if (!at)
		at = str_after(value, "v");
	digits = at ? strspn(at, "0123456789") : 0;
	if (digits == 0 || digits >= sizeof ctid || (at[digits] != '.' && at[digits] != 'i') ||
	    !parse_uint(at + digits + 1, 0, CONF_MAX_NETS - 1, &index))
		return bad(e, "is not vethCTID.N:", value);
	memcpy(ctid, at, digits);
	ctid[digits] = '\0';
	if (f->ctid && (!parse_uint(ctid, 0, UINT_MAX, &id) || id != f->ctid))
		return err_set(e, EINVAL, NULL, "is not of container %u: \"%s\"", f->ctid, value);
	n->net.index = (unsigned)index;
	return 0;
}

#define LXC "lxc.network."
#define PVE "pve.network."

const struct net_key conf_net_keys[] = {
	{ "type", LXC, type_read, false, "veth|empty",
	  "Opens a network; empty: the container has none" },
	{ "bridge", PVE, bridge_read, false, "BRIDGE",
	  "The host's bridge that it joins; without it, it is not plugged in" },
	{ "firewall", PVE, firewall_read, false, "0|1",
	  "Drop frames from addresses that are not its own, and what only a router, a DHCP "
	  "server or a bridge sends; where Proxmox VE's firewall is on, leave that to it" },
	{ "gw", PVE, conf_net_gw_read, false, "ADDR",
	  "IPv4 gateway; one outside of the subnets is reached on the link" },
	{ "gw6", PVE, conf_net_gw6_read, false, "ADDR", "The same for IPv6" },
	{ "host-managed", PVE, host_managed_read, false, "0|1",
	  "Addresses, routes and the lease of ip=dhcp are set from the host, not inside" },
	{ "hwaddr", LXC, hwaddr_read, false, "XX:XX:XX:XX:XX:XX",
	  "Hardware address; pct makes one up when none is given" },
	{ "ip", PVE, conf_net_ip_read, false, "ADDR/PREFIX[;ADDR/PREFIX]|dhcp|manual",
	  "IPv4 addresses, the main one first" },
	{ "ip6", PVE, conf_net_ip6_read, false,
	  "ADDR/PREFIX[;ADDR/PREFIX]|dhcp|auto[,token=ADDR]|manual",
	  "IPv6 addresses; auto: by router advertisements, with that interface identifier" },
	{ "link_down", PVE, link_down_read, false, "0|1", "Leave the interface unplugged" },
	{ "mtu", LXC, mtu_read, false, "N", "MTU, at most the bridge's, which is the default" },
	{ "name", LXC, name_read, false, "NAME", "Name of the interface inside" },
	{ "rate", PVE, rate_read, false, "MB", "Limit of what it sends and gets, in MB a second" },
	{ "route", PVE, conf_net_route_read, true, "TO/PREFIX [via ADDR]",
	  "A route beside the default ones; one a line, at most 16" },
	{ "tag", PVE, tag_read, false, "N", "VLAN of the bridge's port" },
	{ "trunks", PVE, trunks_read, false, "N[-N][;N[-N]]", "VLANs that the port takes tagged" },
	{ "veth.pair", LXC, pair_read, false, "vethCTID.N", "The host's end; N makes it netN" },
};
const size_t conf_n_net_keys = ARRAY_SIZE(conf_net_keys);
_Static_assert(ARRAY_SIZE(conf_net_keys) <= CONF_MAX_NET_KEYS, "net_lines.seen has a bit for each");

bool conf_net_word(size_t i, const char **ret_word, const char **ret_arg, const char **ret_help)
{
	if (i >= conf_n_net_keys)
		return false;
	*ret_word = conf_net_keys[i].sub;
	*ret_arg = conf_net_keys[i].arg;
	*ret_help = conf_net_keys[i].help;
	return true;
}

const struct net_key *conf_net_key_find(const char *sub)
{
	for (size_t i = 0; i < ARRAY_SIZE(conf_net_keys); i++)
		if (strcmp(sub, conf_net_keys[i].sub) == 0)
			return &conf_net_keys[i];
	return NULL;
}

/* Sub-keys of liblxc that a user may have and that we only pass on. */
static bool is_foreign_key(const char *sub)
{
	static const char *const known[] = { "flags",        "ipv4.address", "ipv4.gateway",
					     "ipv6.address", "ipv6.gateway", "script.down",
					     "veth.mode",    "script.up" };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(sub, known[i]))
			return true;
	return false;
}

/* NULL: there are too many. */
static struct net_lines *net_open(struct conf_file *f, const struct line *line, unsigned lxc3_index,
				  struct err *e)
{
	struct net_lines *n;

	if (f->n_nets == MAX_NETS) {
		err_set(e, EINVAL, NULL, "is one network too many: there are at most %d",
			CONF_MAX_NETS);
		return NULL;
	}
	/* Room grows in powers of two. */
	if ((f->n_nets & (f->n_nets - 1)) == 0)
		f->nets = xrealloc(f->nets, f->n_nets ? 2 * f->n_nets : 1, sizeof *f->nets);
	n = &f->nets[f->n_nets++];
	*n = (struct net_lines){ .lxc3_index = lxc3_index,
				 .first = (unsigned)(line - f->lines) + 1 };
	n->net.index = NO_INDEX;
	return n;
}

/* The network a line belongs to, by its key; *ret_sub is what follows lxc.net.N. */
static int net_of(struct conf_file *f, const struct line *line, const char **ret_sub,
		  struct err *e)
{
	const char *sub = str_after(line->spelt, "lxc.net.");
	char number[4] = "";
	uint64_t n;

	if (!sub) {
		sub = line->spelt + strlen(LXC);
		*ret_sub = sub;
		if (*line->spelt == 'l' && str_eq(sub, "type") && !net_open(f, line, NO_INDEX, e))
			return err_code(e);
		if (f->n_nets == 0)
			return err_set(e, EINVAL, NULL, "comes before any lxc.network.type");
		return (int)f->n_nets - 1;
	}
	*ret_sub = sub + strspn(sub, "0123456789");
	if (*ret_sub - sub < (int)sizeof number)
		memcpy(number, sub, (size_t)(*ret_sub - sub));
	if (**ret_sub != '.' || !parse_uint(number, 0, CONF_MAX_NETS - 1, &n))
		return err_set(e, EINVAL, NULL, "is not lxc.net.N with N up to %d",
			       CONF_MAX_NETS - 1);
	++*ret_sub;
	for (size_t i = 0; i < f->n_nets; i++)
		if (f->nets[i].lxc3_index == n)
			return (int)i;
	return net_open(f, line, (unsigned)n, e) ? (int)f->n_nets - 1 : err_code(e);
}

/*
 * pve.network lines follow their network; with the keys of LXC 3 that is the one of the last
 * lxc.net line, which need not be the last that was opened.
 */
static int net_of_pve(const struct conf_file *f, const struct line *line)
{
	while (line-- > f->lines)
		if (line->net >= 0 && !line->in_snapshot)
			return line->net;
	return -1;
}

int conf_net_line(struct conf_file *f, struct line *line, struct err *e)
{
	unsigned number = (unsigned)(line - f->lines) + 1;
	const struct net_key *key;
	const char *sub;
	struct net_lines *n;
	int r;

	r = net_of(f, line, &sub, e);
	if (r >= 0 && !(*line->spelt == 'l' && str_eq(sub, "type")) && *line->spelt == 'p')
		r = net_of_pve(f, line);
	if (r < 0)
		return conf_line_err(f, number, line->spelt, e);
	line->net = r;
	line->name = conf_net_name_today(sub);
	n = &f->nets[r];
	key = conf_net_key_find(sub);
	if (key && *key->prefix != *line->spelt)
		key = NULL;
	if (!key) {
		if (*line->spelt == 'l' && is_foreign_key(line->name))
			return 0;
		err_set(e, EINVAL, NULL, "unknown key of a network%s",
			str_eq(sub, "link") ? "; the bridge is pve.network.bridge" : "");
		return conf_line_err(f, number, line->spelt, e);
	}
	if (!key->many && n->seen & 1u << (key - conf_net_keys)) {
		err_set(e, EINVAL, NULL, "given twice for one network");
		return conf_line_err(f, number, line->spelt, e);
	}
	n->seen |= 1u << (key - conf_net_keys);
	r = key->read(f, n, line->value, e);
	return r < 0 ? conf_line_err(f, number, line->spelt, e) : 0;
}

static int compare_nets(const void *a, const void *b)
{
	const struct net *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* The error is about the line of this network that has the sub-key. */
static int net_line_err(const struct conf_file *f, const struct net_lines *n, const char *sub,
			struct err *e)
{
	for (size_t i = n->first; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];

		if (line->net == n - f->nets && !line->in_snapshot && str_eq(line->name, sub))
			return conf_line_err(f, (unsigned)i + 1, line->spelt, e);
	}
	return conf_line_err(f, n->first, f->lines[n->first - 1].spelt, e);
}

static int net_finish(struct conf_file *f, struct net_lines *n, struct err *e)
{
	const char *sub;

	if (!n->type) {
		err_set(e, EINVAL, NULL, "network without a type");
		return conf_line_err(f, n->first, f->lines[n->first - 1].spelt, e);
	}
	if (str_eq(n->type, "empty"))
		return 0;
	if (n->net.index == NO_INDEX)
		n->net.index = n->lxc3_index;
	if (n->net.index == NO_INDEX) {
		err_set(e, EINVAL, NULL, "lxc.network.veth.pair is missing, which says what netN "
			"this is");
		return conf_line_err(f, n->first, f->lines[n->first - 1].spelt, e);
	}
	if (conf_net_addresses_check(&n->net, &sub, e) < 0)
		return net_line_err(f, n, sub, e);
	if (!n->net.name) {
		n->net.name = conf_alloc(f, IFNAMSIZ);
		snprintf(n->net.name, IFNAMSIZ, "eth%u", n->net.index);
	}
	f->values.nets[f->values.n_nets++] = n->net;
	return 0;
}

int conf_nets_finish(struct conf_file *f, struct err *e)
{
	struct conf *c = &f->values;
	int r;

	if (f->n_nets == 0)
		return 0;
	c->nets = xcalloc(f->n_nets, sizeof *c->nets);
	for (size_t i = 0; i < f->n_nets; i++) {
		const struct net *new = &f->nets[i].net;

		r = net_finish(f, &f->nets[i], e);
		if (r < 0)
			return r;
		for (size_t k = 0; k + 1 < c->n_nets && str_eq(f->nets[i].type, "veth"); k++) {
			if (c->nets[k].index != new->index && !str_eq(c->nets[k].name, new->name))
				continue;
			if (c->nets[k].index == new->index)
				err_set(e, EINVAL, NULL, "a second net%u", new->index);
			else
				err_set(e, EINVAL, NULL, "net%u and net%u are both named \"%s\"",
					c->nets[k].index, new->index, new->name);
			return conf_line_err(f, f->nets[i].first,
					     f->lines[f->nets[i].first - 1].spelt, e);
		}
	}
	qsort(c->nets, c->n_nets, sizeof *c->nets, compare_nets);
	return 0;
}
