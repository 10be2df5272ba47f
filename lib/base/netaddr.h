/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* IPv4 and IPv6 addresses as text and as bytes. */
#ifndef LIB_BASE_NETADDR_H
#define LIB_BASE_NETADDR_H

#include <arpa/inet.h>
#include <stdbool.h>

struct err;

struct ip {
	int family;             /* AF_INET, AF_INET6, or AF_UNSPEC: no address */
	unsigned char byte[16]; /* network order; IPv4 uses the first four */
};

struct cidr {
	struct ip ip;
	unsigned prefix;
};

#define IP_TEXT_MAX INET6_ADDRSTRLEN

/* AF_UNSPEC accepts both families.  The error has no object: the caller adds the key. */
int ip_parse(const char *s, int family, struct ip *ret, struct err *e);
int cidr_parse(const char *s, int family, struct cidr *ret, struct err *e);

/*
 * An address that may have a zone if it is IPv6 link-local, "fe80::1%eth0" (RFC 4007).  A zone is
 * the name of an interface; without one, ret_zone is "".
 */
#define ZONE_SIZE 16 /* IFNAMSIZ */
int ip_parse_zone(const char *s, struct ip *ret, char ret_zone[ZONE_SIZE], struct err *e);

/* Write the canonical text (RFC 5952) to a buffer of IP_TEXT_MAX bytes, and return it. */
const char *ip_format(const struct ip *ip, char text[IP_TEXT_MAX]);
/* Write the IPv4 netmask of a prefix as a dotted quad, and return text. */
const char *netmask_format(unsigned prefix, char text[IP_TEXT_MAX]);

bool ip_is_link_local(const struct ip *ip); /* fe80::/10 (RFC 4291), 169.254/16 (RFC 3927) */
bool ip_equal(const struct ip *a, const struct ip *b); /* two AF_UNSPEC are equal */
bool cidr_contains(const struct cidr *net, const struct ip *ip);
/* Whether it is a network address: all bits behind the prefix are 0. */
struct ip cidr_network(const struct cidr *cidr);

/* Whether s is a unicast MAC address of 17 characters. */
bool hwaddr_valid(const char *s);

/*
 * The IPv6 link-local address that the kernel and most devices derive from a hardware address,
 * which must be valid (RFC 4291, appendix A).
 */
struct ip ip_link_local_of(const char *hwaddr);

#endif
