/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "lib/util.h"

bool filter_is_external(void)
{
	autofree char *path = xasprintf("%s/firewall/cluster.fw", path_etc()), *text = NULL;
	bool in_options = false, enabled = false, value;
	autostrv char **lines = NULL;
	struct err ignored;

	if (file_read(path, CONF_MAX_SIZE, &text, NULL, &ignored) < 0)
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

/* A container whose addresses the config does not know may have any of that family. */
static bool is_open(const struct net *net, const struct net_family *f)
{
	return !net_is_configured(net) || (f->method != IP_STATIC && f->method != IP_NONE);
}

static void add_addresses(struct buf *out, const struct net_family *f)
{
	char text[IP_TEXT_MAX];

	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		buf_addf(out, ", %s", ip_format(&f->address[i].ip, text));
}

/* Frames of these are counted and dropped. */
static void __attribute__((format(printf, 3, 4))) drop(struct buf *out, const char *link,
							const char *fmt, ...)
{
	char match[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(match, sizeof match, fmt, ap);
	va_end(ap);
	buf_addf(out, "add rule " FILTER_TABLE " %s %s counter name \"%s\" drop\n", link, match,
		 link);
}

static void add_ipv4(struct buf *out, const struct net *net, const char *link)
{
	autobuf own = BUF_INIT;

	add_addresses(&own, &net->ip4);
	/* 0.0.0.0 asks whether somebody has an address already (RFC 5227). */
	drop(out, link, "arp saddr ip != { 0.0.0.0%s }", buf_str(&own));
	if (own.len)
		drop(out, link, "ip saddr != { %s }", buf_str(&own) + 2);
	else
		drop(out, link, "meta protocol ip");
}

/* As nft 1.0.6 knows the target of an advertisement: 16 bytes behind its first 8. */
#define ADVERT "icmpv6 type nd-neighbor-advert "
#define TARGET "@th,64,128 "

static void add_target(struct buf *out, const struct ip *ip)
{
	buf_add(out, "0x");
	for (size_t i = 0; i < sizeof ip->byte; i++)
		buf_addf(out, "%02x", ip->byte[i]);
}

/*
 * Of its link-local addresses only the prefix is known: consumers make them in several ways.  A
 * neighbour advertisement speaks for its target, wherever it comes from.
 */
static void add_ipv6(struct buf *out, const struct net *net, const char *link)
{
	autobuf own = BUF_INIT, targets = BUF_INIT;

	add_addresses(&own, &net->ip6);
	drop(out, link, "ip6 saddr != { ::, fe80::/64%s }", buf_str(&own));
	if (net->ip6.method == IP_STATIC)
		buf_add(&targets, TARGET "!= { ");
	for (size_t i = 0; net->ip6.method == IP_STATIC && i < net->ip6.n_addresses; i++) {
		buf_add(&targets, i ? ", " : "");
		add_target(&targets, &net->ip6.address[i].ip);
	}
	buf_add(&targets, targets.len ? " }" : "");
	drop(out, link, ADVERT "@th,64,64 != 0xfe80000000000000 %s",
		 buf_str(&targets));
}

/* In a prefix that is let through as a whole. */
static void add_gateway(struct buf *out, const struct net *net, const char *link)
{
	autobuf target = BUF_INIT;
	char text[IP_TEXT_MAX];

	if (net->ip6.gateway.family == AF_UNSPEC)
		return;
	add_target(&target, &net->ip6.gateway);
	drop(out, link, "ip6 saddr %s", ip_format(&net->ip6.gateway, text));
	drop(out, link, ADVERT TARGET "%s", buf_str(&target));
}

static void add_own_addresses(struct buf *out, const struct net *net, const char *link)
{
	if (net->hwaddr) {
		drop(out, link, "ether saddr != %s", net->hwaddr);
		drop(out, link, "arp saddr ether != %s", net->hwaddr);
	}
	/* A bridge that knows nothing of VLANs would pass any. */
	if (!net->n_trunks)
		drop(out, link, "ether type { 8021q, 8021ad }");
	/* Other protocols have addresses that nobody looks at. */
	drop(out, link, "meta protocol != { ip, ip6, arp }");
	if (!is_open(net, &net->ip4))
		add_ipv4(out, net, link);
	if (!is_open(net, &net->ip6))
		add_ipv6(out, net, link);
	add_gateway(out, net, link);
}

char *filter_rules(const struct net *net, const char *link)
{
	autobuf out = BUF_INIT;

	buf_add(&out, "add table " FILTER_TABLE "\n");
	buf_addf(&out, "add chain " FILTER_TABLE " %s { type filter hook ingress device \"%s\" "
		 "priority 0; }\n", link, link);
	buf_addf(&out, "flush chain " FILTER_TABLE " %s\n", link);
	buf_addf(&out, "add counter " FILTER_TABLE " %s\n", link);
	add_own_addresses(&out, net, link);
	return buf_detach(&out);
}

char *filter_removal(const char *link)
{
	static const char *const kinds[] = { "chain", "counter" };
	autobuf out = BUF_INIT;

	/* What is added first can be deleted without looking. */
	buf_add(&out, "add table " FILTER_TABLE "\n");
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		buf_addf(&out, "add %s " FILTER_TABLE " %s\n", kinds[i], link);
		buf_addf(&out, "delete %s " FILTER_TABLE " %s\n", kinds[i], link);
	}
	return buf_detach(&out);
}
