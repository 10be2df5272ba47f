/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/anti-spoof.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

bool filter_is_external(void)
{
	autofree char *path = xasprintf("%s/firewall/cluster.fw", path_etc()), *text = NULL;
	bool in_options = false, enabled = false, value;
	autostrv char **lines = NULL;

	if (file_read(path, CONF_MAX_SIZE, &text, NULL, NULL) < 0)
		return false;
	lines = strv_split(text, "\r\n");
	for (char **line = lines; line && *line; line++) {
		autostrv char **word = strv_split(*line, ": \t");

		if (strv_len(word) == 0)
			continue;
		if (**word == '[')
			in_options = strcasecmp(*word, "[OPTIONS]") == 0;
		else if (in_options && strv_len(word) == 2 && str_eq(word[0], "enable") &&
			 parse_bool(word[1], &value))
			enabled = value;
	}
	return enabled;
}

struct filter {
	struct buf out;
	const struct net *net;
	const char *link;
};

/* If the config does not know the container's addresses, any address of the family is allowed. */
static bool is_open(const struct net *net, const struct net_family *f)
{
	return !net_is_configured(net) || (f->method != IP_STATIC && f->method != IP_NONE);
}

static void __attribute__((format(printf, 3, 0))) rule(struct filter *f, const char *verdict,
						       const char *fmt, va_list ap)
{
	char match[2048]; /* CONF_MAX_ADDRESSES IPv6 addresses take less than half of it */

	vsnprintf(match, sizeof match, fmt, ap);
	buf_addf(&f->out, "add rule " FILTER_TABLE " %s %s%s%s\n", f->link, match,
		 *match ? " " : "", verdict);
}

/* Count and drop matching frames. */
static void __attribute__((format(printf, 2, 3))) drop(struct filter *f, const char *fmt, ...)
{
	autofree char *verdict = xasprintf("counter name \"%s\" drop", f->link);
	va_list ap;

	va_start(ap, fmt);
	rule(f, verdict, fmt, ap);
	va_end(ap);
}

/*
 * The last rule drops all frames that no rule passed.  So each rule that passes frames must read
 * the fields that it names; frames without these fields are dropped.  A rule must not have two "!="
 * for adjacent fields: nft 1.0.6 merges them into one comparison, which is true if either differs.
 *
 * Protocols are numbers, since nft looks up names in /etc/protocols, which a small host lacks: ICMP
 * 1, IGMP 2, UDP 17, IPv6's fragment header 44, AH 51, ICMPv6 58.
 */
static void __attribute__((format(printf, 2, 3))) pass(struct filter *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	rule(f, "accept", fmt, ap);
	va_end(ap);
}

static void add_list(struct buf *out, const char *s)
{
	buf_addf(out, "%s%s", out->len ? ", " : "", s);
}

static void add_addresses(struct buf *out, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		add_list(out, ip_format(&f->address[i].ip, text));
}

/* ---- IPv4 ---- */

/* Only Ethernet and IPv4: some receivers accept other encodings of the same ARP message. */
#define ARP "arp htype 1 arp ptype ip arp hlen 6 arp plen 4 arp operation "

/* A probe from 0.0.0.0 asks whether an address is in use (RFC 5227). */
static void add_arp(struct filter *f, const char *own)
{
	const char *hwaddr = f->net->hwaddr;
	autofree char *sender = hwaddr ? xasprintf("arp saddr ether %s ", hwaddr) : xstrdup("");
	char text[IP_TEXT_MAX];

	if (own) {
		pass(f, ARP "{ request, reply } %sarp saddr ip { %s }", sender, own);
		pass(f, ARP "request %sarp saddr ip 0.0.0.0 arp daddr ip { %s }", sender, own);
	} else {
		if (f->net->ip4.gateway.family == AF_INET)
			drop(f, "arp saddr ip %s", ip_format(&f->net->ip4.gateway, text));
		pass(f, ARP "{ request, reply } %sarp saddr ip != 0.0.0.0", sender);
		pass(f, ARP "request %sarp saddr ip 0.0.0.0", sender);
	}
}

/*
 * A fragment other than the first starts at byte 8 or later, behind the message type.  Any source
 * port of DHCP answers must be dropped, since DHCP clients and relays accept all.
 */
static void add_ipv4(struct filter *f)
{
	autobuf own = BUF_INIT;
	bool closed = !is_open(f->net, &f->net->ip4);
	char text[IP_TEXT_MAX];

	add_addresses(&own, &f->net->ip4);
	if (closed && !own.len)
		return;
	add_arp(f, closed ? buf_str(&own) : NULL);
	if (closed)
		drop(f, "ip saddr != { %s }", buf_str(&own));
	else if (f->net->ip4.gateway.family == AF_INET)
		drop(f, "ip saddr %s", ip_format(&f->net->ip4.gateway, text));
	pass(f, "meta protocol ip meta l4proto != { 1, 2, 17 }");
	pass(f, "meta protocol ip meta l4proto { 1, 2, 17 } ip frag-off & 0x1fff != 0");
	drop(f, "meta protocol ip udp sport 67");
	pass(f, "meta protocol ip udp dport != { 67, 68 }");
	pass(f, "meta protocol ip udp dport 67 @th,64,8 1"); /* BOOTREQUEST */
	pass(f, "meta protocol ip icmp type != { redirect, router-advertisement }");
	pass(f, "meta protocol ip meta l4proto 2 @th,0,8 != 0x11"); /* IGMP query */
}

/* ---- IPv6 ---- */

static void add_bytes(struct buf *out, const struct ip *ip)
{
	char text[2 + 2 * sizeof ip->byte + 1] = "0x";

	for (size_t i = 0; i < sizeof ip->byte; i++)
		snprintf(text + 2 + 2 * i, 3, "%02x", ip->byte[i]);
	add_list(out, text);
}

static unsigned char hwaddr_byte(const char *hwaddr, size_t i)
{
	return (unsigned char)strtoul(hwaddr + 3 * i, NULL, 16);
}

/* List the container's own addresses as bytes; never empty: starts with the unspecified address. */
static void add_own6(struct buf *out, const struct net *net)
{
	struct ip ip = { AF_INET6, { 0 } };

	add_bytes(out, &ip);
	if (net->hwaddr) {
		ip = ip_link_local_of(net->hwaddr);
		add_bytes(out, &ip);
	}
	for (size_t i = 0; net->ip6.method == IP_STATIC && i < net->ip6.n_addresses; i++)
		add_bytes(out, &net->ip6.address[i].ip);
}

/*
 * Drop matching frames with a foreign address, which starts 8 bytes behind base: the source in the
 * IPv6 header (nh), or the target of an advertisement in the ICMPv6 header (th).  nft 1.0.6 can
 * address the target only by its offset.
 *
 * Link-local addresses can be made in several ways, so unknown ones must pass (RFC 7217).  But an
 * address derived from another hardware address is foreign, and so are the low ones, which are set
 * by hand.
 */
static void drop_others(struct filter *f, const char *match, const char *base, const char *own)
{
	const struct ip *gateway = &f->net->ip6.gateway;
	autofree char *address = xasprintf("%s@%s,64,128", match, base);
	autofree char *link_local = xasprintf("@%s,64,64 0xfe80000000000000", base);

	if (!is_open(f->net, &f->net->ip6))
		drop(f, "%s != { %s } @%s,64,64 != 0xfe80000000000000", address, own, base);
	if (gateway->family == AF_INET6) {
		autobuf bytes = BUF_INIT;

		add_bytes(&bytes, gateway);
		drop(f, "%s %s", address, buf_str(&bytes));
	}
	drop(f, "%s != { %s } %s @%s,128,32 0", address, own, link_local, base);
	if (f->net->hwaddr)
		drop(f, "%s != { %s } %s @%s,152,16 0xfffe", address, own, link_local, base);
}

/*
 * Nothing may hide behind extension headers (RFC 7113).  The kernel finds the first header that is
 * not an extension header.  Drop fragments that begin with another extension header or end before
 * the first other header.
 */
static void add_fragments(struct filter *f)
{
	drop(f, "ip6 nexthdr 44 frag nexthdr { 0, 43, 44, 60 }");
	drop(f, "ip6 nexthdr != 44 exthdr frag exists");
	pass(f, "ip6 saddr != :: ip6 nexthdr 44 frag frag-off != 0");
}

/*
 * A container without an address yet only joins groups, looks for routers, and tests its address.
 */
static void add_payload6(struct filter *f)
{
	/* The kernel does not skip AH.  No receiver without its key should, either. */
	drop(f, "meta protocol ip6 meta l4proto 51 @th,0,8 { 0, 43, 44, 51, 58, 60 }");
	pass(f, "ip6 saddr != :: meta l4proto != { 17, 58 }");
	drop(f, "meta protocol ip6 udp sport 547");
	pass(f, "ip6 saddr != :: udp dport != { 546, 547 }");
	pass(f, "ip6 saddr != :: udp dport 547 @th,64,8 != { 12, 13 }"); /* relay messages */
	/* Exclude messages of routers, and types that need the checks below. */
	pass(f, "ip6 saddr != :: icmpv6 type != { 130, 133-138, 141, 142, 149, 151, 153 }");
	pass(f, "icmpv6 type { 131, 132, 143 }");
}

/* Match a link-layer address option of this kind, in a message whose body has so many bits. */
static char *link_option(const struct net *net, unsigned kind, unsigned bits)
{
	autobuf value = BUF_INIT;

	buf_addf(&value, "0x%02x01", kind);
	for (size_t i = 0; net->hwaddr && i < 6; i++)
		buf_addf(&value, "%02x", hwaddr_byte(net->hwaddr, i));
	return xasprintf("ip6 length %u @th,%u,%u %s", bits / 8 + 8, bits, net->hwaddr ? 64 : 16,
			 buf_str(&value));
}

#define SOLICITATION "icmpv6 type nd-neighbor-solicit "
#define ADVERTISEMENT "icmpv6 type nd-neighbor-advert "
#define ROUTER_SOLICITATION "icmpv6 type nd-router-solicit "

/*
 * Neighbour discovery (RFC 4861): pass only its exact forms, with no option or one, which must have
 * the container's hardware address.  Receivers might use the address of a second option.
 */
static void add_discovery(struct filter *f, const char *own)
{
	autofree char *router = link_option(f->net, 1, 64);
	autofree char *source = link_option(f->net, 1, 192);
	autofree char *target = link_option(f->net, 2, 192);

	drop(f, "icmpv6 type { 133, 135, 136 } ip6 nexthdr != 58");
	pass(f, ROUTER_SOLICITATION "ip6 length 8");
	pass(f, ROUTER_SOLICITATION "%s", router);
	pass(f, SOLICITATION "ip6 saddr != :: ip6 length 24");
	pass(f, SOLICITATION "ip6 saddr != :: %s", source);
	/* The remaining messages claim an address, now or later. */
	drop_others(f, "icmpv6 type { 135, 136 } ", "th", own);
	pass(f, ADVERTISEMENT "ip6 length 24");
	pass(f, ADVERTISEMENT "%s", target);
	pass(f, SOLICITATION "ip6 saddr :: ip6 length 24");
	/* With a nonce option (RFC 7527). */
	pass(f, SOLICITATION "ip6 saddr :: ip6 length 32 @th,192,16 0x0e01");
}

static void add_ipv6(struct filter *f)
{
	autobuf own = BUF_INIT;

	add_own6(&own, f->net);
	drop_others(f, "meta protocol ip6 ", "nh", buf_str(&own));
	add_fragments(f);
	add_payload6(f);
	add_discovery(f, buf_str(&own));
}

/* ---- all ---- */

static void add_frames(struct filter *f)
{
	if (f->net->hwaddr)
		drop(f, "ether saddr != %s", f->net->hwaddr);
	/* Protocols between bridges: spanning tree, LLDP, LACP, 802.1X (IEEE 802.1Q, 8.6.3). */
	drop(f, "ether daddr & ff:ff:ff:ff:ff:f0 == 01:80:c2:00:00:00");
	/* A bridge that is not VLAN-aware would pass any tagged frame. */
	if (!f->net->n_trunks)
		drop(f, "ether type { 8021q, 8021ad }");
}

char *filter_rules(const struct net *net, const char *link)
{
	struct filter f = { BUF_INIT, net, link };

	buf_add(&f.out, "add table " FILTER_TABLE "\n");
	buf_addf(&f.out, "add chain " FILTER_TABLE " %s { type filter hook ingress device \"%s\" "
		 "priority 0; }\n", link, link);
	buf_addf(&f.out, "flush chain " FILTER_TABLE " %s\n", link);
	buf_addf(&f.out, "add counter " FILTER_TABLE " %s\n", link);
	add_frames(&f);
	add_ipv4(&f);
	add_ipv6(&f);
	drop(&f, "%s", "");
	return buf_detach(&f.out);
}

char *filter_removal(const char *link)
{
	static const char *const kinds[] = { "chain", "counter" };
	autobuf out = BUF_INIT;

	/* Adding the table first makes its deletion succeed in any case. */
	buf_add(&out, "add table " FILTER_TABLE "\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		buf_addf(&out, "add %s " FILTER_TABLE " %s\n", kinds[i], link);
		buf_addf(&out, "delete %s " FILTER_TABLE " %s\n", kinds[i], link);
	}
	return buf_detach(&out);
}
