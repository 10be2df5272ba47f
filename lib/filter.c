/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/filter.h"

#include <ctype.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/conf.h"
#include "lib/err.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "lib/util.h"

#define MIN_BURST (128 * 1024)  /* two segments of 64 KiB, as a veth passes them on */
#define BURSTS_A_SECOND 50

unsigned filter_burst(unsigned long long rate)
{
	unsigned long long burst = rate / BURSTS_A_SECOND;

	return burst < MIN_BURST ? MIN_BURST : burst > INT32_MAX ? INT32_MAX : (unsigned)burst;
}

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

static void add_drop(struct buf *out, const char *link, const char *counter)
{
	buf_addf(out, " counter name \"%s-%s\" drop\n", link, counter);
}

/* One rule: what it matches, and that it is counted and dropped. */
#define ADD_RULE(out, link, counter, ...) \
	do { \
		buf_addf(out, "add rule " FILTER_TABLE " %s ", link); \
		buf_addf(out, __VA_ARGS__); \
		add_drop(out, link, counter); \
	} while (0)

static void add_ipv4(struct buf *out, const struct net *net, const char *link)
{
	autobuf own = BUF_INIT;

	add_addresses(&own, &net->ip4);
	/* 0.0.0.0 asks whether somebody has an address already (RFC 5227). */
	ADD_RULE(out, link, "spoofed", "arp saddr ip != { 0.0.0.0%s }", buf_str(&own));
	if (own.len)
		ADD_RULE(out, link, "spoofed", "ip saddr != { %s }", buf_str(&own) + 2);
	else
		ADD_RULE(out, link, "spoofed", "meta protocol ip");
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
	ADD_RULE(out, link, "spoofed", "ip6 saddr != { ::, fe80::/64%s }", buf_str(&own));
	if (net->ip6.method == IP_STATIC)
		buf_add(&targets, TARGET "!= { ");
	for (size_t i = 0; net->ip6.method == IP_STATIC && i < net->ip6.n_addresses; i++) {
		buf_add(&targets, i ? ", " : "");
		add_target(&targets, &net->ip6.address[i].ip);
	}
	buf_add(&targets, targets.len ? " }" : "");
	ADD_RULE(out, link, "spoofed", ADVERT "@th,64,64 != 0xfe80000000000000 %s",
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
	ADD_RULE(out, link, "spoofed", "ip6 saddr %s", ip_format(&net->ip6.gateway, text));
	ADD_RULE(out, link, "spoofed", ADVERT TARGET "%s", buf_str(&target));
}

static void add_own_addresses(struct buf *out, const struct net *net, const char *link)
{
	if (net->hwaddr) {
		ADD_RULE(out, link, "spoofed", "ether saddr != %s", net->hwaddr);
		ADD_RULE(out, link, "spoofed", "arp saddr ether != %s", net->hwaddr);
	}
	/* A bridge that knows nothing of VLANs would pass any. */
	if (!net->n_trunks)
		ADD_RULE(out, link, "spoofed", "ether type { 8021q, 8021ad }");
	/* Other protocols have addresses that nobody looks at. */
	ADD_RULE(out, link, "spoofed", "meta protocol != { ip, ip6, arp }");
	if (!is_open(net, &net->ip4))
		add_ipv4(out, net, link);
	if (!is_open(net, &net->ip6))
		add_ipv6(out, net, link);
	add_gateway(out, net, link);
}

char *filter_rules(const struct net *net, const char *link, bool check)
{
	autobuf out = BUF_INIT;

	buf_add(&out, "add table " FILTER_TABLE "\n");
	buf_addf(&out, "add chain " FILTER_TABLE " %s { type filter hook ingress device \"%s\" "
		 "priority 0; }\n", link, link);
	buf_addf(&out, "flush chain " FILTER_TABLE " %s\n", link);
	buf_addf(&out, "add counter " FILTER_TABLE " %s-spoofed\n", link);
	buf_addf(&out, "add counter " FILTER_TABLE " %s-over\n", link);
	if (check)
		add_own_addresses(&out, net, link);
	if (net->rate)
		ADD_RULE(&out, link, "over", "limit rate over %llu bytes/second burst %u bytes",
			 (unsigned long long)net->rate, filter_burst(net->rate));
	return buf_detach(&out);
}

char *filter_removal(const char *link)
{
	static const char *const counters[] = { "spoofed", "over" };
	autobuf out = BUF_INIT;

	/* What is added first can be deleted without looking. */
	buf_add(&out, "add table " FILTER_TABLE "\n");
	buf_addf(&out, "add chain " FILTER_TABLE " %s\n", link);
	buf_addf(&out, "delete chain " FILTER_TABLE " %s\n", link);
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++) {
		buf_addf(&out, "add counter " FILTER_TABLE " %s-%s\n", link, counters[i]);
		buf_addf(&out, "delete counter " FILTER_TABLE " %s-%s\n", link, counters[i]);
	}
	return buf_detach(&out);
}
