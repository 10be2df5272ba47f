/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Converts netN between the command line, "name=eth0,bridge=vmbr0,...", and the file's lines. */
#include "lib/conf/conf-internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/suggest.h"
#include "lib/base/util.h"
#include "lib/conf/net/ifname.h"

struct spec {
	char *value[CONF_NET_WORDS]; /* by row of conf_net_words[]; NULL: not given */
	char *token;                 /* becomes part of the value of ip6 */
	struct net_lines read;       /* the parsed values */
};

static void spec_done(struct spec *s)
{
	for (size_t i = 0; i < CONF_NET_WORDS; i++)
		free(s->value[i]);
	free(s->token);
}

static size_t row_of(const char *name)
{
	return (size_t)(conf_net_word_find(name) - conf_net_words);
}

static void spec_put(struct spec *s, const char *sub, char *value)
{
	char **slot = &s->value[row_of(sub)];

	free(*slot);
	*slot = value;
}

static int unknown_word(const char *given, struct err *e)
{
	struct suggestion s = { .given = given };

	for (const struct conf_net_word *w = conf_net_words; w->name; w++)
		if (!w->in_file_only)
			suggestion_offer(&s, w->name);
	err_set(e, EINVAL, NULL, "unknown key \"%s\"", given);
	return s.best ? err_remedy(e, "did you mean %s?", s.best) : -EINVAL;
}

/* Store "NAME=VALUE"; spec_read() parses the value. */
static int spec_add(struct spec *s, const char *part, struct err *e)
{
	const char *equals = strchr(part, '='), *token = str_after(part, "token=");
	autofree char *name = xstrndup(part, strcspn(part, "="));
	const struct conf_net_word *word = conf_net_word_find(name);
	char **slot = &s->token;

	if (!equals)
		return err_set(e, EINVAL, NULL, "is not KEY=VALUE: \"%s\"", part);
	if (!token && (!word || word->in_file_only))
		return unknown_word(name, e);
	if (!token)
		slot = &s->value[word - conf_net_words];
	if (*slot)
		return err_set(e, EINVAL, NULL, "%s is given twice", name);
	*slot = xstrdup(equals + 1);
	if (str_eq(name, "type") && !str_eq(*slot, "veth"))
		return err_set(e, EINVAL, NULL, "type: is not veth: \"%s\"", *slot);
	return 0;
}

/* Drop a value that equals the default, however it is spelt. */
static int spec_read(struct conf_file *f, struct spec *s, const struct conf_net_word *word,
		     struct err *e)
{
	char **slot = &s->value[word - conf_net_words];
	autofree char *text = NULL;
	struct err why;
	int r;

	if (!*slot)
		return 0;
	r = word->read(word, f, &s->read, *slot, &why);
	if (r < 0)
		return err_set(e, -r, NULL, "%s: %.400s", word->name, why.cause);
	if (!word->absent)
		return 0;
	text = conf_net_word_text(word, &s->read.net);
	if (!text || word->is_flag)
		spec_put(s, word->name, steal(&text));
	return 0;
}

static int spec_parse(struct conf_file *f, struct spec *s, const char *value, struct err *e)
{
	autostrv char **parts = strv_split(value, ",");
	char **ip6 = &s->value[row_of("ip6")];
	int r = 0;

	for (char **p = parts; *p && r == 0; p++)
		r = spec_add(s, *p, e);
	/* ip6=auto,token=::5 has two words here but is one value in the file. */
	if (s->token && *ip6)
		spec_put(s, "ip6", xasprintf("%s,token=%s", *ip6, s->token));
	for (const struct conf_net_word *word = conf_net_words; word->name && r == 0; word++)
		r = spec_read(f, s, word, e);
	if (r < 0)
		return r;
	if (!s->value[row_of("name")])
		return err_set(e, EINVAL, NULL, "name is missing, as in name=eth0: \"%s\"", value);
	return s->token && !*ip6 ? err_set(e, EINVAL, NULL, "token requires ip6=auto") : 0;
}

char *conf_new_hwaddr(struct err *e)
{
	unsigned char b[6];

	if (getrandom(b, sizeof b, 0) != sizeof b) {
		err_sys(e, NULL, "get random bytes");
		return NULL;
	}
	b[0] = (unsigned char)((b[0] & 0xfc) | 2);
	return xasprintf("%02X:%02X:%02X:%02X:%02X:%02X", b[0], b[1], b[2], b[3], b[4], b[5]);
}

int conf_net_position(const struct conf_file *f, unsigned n)
{
	for (size_t i = 0; i < f->n_nets; i++)
		if (str_eq(f->nets[i].type, "veth") && f->nets[i].net.index == n)
			return (int)i;
	return -1;
}

static const struct line *find_line(const struct conf_file *f, int net, const char *sub)
{
	for (size_t i = 0; i < f->n_lines; i++)
		if (f->lines[i].net == net && !f->lines[i].in_snapshot &&
		    str_eq(f->lines[i].name, sub))
			return &f->lines[i];
	return NULL;
}

/* Add the words that the user omitted and the file needs. */
static int spec_complete(const struct conf_file *f, struct spec *s, unsigned n, struct err *e)
{
	const struct line *old = NULL;
	int net = conf_net_position(f, n);
	const char *known = net >= 0 ? f->nets[net].net.hwaddr : NULL;
	char pair[16];
	char *hwaddr;

	ifname(pair, "veth", f->ctid, n);
	if (net >= 0)
		old = find_line(f, net, "veth.pair");
	spec_put(s, "veth.pair", xstrdup(old ? old->value : pair));
	spec_put(s, "type", xstrdup("veth"));
	if (s->value[row_of("hwaddr")] || !f->ctid)
		return 0;
	hwaddr = known ? xstrdup(known) : conf_new_hwaddr(e);
	if (!hwaddr)
		return err_code(e);
	spec_put(s, "hwaddr", hwaddr);
	return 0;
}

/* The values for the lines of a key. */
static char **values_of(const struct spec *s, size_t row)
{
	char **values = NULL;

	if (!s->value[row])
		return NULL;
	if (conf_net_words[row].many)
		return strv_split(s->value[row], ";");
	strv_push(&values, s->value[row]);
	return values;
}

/* Add lines for values to network net; -1: to a new network. */
static void add_lines(struct buf *out, const struct conf_file *f, size_t row, int net,
		      char *const *values)
{
	const struct conf_net_word *word = &conf_net_words[row];

	for (; values && *values; values++) {
		const char *value = *values + strspn(*values, " \t");

		if (out->len && out->s[out->len - 1] != '\n')
			buf_add(out, f->eol);
		if (net >= 0 && *word->prefix == 'l' &&
		    str_after(f->lines[f->nets[net].first - 1].spelt, "lxc.net."))
			buf_addf(out, "lxc.net.%u.%s", f->nets[net].lxc3_index, word->name);
		else
			buf_addf(out, "%s%s", word->prefix, word->name);
		buf_addf(out, " = %s%s", value, f->eol);
	}
}

/* The line behind which a line of the word is added: the word's last, else by the table's order. */
static size_t place_in_net(const struct conf_file *f, int net, size_t row)
{
	const struct conf_net_word *wanted = &conf_net_words[row];
	size_t at = f->nets[net].first - 1;
	bool found = false;

	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];
		const struct conf_net_word *word;

		if (line->net != net || line->in_snapshot)
			continue;
		word = conf_net_word_find(line->name);
		if (word && (found ? word == wanted : word <= wanted))
			at = i;
		found = found || word == wanted;
	}
	return at;
}

/* Update a line of the network with its next value; drop it if there is none. */
static void update_line(struct buf *out, const struct line *line, char *const **values)
{
	autofree char *text = NULL;
	const char *value = **values;

	if (!value)
		return;
	value += strspn(value, " \t");
	++*values;
	text = str_eq(line->value, value) ? xstrndup(line->raw, line->raw_len) :
					    conf_line_with(line, value);
	buf_add(out, text);
}

/* Replace all lines at once: a mix of old and new values may be invalid. */
static int update_net(struct conf_file *f, int net, const struct spec *s, struct err *e)
{
	static char *const none[] = { NULL };
	char **values[CONF_NET_WORDS], *const *next[CONF_NET_WORDS];
	size_t place[CONF_NET_WORDS];
	autobuf out = BUF_INIT;
	size_t len;

	for (size_t row = 0; row < CONF_NET_WORDS; row++) {
		values[row] = values_of(s, row);
		next[row] = values[row] ? values[row] : none;
		place[row] = place_in_net(f, net, row);
	}
	/* The key lxc.net.N has the number already. */
	if (f->nets[net].lxc3_index != UINT32_MAX && !find_line(f, net, "veth.pair"))
		next[row_of("veth.pair")] = none;
	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];
		const struct conf_net_word *word = NULL;

		if (line->net == net && !line->in_snapshot)
			word = conf_net_word_find(line->name);
		if (word)
			update_line(&out, line, &next[word - conf_net_words]);
		else
			buf_addn(&out, line->raw, line->raw_len);
		for (size_t row = 0; row < CONF_NET_WORDS; row++)
			if (place[row] == i)
				add_lines(&out, f, row, net, next[row]);
	}
	for (size_t row = 0; row < CONF_NET_WORDS; row++)
		strv_free(values[row]);
	buf_str(&out);
	len = out.len;
	return conf_replace_text(f, buf_detach(&out), len, e);
}

static size_t net_end(const struct conf_file *f, int net)
{
	size_t end = 0;

	for (size_t i = 0; i < f->n_lines; i++)
		if (f->lines[i].net == net && !f->lines[i].in_snapshot)
			end = i + 1;
	return end;
}

/* Networks are sorted by number; *ret_replace lines of an "empty" network are replaced. */
static size_t place_of_net(const struct conf_file *f, unsigned n, size_t *ret_replace)
{
	int before = -1, after = -1, empty = -1;
	size_t at;

	*ret_replace = 0;
	for (size_t i = 0; i < f->n_nets; i++) {
		unsigned index = f->nets[i].net.index;

		if (str_eq(f->nets[i].type, "empty"))
			empty = (int)i;
		else if (index < n && (before < 0 || index > f->nets[before].net.index))
			before = (int)i;
		else if (index > n && (after < 0 || index < f->nets[after].net.index))
			after = (int)i;
	}
	if (before >= 0)
		return net_end(f, before);
	if (after < 0 && empty >= 0) {
		*ret_replace = 1;
		return f->nets[empty].first - 1;
	}
	if (after < 0)
		return conf_main_section_end(f);
	/* Comments above a network belong to it. */
	for (at = f->nets[after].first - 1; at > 0; at--)
		if (*f->lines[at - 1].raw != '#' ||
		    str_after(f->lines[at - 1].raw, "# network config"))
			break;
	return at;
}

static int insert_net(struct conf_file *f, unsigned n, const struct spec *s, struct err *e)
{
	autobuf out = BUF_INIT;
	size_t replace, at = place_of_net(f, n, &replace);

	if (f->n_nets == 0)
		buf_addf(&out, "# network config%s", f->eol);
	for (size_t row = 0; row < CONF_NET_WORDS; row++) {
		autostrv char **values = values_of(s, row);

		add_lines(&out, f, row, -1, values);
	}
	return conf_splice_lines(f, at, replace, buf_str(&out), e);
}

/* Remove all lines of the network, but not comments among them. */
static int remove_net(struct conf_file *f, int net, struct err *e)
{
	autobuf out = BUF_INIT;
	size_t len;

	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];

		if (line->net != net || line->in_snapshot)
			buf_addn(&out, line->raw, line->raw_len);
		else if (i + 1 == f->nets[net].first && f->values.n_nets == 1)
			buf_addf(&out, "lxc.network.type = empty%s", f->eol);
	}
	buf_str(&out);
	len = out.len;
	return conf_replace_text(f, buf_detach(&out), len, e);
}

/* Only for host-managed networks: otherwise the container still starts, with IPv4 only. */
static int check_ipv6_mtu(const struct net *net, struct err *e)
{
	if (!net->host_managed || !net->mtu || net->mtu >= NET_IPV6_MTU || !net_sets_ipv6(net))
		return 0;
	return err_set(e, EINVAL, NULL, "mtu: is less than the %d that IPv6 requires: \"%u\"; "
		       "raise it, or remove ip6 and IPv6 routes", NET_IPV6_MTU, net->mtu);
}

static int set_spec(struct conf_file *f, unsigned n, struct spec *s, const char *value,
		    struct err *e)
{
	int net = conf_net_position(f, n);
	int r;

	r = spec_parse(f, s, value, e);
	if (r == 0)
		r = check_ipv6_mtu(&s->read.net, e);
	if (r == 0)
		r = spec_complete(f, s, n, e);
	if (r < 0)
		return r;
	return net < 0 ? insert_net(f, n, s, e) : update_net(f, net, s, e);
}

int conf_net_import(struct conf_file *f, unsigned n, const char *value, struct err *e)
{
	struct spec s = { 0 };
	char pair[16];
	int r = spec_parse(f, &s, value, e);

	ifname(pair, "veth", f->ctid, n);
	spec_put(&s, "veth.pair", xstrdup(pair));
	spec_put(&s, "type", xstrdup("veth"));
	if (r == 0)
		r = insert_net(f, n, &s, e);
	spec_done(&s);
	return r;
}

int conf_net_set(struct conf_file *f, unsigned n, const char *value, struct err *e)
{
	struct spec s = { 0 };
	int net = conf_net_position(f, n);
	int r;

	if (!value)
		return net < 0 ? 0 : remove_net(f, net, e);
	r = set_spec(f, n, &s, value, e);
	spec_done(&s);
	return r;
}

/* Add ",SUB=VALUE" for the lines of a sub-key, if any. */
static void add_part(struct buf *out, const struct conf_file *f, int net, const char *sub)
{
	bool first = true;

	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];

		if (line->net != net || line->in_snapshot || !str_eq(line->name, sub))
			continue;
		if (first)
			buf_addf(out, ",%s=%s", sub, line->value);
		else
			buf_addf(out, ";%s", line->value);
		first = false;
	}
}

char *conf_net_get(const struct conf_file *f, unsigned n)
{
	int net = conf_net_position(f, n);
	autobuf out = BUF_INIT;

	if (net < 0)
		return NULL;
	buf_addf(&out, "name=%s", f->nets[net].net.name);
	for (const struct conf_net_word *word = conf_net_words; word->name; word++)
		if (str_eq(word->name, "hwaddr") && !find_line(f, net, "hwaddr") &&
		    f->nets[net].net.hwaddr)
			buf_addf(&out, ",hwaddr=%s", f->nets[net].net.hwaddr);
		else if (!word->in_file_only && !str_eq(word->name, "name") &&
		    !str_eq(word->name, "type"))
			add_part(&out, f, net, word->name);
	buf_add(&out, ",type=veth");
	return buf_detach(&out);
}

const struct conf_type conf_type_net = { .form = "veth|empty" };
