/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/check/clashes.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"

/* One address of one network. */
struct claim {
	char text[IP_TEXT_MAX]; /* canonical form, so that equal addresses have equal text */
	const char *key;        /* "hwaddr", "ip", "ip6" */
	unsigned ctid, net;
};

struct clashes {
	struct claim *v;
	size_t n;
	bool sorted;
};

struct clashes *clashes_new(void)
{
	return xcalloc(1, sizeof(struct clashes));
}

void clashes_free(struct clashes *c)
{
	if (c)
		free(c->v);
	free(c);
}

static struct claim *add(struct clashes *c, const struct conf *conf, const struct net *net,
			 const char *key)
{
	c->v = array_grow(c->v, c->n, sizeof *c->v);
	c->v[c->n] = (struct claim){ .key = key, .ctid = conf->ctid, .net = net->index };
	return &c->v[c->n++];
}

static void add_family(struct clashes *c, const struct conf *conf, const struct net *net,
		       const struct net_family *f, const char *key)
{
	for (size_t i = 0; f->method == IP_STATIC && i < f->n_addresses; i++)
		/* Link-local addresses may repeat on other links. */
		if (!ip_is_link_local(&f->address[i].ip))
			ip_format(&f->address[i].ip, add(c, conf, net, key)->text);
}

static void add_net(struct clashes *c, const struct conf *conf, const struct net *net)
{
	if (net->hwaddr) {
		struct claim *claim = add(c, conf, net, "hwaddr");

		for (size_t i = 0; i < sizeof claim->text - 1 && net->hwaddr[i]; i++)
			claim->text[i] = (char)(net->hwaddr[i] & ~(net->hwaddr[i] >= 'a' ? 32 : 0));
	}
	add_family(c, conf, net, &net->ip4, "ip");
	add_family(c, conf, net, &net->ip6, "ip6");
}

void clashes_add(struct clashes *c, const struct conf *conf)
{
	c->sorted = false;
	for (size_t i = 0; i < conf->n_nets; i++)
		add_net(c, conf, &conf->nets[i]);
}

static int compare(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	return strcmp(x->text, y->text);
}

static bool is_other(const struct claim *a, const struct claim *b)
{
	return a->ctid != b->ctid || a->net != b->net;
}

static void note(const struct claim *mine, const struct claim *other, struct conf_findings *to)
{
	autofree char *key = xasprintf("net%u: %s", mine->net, mine->key);

	if (mine->ctid == other->ctid)
		conf_findings_add(to, 0, false, key, "net%u also has %s", other->net, mine->text);
	else
		conf_findings_add(to, 0, false, key, "container %u (net%u) also has %s",
				  other->ctid, other->net, mine->text);
}

/* Reports only the first other network with this address. */
static void find_one(const struct clashes *c, const struct claim *mine, struct conf_findings *to)
{
	const struct claim *at =
		c->v ? bsearch(mine, c->v, c->n, sizeof *c->v, compare) : NULL;

	while (at && at > c->v && str_eq(at[-1].text, mine->text))
		at--;
	for (; at && at < c->v + c->n && str_eq(at->text, mine->text); at++)
		if (is_other(mine, at)) {
			note(mine, at, to);
			return;
		}
}

void clashes_find(struct clashes *c, const struct conf *conf, struct conf_findings *to)
{
	struct clashes own = { 0 };

	if (c->n && !c->sorted)
		qsort(c->v, c->n, sizeof *c->v, compare);
	c->sorted = true;
	clashes_add(&own, conf);
	for (size_t i = 0; i < own.n && c->n; i++)
		find_one(c, &own.v[i], to);
	free(own.v);
}

/* ---- one container against all others ---- */

static bool family_is_same(const struct net_family *a, const struct net_family *b)
{
	if (a->method != b->method || a->n_addresses != b->n_addresses)
		return false;
	for (size_t i = 0; i < a->n_addresses; i++)
		if (!ip_equal(&a->address[i].ip, &b->address[i].ip))
			return false;
	return true;
}

static bool has_same(const struct conf *old, const struct net *net)
{
	for (size_t i = 0; old && i < old->n_nets; i++) {
		const struct net *was = &old->nets[i];

		if (was->index == net->index)
			return str_eq(was->hwaddr, net->hwaddr) &&
			       family_is_same(&was->ip4, &net->ip4) &&
			       family_is_same(&was->ip6, &net->ip6);
	}
	return false;
}

/*
 * Cheap filter before parsing.  An IPv6 address has many spellings, so a changed one makes each
 * config with IPv6 a candidate.
 */
static bool may_clash(const char *config, const struct clashes *changed)
{
	for (size_t i = 0; i < changed->n; i++)
		if (strcasestr(config, str_eq(changed->v[i].key, "ip6") ? "ip6" :
							      changed->v[i].text))
			return true;
	return false;
}

static void add_others(struct clashes *c, const struct clashes *changed, unsigned ctid)
{
	struct store_list all;

	store()->list(NULL, &all, NULL);
	for (size_t i = 0; i < all.n; i++) {
		autofree char *text = NULL;
		struct conf_file *f = NULL;
		size_t len;

		if (all.v[i].ctid != ctid &&
		    file_read(all.v[i].path, CONF_MAX_SIZE, &text, &len, NULL) == 0 &&
		    may_clash(text, changed) &&
		    conf_parse(text, len, "", all.v[i].ctid, &f, NULL) == 0)
			clashes_add(c, conf_values(f));
		conf_free(f);
	}
	store_list_done(&all);
}

void clashes_note(struct ct *ct, const struct conf *old, const struct conf *new)
{
	struct clashes changed = { 0 }, all = { 0 };
	struct conf_findings findings = { 0 };

	for (size_t i = 0; i < new->n_nets; i++)
		if (!has_same(old, &new->nets[i]))
			add_net(&changed, new, &new->nets[i]);
	if (changed.n == 0)
		return;
	clashes_add(&all, new);
	add_others(&all, &changed, new->ctid);
	if (all.v)
		qsort(all.v, all.n, sizeof *all.v, compare);
	for (size_t i = 0; i < changed.n; i++)
		find_one(&all, &changed.v[i], &findings);
	for (size_t i = 0; i < findings.n; i++)
		ct_note(ct, "%s: %s", findings.v[i].key, findings.v[i].text);
	conf_findings_done(&findings);
	free(changed.v);
	free(all.v);
}
