/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads network config version 2.  The words of netN read each value, and print the value of a
 * netN, which conf_set() takes.  What a netN cannot express is an error.
 */
#include "lib/conf/net/network-config.h"

#include <errno.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"
#include "lib/conf/net/ydoc.h"

typedef struct yaml_node_s node;

struct reader {
	struct ydoc y;
	struct conf_file *f;
	unsigned n_nets;
	struct net_lines net; /* the interface that is read */
	const char *option;   /* a list that is read for this option, and its entries so far */
	struct buf list;
};

enum { MATCH, SET_NAME, DHCP4, DHCP6, ACCEPT_RA, TOKEN, ADDRESSES, GATEWAY4, GATEWAY6, ROUTES,
       NAMESERVERS, MTU, KEYS };
const struct network_config_key network_config_keys[] = {
	[MATCH] = { "match", "macaddress becomes hwaddr, and needs set-name; or name, without "
			     "wildcards" },
	[SET_NAME] = { "set-name", "name. setup renames nothing: the interface must have this "
				   "name when the container boots" },
	[DHCP4] = { "dhcp4", "true: ip=dhcp" },
	[DHCP6] = { "dhcp6", "true: ip6=dhcp" },
	[ACCEPT_RA] = { "accept-ra", "true: ip6=auto, or ip6=dhcp with dhcp6; without it and "
				     "dhcp6, router advertisements are ignored" },
	[TOKEN] = { "ipv6-address-token", "token of ip6=auto" },
	[ADDRESSES] = { "addresses", "ip and ip6" },
	[GATEWAY4] = { "gateway4", "gw" },
	[GATEWAY6] = { "gateway6", "gw6" },
	[ROUTES] = { "routes", "with to, via, on-link, and scope if it is link. A route to default "
			       "becomes gw or gw6, another one becomes route. A gateway outside "
			       "the subnets is always on-link" },
	[NAMESERVERS] = { "nameservers", "addresses and search: nameserver and searchdomain. They "
					 "must be equal for all interfaces that have them" },
	[MTU] = { "mtu", "mtu" },
	[KEYS] = { 0 },
};

/* ---- an interface ---- */

/* The word of netN reads the text, which it may keep. */
static int read_text(struct reader *r, const char *word, char *text, const node *at, struct err *e)
{
	const struct conf_net_word *w = conf_net_word_find(word);

	return w->read(w, r->f, &r->net, text, e) < 0 ? ydoc_blame(&r->y, at, e) : 0;
}

/* value NULL: the key is missing. */
static int read_word(struct reader *r, const char *word, const node *value, struct err *e)
{
	char *text;
	int n = value ? ydoc_word(&r->y, value, &text, e) : 0;

	return n < 0 || !value ? n : read_text(r, word, text, value, e);
}

/* id is the key of the interface, and its name unless another key tells it. */
static int take_name(struct reader *r, node *id, node *const v[], struct err *e)
{
	static const char *const names[] = { "macaddress", "name" };
	node *match[ARRAY_SIZE(names)] = { 0 };
	int n;

	r->y.key = "match";
	n = ydoc_keys(&r->y, v[MATCH], names, ARRAY_SIZE(names), match, e);
	if (n < 0)
		return n;
	if (v[MATCH] && !match[1] && !v[SET_NAME])
		return ydoc_fail(&r->y, v[MATCH], e, "does not say the name of the interface, nor "
				 "does set-name");
	if (match[1] && v[SET_NAME])
		return ydoc_fail(&r->y, match[1], e, "setup cannot rename an interface");
	n = read_word(r, "hwaddr", match[0], e);
	if (n == 0 && match[1])
		return read_word(r, "name", match[1], e);
	r->y.key = v[SET_NAME] ? "set-name" : NULL;
	return n < 0 ? n : read_word(r, "name", v[SET_NAME] ? v[SET_NAME] : id, e);
}

static int take_address(void *arg, node *item, struct err *e)
{
	struct reader *r = arg;
	char *text;
	int n = ydoc_word(&r->y, item, &text, e);

	return n < 0 ? n : read_text(r, strchr(text, ':') ? "ip6" : "ip", text, item, e);
}

/* In netN, a family has addresses, or another method. */
static int take_method(struct reader *r, const char *word, const char *method, const node *at,
		       struct err *e)
{
	bool is_ip6 = str_eq(word, "ip6");
	autofree char *text = xstrdup(method);

	if ((is_ip6 ? r->net.net.ip6 : r->net.net.ip4).method == IP_STATIC)
		return ydoc_fail(&r->y, at, e, "cannot be combined with IPv%d addresses",
				 is_ip6 ? 6 : 4);
	return read_text(r, word, text, at, e);
}

static int take_token(struct reader *r, const node *value, struct err *e)
{
	autofree char *method = NULL;
	char *token;
	int n;

	if (!value)
		return 0;
	if (r->net.net.ip6.method != IP_AUTO)
		return ydoc_fail(&r->y, value, e, "needs accept-ra: true, without dhcp6");
	n = ydoc_word(&r->y, value, &token, e);
	if (n < 0)
		return n;
	method = xasprintf("auto,token=%s", token);
	return read_text(r, "ip6", method, value, e);
}

static int take_ip6(struct reader *r, node *const v[], struct err *e)
{
	bool dhcp6, ra;
	int n;

	r->y.key = "dhcp6";
	n = ydoc_bool(&r->y, v[DHCP6], &dhcp6, e);
	if (n == 0 && dhcp6)
		n = take_method(r, "ip6", "dhcp", v[DHCP6], e);
	r->y.key = "accept-ra";
	if (n == 0)
		n = ydoc_bool(&r->y, v[ACCEPT_RA], &ra, e);
	if (n < 0)
		return n;
	if (dhcp6 && v[ACCEPT_RA] && !ra)
		return ydoc_fail(&r->y, v[ACCEPT_RA], e, "cannot be false with dhcp6: true");
	if (!dhcp6 && ra)
		n = take_method(r, "ip6", "auto", v[ACCEPT_RA], e);
	r->y.key = "ipv6-address-token";
	return n < 0 ? n : take_token(r, v[TOKEN], e);
}

static int take_addresses(struct reader *r, node *const v[], struct err *e)
{
	bool dhcp4;
	int n;

	r->y.key = "addresses";
	n = ydoc_list(&r->y, v[ADDRESSES], take_address, r, e);
	r->y.key = "dhcp4";
	if (n == 0)
		n = ydoc_bool(&r->y, v[DHCP4], &dhcp4, e);
	if (n == 0 && dhcp4)
		n = take_method(r, "ip", "dhcp", v[DHCP4], e);
	return n < 0 ? n : take_ip6(r, v, e);
}

/* netN has one gateway for each family, and uses it only with addresses. */
static int take_gateway(struct reader *r, bool is_ip6, const node *value, struct err *e)
{
	const struct net_family *f = is_ip6 ? &r->net.net.ip6 : &r->net.net.ip4;

	if (!value)
		return 0;
	if (f->gateway.family != AF_UNSPEC)
		return ydoc_fail(&r->y, value, e, "is a second default route");
	if (f->method != IP_STATIC)
		return ydoc_fail(&r->y, value, e, "a default route needs an IPv%d address",
				 is_ip6 ? 6 : 4);
	return read_word(r, is_ip6 ? "gw6" : "gw", value, e);
}

static bool is_default(const char *to)
{
	return str_eq(to, "default") || str_eq(to, "0.0.0.0/0") || str_eq(to, "::/0");
}

enum { TO, VIA, SCOPE, ON_LINK };

/* via NULL: the destination is on the link. */
static int add_route(struct reader *r, node *const v[], const char *to, const char *via,
		     struct err *e)
{
	autofree char *text = xasprintf("%s%s%s", to, via ? " via " : "", via ? via : "");

	if (via && is_default(to))
		return take_gateway(r, strchr(*to == 'd' ? via : to, ':'), v[VIA], e);
	return read_text(r, "route", text, v[TO], e);
}

static int take_route(void *arg, node *item, struct err *e)
{
	static const char *const names[] = { "to", "via", "scope", "on-link" };
	node *v[ARRAY_SIZE(names)] = { 0 };
	char *to, *via = NULL, *scope = NULL;
	struct reader *r = arg;
	bool ignored;
	int n = ydoc_keys(&r->y, item, names, ARRAY_SIZE(names), v, e);

	if (n == 0 && !v[TO])
		return ydoc_fail(&r->y, item, e, "a route has no \"to\"");
	if (n == 0)
		n = ydoc_word(&r->y, v[TO], &to, e);
	if (n == 0 && v[VIA])
		n = ydoc_word(&r->y, v[VIA], &via, e);
	if (n == 0 && v[SCOPE])
		n = ydoc_word(&r->y, v[SCOPE], &scope, e);
	if (n == 0)
		n = ydoc_bool(&r->y, v[ON_LINK], &ignored, e);
	if (n < 0)
		return n;
	if (scope && !str_eq(scope, "link"))
		return ydoc_fail(&r->y, v[SCOPE], e, "a scope can only be link");
	if (!via == !scope)
		return ydoc_fail(&r->y, item, e, "a route needs either \"via\" or scope: link");
	return add_route(r, v, to, via, e);
}

/*
 * Each entry is set behind the previous ones, so that an error names its line.  A link-local name
 * server is on the interface that it is listed for.
 */
static int take_entry(void *arg, node *item, struct err *e)
{
	struct reader *r = arg;
	struct ip ip;
	char *text;
	int n = ydoc_word(&r->y, item, &text, e);

	if (n < 0)
		return n;
	buf_addf(&r->list, "%s%s", r->list.len ? " " : "", text);
	if (ip_parse(text, AF_INET6, &ip, NULL) == 0 && ip_is_link_local(&ip))
		buf_addf(&r->list, "%%%s", r->net.net.name);
	return conf_set(r->f, r->option, r->list.s, e) < 0 ? ydoc_blame(&r->y, item, e) : 0;
}

static int take_option(struct reader *r, const char *option, node *list, struct err *e)
{
	autofree char *before = conf_get(r->f, option), *now = NULL;
	int n;

	r->option = option;
	buf_clear(&r->list);
	n = ydoc_list(&r->y, list, take_entry, r, e);
	now = conf_get(r->f, option);
	if (n == 0 && before && !str_eq(before, now))
		n = ydoc_fail(&r->y, list, e, "differs from that of another interface; a container "
			      "has one list");
	return n;
}

static int take_nameservers(struct reader *r, node *value, struct err *e)
{
	static const char *const names[] = { "addresses", "search" };
	node *v[ARRAY_SIZE(names)] = { 0 };
	int n = ydoc_keys(&r->y, value, names, ARRAY_SIZE(names), v, e);

	if (n == 0)
		n = take_option(r, "nameserver", v[0], e);
	return n < 0 ? n : take_option(r, "searchdomain", v[1], e);
}

/* netplan takes up an interface without addresses, and so does ip=manual. */
static int set_net(struct reader *r, const node *id, struct err *e)
{
	autofree char *option = xasprintf("net%u", r->n_nets++);
	struct net *net = &r->net.net;
	autobuf value = BUF_INIT;

	if (!net_is_configured(net))
		net->ip4.method = IP_MANUAL;
	for (const struct conf_net_word *w = conf_net_words; w->name; w++) {
		autofree char *text = conf_net_word_text(w, net);

		if (text)
			buf_addf(&value, "%s%s=%s", value.len ? "," : "", w->name, text);
	}
	r->y.key = NULL;
	return conf_set(r->f, option, buf_str(&value), e) < 0 ? ydoc_blame(&r->y, id, e) : 0;
}

static int take_rest(struct reader *r, node *const v[], struct err *e)
{
	int n;

	r->y.key = "gateway4";
	n = take_gateway(r, false, v[GATEWAY4], e);
	r->y.key = "gateway6";
	if (n == 0)
		n = take_gateway(r, true, v[GATEWAY6], e);
	r->y.key = "routes";
	if (n == 0)
		n = ydoc_list(&r->y, v[ROUTES], take_route, r, e);
	r->y.key = "mtu";
	if (n == 0)
		n = read_word(r, "mtu", v[MTU], e);
	r->y.key = "nameservers";
	return n < 0 ? n : take_nameservers(r, v[NAMESERVERS], e);
}

static int take_interface(void *arg, node *id, node *value, struct err *e)
{
	const char *names[KEYS];
	node *v[KEYS] = { 0 };
	struct reader *r = arg;
	int n;

	for (size_t i = 0; i < KEYS; i++)
		names[i] = network_config_keys[i].name;
	r->net = (struct net_lines){ 0 };
	r->y.key = NULL;
	n = ydoc_keys(&r->y, value, names, KEYS, v, e);
	if (n == 0)
		n = take_name(r, id, v, e);
	if (n == 0)
		n = take_addresses(r, v, e);
	if (n == 0)
		n = take_rest(r, v, e);
	return n < 0 ? n : set_net(r, id, e);
}

/* ---- the document ---- */

enum { VERSION, ETHERNETS, CONFIG, NETWORK };
static const char *const top_names[] = { "version", "ethernets", "config", "network" };

static int check_version(struct reader *r, const node *at, node *const v[], struct err *e)
{
	char *version;
	int n;

	r->y.key = "version";
	if (!v[VERSION])
		return ydoc_fail(&r->y, at, e, "is missing; it must be 2");
	n = ydoc_word(&r->y, v[VERSION], &version, e);
	if (n < 0 || str_eq(version, "2"))
		return n;
	ydoc_fail(&r->y, v[VERSION], e, "is %.100s, but pct reads only version 2", version);
	return err_remedy(e, "write the networks in version 2, netplan's format, or as --netN");
}

static int take_network(struct reader *r, const node *at, node *const v[], struct err *e)
{
	int n = check_version(r, at, v, e);

	if (n < 0)
		return n;
	/* Only version 1 has it. */
	r->y.key = "config";
	if (v[CONFIG])
		return ydoc_fail(&r->y, v[CONFIG], e, "is not supported");
	r->y.key = "ethernets";
	return v[ETHERNETS] ? ydoc_pairs(&r->y, v[ETHERNETS], take_interface, r, e)
			    : ydoc_fail(&r->y, at, e, "is missing");
}

/* netplan's files have the key "network" around all others; cloud-init's may have it. */
static int take_document(struct reader *r, struct err *e)
{
	node *v[ARRAY_SIZE(top_names)] = { 0 }, *inner[NETWORK] = { 0 }, *root = ydoc_root(&r->y);
	int n;

	if (!root)
		return err_set(e, EINVAL, r->y.name, "is empty");
	n = ydoc_keys(&r->y, root, top_names, ARRAY_SIZE(top_names), v, e);
	if (n < 0 || !v[NETWORK])
		return n < 0 ? n : take_network(r, root, v, e);
	r->y.key = "network";
	if (v[VERSION] || v[ETHERNETS] || v[CONFIG])
		return ydoc_fail(&r->y, v[NETWORK], e, "has keys beside it that belong into it");
	n = ydoc_keys(&r->y, v[NETWORK], top_names, NETWORK, inner, e);
	return n < 0 ? n : take_network(r, v[NETWORK], inner, e);
}

int network_config_parse(const char *text, size_t len, const char *name, struct conf_file *f,
			 struct err *e)
{
	struct reader r = { .f = f };
	int n;

	if (len > NETWORK_CONFIG_MAX)
		return err_set(e, EFBIG, name, "is larger than %d bytes", NETWORK_CONFIG_MAX);
	n = ydoc_open(text, len, name, &r.y, e);
	if (n == 0)
		n = take_document(&r, e);
	ydoc_close(&r.y);
	buf_done(&r.list);
	return n;
}

int network_config_load(const char *path, struct conf_file *f, struct err *e)
{
	autofree char *text = NULL;
	size_t len;
	int n = file_read(path, NETWORK_CONFIG_MAX, &text, &len, e);

	return n < 0 ? n : network_config_parse(text, len, path, f, e);
}
