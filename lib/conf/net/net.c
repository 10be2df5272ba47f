/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Parses the networks of a config.  In the format of 2015, lxc.network.type opens a network, the
 * lines behind it belong to it, and lxc.network.veth.pair has N of netN.  In the format of LXC 3,
 * the key has the number, and pve.network lines belong to the network of the last lxc.net line.
 */
#include "lib/conf/conf-internal.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/hostinfo.h"

#define NO_INDEX UINT_MAX
#define MAX_NETS (2 * CONF_MAX_NETS) /* in the file: some may be empty */

/* Sub-keys of liblxc that pct does not use and only passes on. */
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

/* NULL: too many networks. */
static struct net_lines *net_open(struct conf_file *f, const struct line *line, unsigned lxc3_index,
				  struct err *e)
{
	struct net_lines *n;

	if (f->n_nets == MAX_NETS) {
		err_set(e, EINVAL, NULL, "too many networks: at most %d",
			CONF_MAX_NETS);
		return NULL;
	}
	f->nets = array_grow(f->nets, f->n_nets, sizeof *f->nets);
	n = &f->nets[f->n_nets++];
	*n = (struct net_lines){ .lxc3_index = lxc3_index,
				 .first = (unsigned)(line - f->lines) + 1 };
	n->net.index = NO_INDEX;
	return n;
}

/* The network of a line, by its key; *ret_sub is the part behind lxc.net.N. */
static int net_of(struct conf_file *f, const struct line *line, const char **ret_sub,
		  struct err *e)
{
	const char *sub = str_after(line->spelt, "lxc.net.");
	char number[4] = "";
	uint64_t n;

	if (!sub) {
		sub = line->spelt + strlen("lxc.network.");
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
 * pve.network lines belong to the network above them.  With LXC 3 keys, that is the network of the
 * last lxc.net line, which need not be the one opened last.
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
	const struct conf_net_word *word;
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
	word = conf_net_word_find(sub);
	if (word && *word->prefix != *line->spelt)
		word = NULL;
	if (!word) {
		if (*line->spelt == 'l' && is_foreign_key(line->name))
			return 0;
		err_set(e, EINVAL, NULL, "unknown network key%s",
			str_eq(sub, "link") ? "; the key of the bridge is pve.network.bridge" : "");
		return conf_line_err(f, number, line->spelt, e);
	}
	if (!word->many && n->seen & 1u << (word - conf_net_words)) {
		err_set(e, EINVAL, NULL, "given twice for one network");
		return conf_line_err(f, number, line->spelt, e);
	}
	n->seen |= 1u << (word - conf_net_words);
	r = word->read(word, f, n, line->value, e);
	return r < 0 ? conf_line_err(f, number, line->spelt, e) : 0;
}

static int compare_nets(const void *a, const void *b)
{
	const struct net *x = a, *y = b;

	return (x->index > y->index) - (x->index < y->index);
}

/* Make e an error about the network's line with this sub-key. */
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

/*
 * A network without hardware address has the same one at each start, so a start need not write the
 * config.  It is locally administered and unicast, and differs from that of the same netN of a
 * container with this number on another host.
 */
static char *derive_hwaddr(struct conf_file *f, unsigned index)
{
	autofree char *node = hostinfo_node();
	autofree char *seed = xasprintf("%s/%u/net%u", node ? node : "", f->ctid, index);
	uint64_t hash = hash_text(seed, strlen(seed));
	autobuf text = BUF_INIT;

	buf_addf(&text, "%02X", (unsigned)(hash >> 40 & 0xfc) | 2);
	for (int shift = 32; shift >= 0; shift -= 8)
		buf_addf(&text, ":%02X", (unsigned)(hash >> shift & 0xff));
	return conf_strndup(f, text.s, text.len);
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
		err_set(e, EINVAL, NULL, "lxc.network.veth.pair is missing, which contains N of "
			"netN");
		return conf_line_err(f, n->first, f->lines[n->first - 1].spelt, e);
	}
	if (conf_net_addresses_check(&n->net, &sub, e) < 0)
		return net_line_err(f, n, sub, e);
	if (!n->net.name) {
		n->net.name = conf_alloc(f, IFNAMSIZ);
		snprintf(n->net.name, IFNAMSIZ, "eth%u", n->net.index);
	}
	if (!n->net.hwaddr && f->ctid)
		n->net.hwaddr = derive_hwaddr(f, n->net.index);
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
				err_set(e, EINVAL, NULL, "net%u is given twice", new->index);
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
