/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of netN's words: each row has all facts about a word, from the command line to the
 * kernel.  doc/architecture.md follows one word on its way.
 */
#include "lib/conf/conf-internal.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

#define VLAN_MAX 4094   /* IEEE 802.1Q */
#define MIN_RATE 1000   /* bytes per second: at a lower rate one packet takes seconds */
#define MAX_RATE 2047   /* MB/s, the limit of lib/net/tc.h */

static int bad(struct err *e, const char *what, const char *value)
{
	return err_set(e, EINVAL, NULL, "%s \"%s\"", what, value);
}

static void *field_of(const struct conf_net_word *w, struct net *net)
{
	return (char *)net + w->field;
}

/* ---- texts ---- */

static int type_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e)
{
	(void)w;
	(void)f;
	if (!str_eq(value, "veth") && !str_eq(value, "empty"))
		return bad(e, "is not veth or empty:", value);
	n->type = value;
	return 0;
}

/*
 * A name that the kernel accepts for an interface (dev_valid_name), and that shells need not quote.
 */
static int ifname_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		       char *value, struct err *e)
{
	(void)f;
	*(char **)field_of(w, &n->net) = value;
	for (const char *at = value; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("-_.", *at))
			return bad(e, "bad character in interface name", value);
	if (!*value || str_eq(value, ".") || str_eq(value, ".."))
		return bad(e, "is not an interface name:", value);
	if (strlen(value) >= IFNAMSIZ)
		return err_set(e, EINVAL, NULL,
			       "interface name is longer than %d characters \"%s\"",
			       IFNAMSIZ - 1, value);
	return 0;
}

static int name_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e)
{
	if (str_eq(value, "lo"))
		return bad(e, "is the loopback interface:", value);
	return ifname_read(w, f, n, value, e);
}

static int hwaddr_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		       char *value, struct err *e)
{
	(void)f;
	*(char **)field_of(w, &n->net) = value;
	return hwaddr_valid(value) ? 0 : bad(e, "is not a unicast MAC address:", value);
}

static void text_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	const char *text = *(char *const *)((const char *)net + w->field);

	buf_add(out, text ? text : "");
}

/* veth105.0, v999999999.10, and Proxmox VE's veth105i0. */
static int pair_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e)
{
	const char *at = str_after(value, "veth");
	size_t digits;
	char ctid[16];
	uint64_t id, index;

	(void)w;
	if (!at)
		at = str_after(value, "v");
	digits = at ? strspn(at, "0123456789") : 0;
	if (digits == 0 || digits >= sizeof ctid || (at[digits] != '.' && at[digits] != 'i') ||
	    !parse_uint(at + digits + 1, 0, CONF_MAX_NETS - 1, &index))
		return bad(e, "is not vethCTID.N:", value);
	memcpy(ctid, at, digits);
	ctid[digits] = '\0';
	if (f->ctid && (!parse_uint(ctid, 0, UINT_MAX, &id) || id != f->ctid))
		return err_set(e, EINVAL, NULL, "does not belong to container %u: \"%s\"",
			       f->ctid, value);
	n->net.index = (unsigned)index;
	return 0;
}

/* ---- numbers ---- */

static int flag_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e)
{
	(void)f;
	return parse_bool(value, field_of(w, &n->net)) ? 0 : bad(e, "is not 0 or 1:", value);
}

static void flag_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	if (*(const bool *)((const char *)net + w->field))
		buf_addc(out, '1');
}

static int number_parse(const char *value, unsigned min, unsigned max, unsigned *ret, struct err *e)
{
	uint64_t n;

	if (!parse_uint(value, min, max, &n))
		return err_range(e, "", false, min, max, value);
	*ret = (unsigned)n;
	return 0;
}

static int number_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		       char *value, struct err *e)
{
	(void)f;
	return number_parse(value, w->min, w->max, field_of(w, &n->net), e);
}

static void number_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	unsigned n = *(const unsigned *)((const char *)net + w->field);

	if (n)
		buf_addf(out, "%u", n);
}

/* MB/s with a fraction, in units of 2^20 bytes as in Proxmox VE; 0: no limit. */
static int rate_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e)
{
	size_t whole = strspn(value, "0123456789");
	uint64_t rate = strtoull(value, NULL, 10) * MIB, unit = MIB * 1000000, fraction = 0;
	const char *at = value + whole;

	(void)w;
	(void)f;
	if (*at == '.' && isdigit((unsigned char)at[1]))
		/* Digits below a millionth are ignored. */
		for (at++; isdigit((unsigned char)*at); at++) {
			unit /= 10;
			fraction += unit * (uint64_t)(*at - '0');
		}
	rate += (fraction + 500000) / 1000000;
	if (whole == 0 || whole > 9 || *at || rate > MAX_RATE * MIB ||
	    (rate < MIN_RATE && value[strspn(value, "0.")]))
		return err_range(e, " of MB/s", true, 0.001, MAX_RATE, value);
	n->net.rate = rate;
	return 0;
}

static void rate_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	(void)w;
	if (net->rate)
		buf_addf(out, "%.12g", (double)net->rate / MIB);
}

/* FIRST[-LAST]: adds +1 at the first VLAN, and -1 behind the last. */
static int trunk_read(char *value, int edges[VLAN_MAX + 2], struct err *e)
{
	char *dash = strchr(value, '-');
	unsigned first, last;
	int r;

	if (dash)
		*dash = '\0';
	r = number_parse(value, 1, VLAN_MAX, &first, e);
	if (r < 0)
		return r;
	last = first;
	if (dash)
		r = number_parse(dash + 1, 1, VLAN_MAX, &last, e);
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
static int trunks_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		       char *value, struct err *e)
{
	autostrv char **words = strv_split(value, ";");
	int edges[VLAN_MAX + 2] = { 0 }, inside = 0;
	struct net *net = &n->net;
	int r = *words ? 0 : bad(e, "is empty:", value);

	(void)w;
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

static void trunks_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	(void)w;
	vlan_ranges_print(net->trunks, net->n_trunks, out);
}

void vlan_ranges_print(const struct vlan_range *ranges, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s%u", i ? ";" : "", ranges[i].first);
		if (ranges[i].last != ranges[i].first)
			buf_addf(out, "-%u", ranges[i].last);
	}
}

/* ---- the table ---- */

#define LXC "lxc.network."
#define PVE "pve.network."
#define FIELD(member) offsetof(struct net, member)
#define TEXT(member) .print = text_print, .field = FIELD(member)
#define FLAG(member) \
	.syntax = "0|1", .absent = "0", .read = flag_read, .print = flag_print, \
	.field = FIELD(member), .is_flag = true
#define NUMBER(member, least, most) \
	.syntax = "N", .read = number_read, .print = number_print, .field = FIELD(member), \
	.min = (least), .max = (most)
/* Words of a family's addresses: ip, ip6, gw, gw6. */
#define FAMILY(member) .field = FIELD(member)

#define PLAN CONF_NET_PLAN
#define FILES CONF_NET_FILES
#define LOWER CONF_NET_LOWER
#define LINK CONF_NET_LINK
#define ADDRESSES CONF_NET_ADDRESSES
#define PORT CONF_NET_PORT

/* New networks are written in this order. */
const struct conf_net_word conf_net_words[] = {
	{ .name = "type", .prefix = LXC, .syntax = "veth|empty", .read = type_read,
	  .help = "Begins a network; empty: a container without networks" },
	/* The bridge's MTU is the link's default, and IPv6 depends on the MTU. */
	{ .name = "bridge", .prefix = PVE, .syntax = "BRIDGE", .read = ifname_read, TEXT(bridge),
	  .concerns = PLAN | FILES | LINK | ADDRESSES | PORT,
	  .help = "Bridge of the host; if omitted, the host's end of the veth pair is in no "
		  "bridge" },
	{ .name = "firewall", .prefix = PVE, FLAG(firewall), .concerns = PORT,
	  .help = "Drop frames with foreign addresses, and messages that only a router, a DHCP "
		  "server or a bridge sends; if Proxmox VE's firewall is enabled, that one "
		  "filters instead" },
	{ .name = "gw", .prefix = PVE, .syntax = "ADDR", .read = conf_net_gw_read,
	  .print = conf_net_gw_print, FAMILY(ip4), .concerns = PLAN | FILES | ADDRESSES,
	  .help = "IPv4 gateway; it may be outside the subnets of the addresses" },
	{ .name = "gw6", .prefix = PVE, .syntax = "ADDR", .read = conf_net_gw_read,
	  .print = conf_net_gw_print, FAMILY(ip6), .concerns = PLAN | FILES | ADDRESSES,
	  .help = "IPv6 gateway; it may be outside the subnets of the addresses" },
	{ .name = "host-managed", .prefix = PVE, FLAG(host_managed),
	  .concerns = PLAN | FILES | ADDRESSES,
	  .help = "The host, not the container, sets addresses and routes, and asks for the lease "
		  "of ip=dhcp" },
	{ .name = "hwaddr", .prefix = LXC, .syntax = "XX:XX:XX:XX:XX:XX", .read = hwaddr_read,
	  TEXT(hwaddr), .concerns = PLAN | FILES | LOWER | LINK | ADDRESSES | PORT,
	  .help = "Hardware address, unique among containers. If omitted: create and set generate "
		  "one; a config without it always has the same one on this host" },
	{ .name = "ip", .prefix = PVE, .syntax = "ADDR/PREFIX[;ADDR/PREFIX]|dhcp|manual",
	  .read = conf_net_ip_read, .print = conf_net_ip_print, FAMILY(ip4),
	  .concerns = PLAN | FILES | ADDRESSES | PORT,
	  .help = "IPv4 addresses, the main address first" },
	{ .name = "ip6", .prefix = PVE,
	  .syntax = "ADDR/PREFIX[;ADDR/PREFIX]|dhcp|auto[,token=ADDR]|manual",
	  .read = conf_net_ip_read, .print = conf_net_ip_print, FAMILY(ip6),
	  .concerns = PLAN | FILES | ADDRESSES | PORT,
	  .help = "IPv6 addresses; auto: from router advertisements, with token as interface "
		  "identifier" },
	/* Network programs inside react when the carrier returns. */
	{ .name = "link_down", .prefix = PVE, FLAG(link_down), .concerns = FILES | ADDRESSES | PORT,
	  .help = "1: the interface is unplugged" },
	{ .name = "mtu", .prefix = LXC, NUMBER(mtu, 64, 65535),
	  .concerns = PLAN | FILES | LOWER | LINK | ADDRESSES | PORT,
	  .help = "MTU, 64 to 65535, at most the MTU of the bridge, which is the default" },
	/* Renaming takes the link down, which removes its addresses. */
	{ .name = "name", .prefix = LXC, .syntax = "NAME", .read = name_read, TEXT(name),
	  .concerns = PLAN | FILES | LOWER | LINK | ADDRESSES,
	  .help = "Name of the interface in the container" },
	{ .name = "rate", .prefix = PVE, .syntax = "MB", .absent = "0", .read = rate_read,
	  .print = rate_print, .concerns = PORT,
	  .help = "Limit for each direction, in MB (1048576 bytes) per second" },
	{ .name = "route", .prefix = PVE, .syntax = "TO/PREFIX [via ADDR]", .many = true,
	  .read = conf_net_route_read, .print = conf_net_route_print,
	  .concerns = PLAN | FILES | ADDRESSES,
	  .help = "Additional route, at most 16; in netN, ';' separates them; in a config, each "
		  "has a line" },
	{ .name = "tag", .prefix = PVE, NUMBER(tag, 1, VLAN_MAX), .concerns = PORT,
	  .help = "VLAN of the bridge port, untagged in the container" },
	{ .name = "trunks", .prefix = PVE, .syntax = "N[-N][;N[-N]]", .read = trunks_read,
	  .print = trunks_print, .concerns = PORT,
	  .help = "Further VLANs, tagged in the container" },
	{ .name = "veth.pair", .prefix = LXC, .syntax = "vethCTID.N", .read = pair_read,
	  .in_file_only = true, .help = "Name of the host's end; N is the number of the network" },
	{ 0 },
};
_Static_assert(ARRAY_SIZE(conf_net_words) - 1 == CONF_NET_WORDS, "as many as there are rows");

const struct conf_net_word *conf_net_word_find(const char *name)
{
	for (const struct conf_net_word *w = conf_net_words; w->name; w++)
		if (strcmp(name, w->name) == 0)
			return w;
	return NULL;
}

char *conf_net_word_text(const struct conf_net_word *w, const struct net *net)
{
	autobuf out = BUF_INIT;

	if (w->print)
		w->print(w, net, &out);
	return out.len ? buf_detach(&out) : NULL;
}

unsigned conf_net_concerns(const struct net *a, const struct net *b)
{
	unsigned concerns = 0;

	for (const struct conf_net_word *w = conf_net_words; w->name; w++) {
		autofree char *x = a ? conf_net_word_text(w, a) : NULL;
		autofree char *y = b ? conf_net_word_text(w, b) : NULL;

		if (!a || !b || !str_eq(x, y))
			concerns |= w->concerns;
	}
	return concerns;
}
