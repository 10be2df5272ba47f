/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/netaddr.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

static const char *family_name(int family)
{
	return family == AF_INET ? "IPv4" : "IPv6";
}

static bool read_ip(const char *s, struct ip *ret)
{
	struct ip ip = { .family = strchr(s, ':') ? AF_INET6 : AF_INET };

	if (inet_pton(ip.family, s, ip.byte) != 1)
		return false;
	*ret = ip;
	return true;
}

int ip_parse(const char *s, int family, struct ip *ret, struct err *e)
{
	struct ip ip;

	if (!read_ip(s, &ip))
		return err_set(e, EINVAL, NULL, "bad address \"%s\"", s);
	if (family != AF_UNSPEC && ip.family != family)
		return err_set(e, EINVAL, NULL, "is not an %s address: \"%s\"", family_name(family),
			       s);
	*ret = ip;
	return 0;
}

int ip_parse_zone(const char *s, struct ip *ret, char ret_zone[ZONE_SIZE], struct err *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_.-";
	const char *percent = strchr(s, '%'), *zone = percent ? percent + 1 : "";
	autofree char *address = xstrndup(s, strcspn(s, "%"));
	struct ip ip;

	if (!read_ip(address, &ip) ||
	    (percent && (ip.family != AF_INET6 || !ip_is_link_local(&ip) || !*zone ||
			 zone[strspn(zone, letters)] || strlen(zone) >= ZONE_SIZE)))
		return err_set(e, EINVAL, NULL, "bad address \"%s\"", s);
	*ret = ip;
	snprintf(ret_zone, ZONE_SIZE, "%s", zone);
	return 0;
}

int cidr_parse(const char *s, int family, struct cidr *ret, struct err *e)
{
	const char *slash = strchr(s, '/');
	char text[IP_TEXT_MAX];
	struct cidr cidr;
	uint64_t prefix;
	unsigned max;

	if (!slash)
		return err_set(e, EINVAL, NULL, "address without /PREFIX \"%s\"", s);
	if ((size_t)(slash - s) >= sizeof text)
		return err_set(e, EINVAL, NULL, "bad address \"%s\"", s);
	memcpy(text, s, (size_t)(slash - s));
	text[slash - s] = '\0';
	if (!read_ip(text, &cidr.ip))
		return err_set(e, EINVAL, NULL, "bad address \"%s\"", s);
	if (family != AF_UNSPEC && cidr.ip.family != family)
		return err_set(e, EINVAL, NULL, "is not an %s address: \"%s\"", family_name(family),
			       s);
	max = cidr.ip.family == AF_INET ? 32 : 128;
	/* No leading zeros, so that a prefix has only one spelling. */
	if (!parse_uint(slash + 1, 0, max, &prefix) || (slash[1] == '0' && slash[2]))
		return err_set(e, EINVAL, NULL, "bad prefix length, not 0 to %u \"%s\"", max, s);
	cidr.prefix = (unsigned)prefix;
	*ret = cidr;
	return 0;
}

const char *ip_format(const struct ip *ip, char text[IP_TEXT_MAX])
{
	if (ip->family == AF_UNSPEC || !inet_ntop(ip->family, ip->byte, text, IP_TEXT_MAX))
		text[0] = '\0';
	return text;
}

const char *netmask_format(unsigned prefix, char text[IP_TEXT_MAX])
{
	uint32_t mask = prefix == 0 ? 0 : prefix >= 32 ? UINT32_MAX : ~(UINT32_MAX >> prefix);

	snprintf(text, IP_TEXT_MAX, "%u.%u.%u.%u", mask >> 24, mask >> 16 & 255, mask >> 8 & 255,
		 mask & 255);
	return text;
}

bool ip_is_link_local(const struct ip *ip)
{
	if (ip->family == AF_INET6)
		return ip->byte[0] == 0xfe && (ip->byte[1] & 0xc0) == 0x80;
	return ip->family == AF_INET && ip->byte[0] == 169 && ip->byte[1] == 254;
}

bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->family == b->family && (a->family == AF_UNSPEC ||
		memcmp(a->byte, b->byte, a->family == AF_INET ? 4 : 16) == 0);
}

struct ip cidr_network(const struct cidr *cidr)
{
	struct ip ip = cidr->ip;

	for (unsigned i = 0; i < sizeof ip.byte; i++)
		if (8 * i >= cidr->prefix)
			ip.byte[i] = 0;
		else if (8 * i + 8 > cidr->prefix)
			ip.byte[i] &= (unsigned char)(0xff00 >> cidr->prefix % 8);
	return ip;
}

bool cidr_contains(const struct cidr *net, const struct ip *ip)
{
	unsigned whole = net->prefix / 8, rest = net->prefix % 8;
	unsigned char mask = (unsigned char)(0xff00 >> rest);

	if (net->ip.family != ip->family || ip->family == AF_UNSPEC)
		return false;
	if (memcmp(net->ip.byte, ip->byte, whole) != 0)
		return false;
	return rest == 0 || ((net->ip.byte[whole] ^ ip->byte[whole]) & mask) == 0;
}

static unsigned hex_value(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a' + 10);
}

bool hwaddr_valid(const char *s)
{
	bool zero = true;

	for (unsigned i = 0; i < 17; i++) {
		if (i % 3 == 2 ? s[i] != ':' : !isxdigit((unsigned char)s[i]))
			return false;
		zero = zero && (i % 3 == 2 || s[i] == '0');
	}
	/* The lowest bit of the first byte marks a group address (IEEE 802). */
	return !s[17] && !zero && (hex_value(s[1]) & 1) == 0;
}

struct ip ip_link_local_of(const char *hwaddr)
{
	struct ip ip = { AF_INET6, { 0xfe, 0x80, [11] = 0xff, [12] = 0xfe } };

	for (size_t i = 0; i < 3; i++) {
		ip.byte[8 + i] = (unsigned char)strtoul(hwaddr + 3 * i, NULL, 16);
		ip.byte[13 + i] = (unsigned char)strtoul(hwaddr + 3 * (3 + i), NULL, 16);
	}
	ip.byte[8] ^= 2;
	return ip;
}
