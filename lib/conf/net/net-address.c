/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parses and checks addresses, gateways and routes of a network. */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

static int bad(struct err *e, const char *what, const char *value)
{
	return err_set(e, EINVAL, NULL, "%s \"%s\"", what, value);
}

/* Any other word is IP_STATIC. */
static enum ip_method method_of(const char *word, int af)
{
	if (str_eq(word, "dhcp"))
		return IP_DHCP;
	if (str_eq(word, "manual"))
		return IP_MANUAL;
	return af == AF_INET6 && str_eq(word, "auto") ? IP_AUTO : IP_STATIC;
}

static int address_add(struct net_family *family, int af, const char *word, struct err *e)
{
	struct cidr *address = &family->address[family->n_addresses];
	int r;

	if (method_of(word, af) != IP_STATIC)
		return bad(e, "cannot be combined with addresses:", word);
	if (family->n_addresses == CONF_MAX_ADDRESSES)
		return err_set(e, EINVAL, NULL, "more than %d addresses", CONF_MAX_ADDRESSES);
	r = cidr_parse(word, af, address, e);
	if (r < 0)
		return r;
	if (address->prefix < 8)
		return bad(e, "prefix is shorter than 8 bits:", word);
	for (size_t i = 0; i < family->n_addresses; i++)
		if (ip_equal(&family->address[i].ip, &address->ip))
			return bad(e, "address is given twice:", word);
	family->n_addresses++;
	return 0;
}

/* Parse one of the words, or addresses separated by ';'. */
static int family_read(struct net_family *family, int af, const char *value, struct err *e)
{
	autostrv char **words = strv_split(value, "; \t");
	int r = 0;

	family->method = method_of(value, af);
	if (family->method != IP_STATIC)
		return 0;
	if (!*words)
		return bad(e, "bad address", value);
	for (char **word = words; *word && r == 0; word++)
		r = address_add(family, af, *word, e);
	return r;
}

/* Parse the lower half of an address (ip-token(8)). */
static int token_read(const char *value, struct ip *ret, struct err *e)
{
	static const unsigned char zero[8];
	int r = ip_parse(value, AF_INET6, ret, e);

	if (r < 0)
		return r;
	if (memcmp(ret->byte, zero, 8) != 0 || memcmp(ret->byte + 8, zero, 8) == 0)
		return bad(e, "token is not the lower 64 bits of an address, like ::5:", value);
	return 0;
}

static bool is_ip6(const struct conf_net_word *w)
{
	return w->field == offsetof(struct net, ip6);
}

int conf_net_ip_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e)
{
	const char *token = str_after(value, "auto,token=");

	(void)f;
	if (!is_ip6(w))
		return family_read(&n->net.ip4, AF_INET, value, e);
	if (token) {
		n->net.ip6.method = IP_AUTO;
		return token_read(token, &n->net.ip6.token, e);
	}
	if (strstr(value, ",token="))
		return bad(e, "token requires auto:", value);
	return family_read(&n->net.ip6, AF_INET6, value, e);
}

void conf_net_ip_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	static const char *const words[] = { [IP_NONE] = "", [IP_STATIC] = "", [IP_DHCP] = "dhcp",
					     [IP_AUTO] = "auto", [IP_MANUAL] = "manual" };
	const struct net_family *f = is_ip6(w) ? &net->ip6 : &net->ip4;
	char text[IP_TEXT_MAX];

	buf_add(out, words[f->method]);
	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		buf_addf(out, "%s%s/%u", i ? ";" : "", ip_format(&f->address[i].ip, text),
			 f->address[i].prefix);
	if (f->token.family != AF_UNSPEC)
		buf_addf(out, ",token=%s", ip_format(&f->token, text));
}

int conf_net_gw_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e)
{
	(void)f;
	if (is_ip6(w))
		return ip_parse(value, AF_INET6, &n->net.ip6.gateway, e);
	return ip_parse(value, AF_INET, &n->net.ip4.gateway, e);
}

void conf_net_gw_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	const struct ip *gateway = is_ip6(w) ? &net->ip6.gateway : &net->ip4.gateway;
	char text[IP_TEXT_MAX];

	if (gateway->family != AF_UNSPEC)
		buf_add(out, ip_format(gateway, text));
}

/* Parse TO/PREFIX [via GATEWAY]. */
static int route_parse(const char *text, struct net_route *route, struct err *e)
{
	autostrv char **words = strv_split(text, " \t");
	size_t n = strv_len(words);
	char network[IP_TEXT_MAX];
	struct ip ip;
	int r;

	if (n != 1 && (n != 3 || !str_eq(words[1], "via")))
		return bad(e, "is not TO/PREFIX via GATEWAY:", text);
	*route = (struct net_route){ 0 };
	r = cidr_parse(words[0], AF_UNSPEC, &route->to, e);
	if (r == 0 && n == 3)
		r = ip_parse(words[2], route->to.ip.family, &route->via, e);
	if (r < 0)
		return r;
	if (route->to.prefix == 0)
		return bad(e, "is a default route; use gw or gw6:", text);
	ip = cidr_network(&route->to);
	if (!ip_equal(&ip, &route->to.ip))
		return err_set(e, EINVAL, NULL, "%s is not a network address; use %s/%u", words[0],
			       ip_format(&ip, network), route->to.prefix);
	return 0;
}

int conf_net_route_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
			char *value, struct err *e)
{
	autostrv char **texts = strv_split(value, ";");
	struct net *net = &n->net;
	int r;

	(void)w;
	(void)f;
	if (!*texts)
		return bad(e, "is not TO/PREFIX via GATEWAY:", value);
	for (char **text = texts; *text; text++) {
		struct net_route *route = &net->route[net->n_routes];

		if (net->n_routes == CONF_MAX_ADDRESSES)
			return err_set(e, EINVAL, NULL, "more than %d routes", CONF_MAX_ADDRESSES);
		r = route_parse(*text, route, e);
		if (r < 0)
			return r;
		for (size_t i = 0; i < net->n_routes; i++)
			if (net->route[i].to.prefix == route->to.prefix &&
			    ip_equal(&net->route[i].to.ip, &route->to.ip))
				return bad(e, "destination is given twice:", *text);
		net->n_routes++;
	}
	return 0;
}

void conf_net_route_print(const struct conf_net_word *w, const struct net *net, struct buf *out)
{
	char text[IP_TEXT_MAX];

	(void)w;
	for (size_t i = 0; i < net->n_routes; i++) {
		const struct net_route *route = &net->route[i];

		buf_addf(out, "%s%s/%u", i ? ";" : "", ip_format(&route->to.ip, text),
			 route->to.prefix);
		if (route->via.family != AF_UNSPEC)
			buf_addf(out, " via %s", ip_format(&route->via, text));
	}
}

const struct net *conf_net_named(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_nets; i++)
		if (str_eq(conf->nets[i].name, name))
			return &conf->nets[i];
	return NULL;
}

bool conf_has_dhcp(const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_nets; i++)
		if (conf->nets[i].ip4.method == IP_DHCP || conf->nets[i].ip6.method == IP_DHCP)
			return true;
	return false;
}

bool net_is_configured(const struct net *net)
{
	return net->ip4.method != IP_NONE || net->ip6.method != IP_NONE;
}

bool net_sets_ipv6(const struct net *net)
{
	enum ip_method method = net->ip6.method;

	for (size_t i = 0; i < net->n_routes; i++)
		if (net->route[i].to.ip.family == AF_INET6)
			return true;
	return method == IP_STATIC ||
	       (net->host_managed && (method == IP_AUTO || method == IP_DHCP));
}

bool net_has_gateway(const struct net_family *f)
{
	return f->method == IP_STATIC && f->gateway.family != AF_UNSPEC;
}

bool net_gateway_is_onlink(const struct net_family *f)
{
	if (!net_has_gateway(f))
		return false;
	if (f->gateway.family == AF_INET6 && ip_is_link_local(&f->gateway))
		return false;
	for (size_t i = 0; i < f->n_addresses; i++)
		if (cidr_contains(&f->address[i], &f->gateway))
			return false;
	return true;
}

static bool is_own(const struct net_family *f, const struct ip *ip)
{
	for (size_t i = 0; i < f->n_addresses; i++)
		if (ip_equal(&f->address[i].ip, ip))
			return true;
	return false;
}

int conf_net_addresses_check(const struct net *net, const char **ret_sub, struct err *e)
{
	const struct ip *own = NULL;
	char text[IP_TEXT_MAX];

	for (size_t i = 0; i < net->n_routes; i++)
		if (is_own(&net->ip4, &net->route[i].via) ||
		    is_own(&net->ip6, &net->route[i].via)) {
			*ret_sub = "route";
			own = &net->route[i].via;
		}
	if (is_own(&net->ip4, &net->ip4.gateway)) {
		*ret_sub = "gw";
		own = &net->ip4.gateway;
	}
	if (is_own(&net->ip6, &net->ip6.gateway)) {
		*ret_sub = "gw6";
		own = &net->ip6.gateway;
	}
	if (!own)
		return 0;
	return err_set(e, EINVAL, NULL, "the gateway %s is the container's own address",
		       ip_format(own, text));
}
