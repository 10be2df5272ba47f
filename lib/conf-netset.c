/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* netN as on the command line, "name=eth0,bridge=vmbr0,...", to and from the lines of the file. */
#include "lib/conf-internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "lib/buf.h"
#include "lib/err.h"
#include "lib/lower.h"
#include "lib/util.h"

#define MAX_KEYS 16

/* Values by row of conf_net_keys[]; NULL: not given. */
struct spec {
	char *value[MAX_KEYS];
};

static void spec_done(struct spec *s)
{
	for (size_t i = 0; i < MAX_KEYS; i++)
		free(s->value[i]);
}

static size_t row_of(const char *sub)
{
	return (size_t)(conf_net_key_find(sub) - conf_net_keys);
}

static void spec_put(struct spec *s, const char *sub, char *value)
{
	char **slot = &s->value[row_of(sub)];

	free(*slot);
	*slot = value;
}

static int spec_add(struct conf_file *f, struct spec *s, const char *part, struct err *e)
{
	const char *equals = strchr(part, '=');
	autofree char *sub = xstrndup(part, strcspn(part, "="));
	const struct net_key *key = conf_net_key_find(sub);
	struct net_lines scratch = { 0 };
	char **slot;
	bool flag;
	int r;

	if (!equals)
		return err_set(e, EINVAL, NULL, "is not KEY=VALUE: \"%s\"", part);
	if (!key || str_eq(sub, "veth.pair"))
		return err_set(e, EINVAL, NULL, "unknown key \"%s\"", sub);
	slot = &s->value[key - conf_net_keys];
	if (*slot)
		return err_set(e, EINVAL, NULL, "%s is given twice", sub);
	*slot = xstrdup(equals + 1);
	if (str_eq(sub, "type") && !str_eq(*slot, "veth"))
		return err_set(e, EINVAL, NULL, "type: is not veth: \"%s\"", *slot);
	r = key->read(f, &scratch, *slot, e);
	if (r < 0) {
		char cause[sizeof e->cause];

		snprintf(cause, sizeof cause, "%s", e->cause);
		return err_set(e, -r, NULL, "%s: %.400s", sub, cause);
	}
	/* Off is what absence means. */
	if ((str_eq(sub, "firewall") || str_eq(sub, "link_down") || str_eq(sub, "host-managed")) &&
	    parse_bool(*slot, &flag)) {
		free(*slot);
		*slot = flag ? xstrdup("1") : NULL;
	}
	return 0;
}

static int spec_parse(struct conf_file *f, struct spec *s, const char *value, struct err *e)
{
	autostrv char **parts = strv_split(value, ",");
	int r;

	for (char **p = parts; *p; p++) {
		r = spec_add(f, s, *p, e);
		if (r < 0)
			return r;
	}
	if (!s->value[row_of("name")])
		return err_set(e, EINVAL, NULL, "name is missing, as in name=eth0: \"%s\"", value);
	return 0;
}

/* Locally administered and unicast (IEEE 802). */
static char *random_hwaddr(struct err *e)
{
	unsigned char b[6];

	if (getrandom(b, sizeof b, 0) != sizeof b) {
		err_sys(e, NULL, "get random bytes");
		return NULL;
	}
	b[0] = (unsigned char)((b[0] & 0xfc) | 2);
	return xasprintf("%02X:%02X:%02X:%02X:%02X:%02X", b[0], b[1], b[2], b[3], b[4], b[5]);
}

static int find_net(const struct conf_file *f, unsigned n)
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

/* What the file adds to what the user gave. */
static int spec_complete(const struct conf_file *f, struct spec *s, unsigned n, struct err *e)
{
	const struct line *old = NULL;
	int net = find_net(f, n);
	char pair[16];
	char *hwaddr;

	ifname(pair, "veth", f->ctid, n);
	if (net >= 0)
		old = find_line(f, net, "veth.pair");
	spec_put(s, "veth.pair", xstrdup(old ? old->value : pair));
	spec_put(s, "type", xstrdup("veth"));
	if (s->value[row_of("hwaddr")])
		return 0;
	old = net >= 0 ? find_line(f, net, "hwaddr") : NULL;
	hwaddr = old ? xstrdup(old->value) : random_hwaddr(e);
	if (!hwaddr)
		return -e->num;
	spec_put(s, "hwaddr", hwaddr);
	return 0;
}

static void add_line(struct buf *out, const struct conf_file *f, size_t row, int net,
		     const char *value)
{
	const struct net_key *key = &conf_net_keys[row];

	if (net >= 0 && *key->prefix == 'l' && str_after(f->lines[f->nets[net].first - 1].spelt,
							   "lxc.net."))
		buf_addf(out, "lxc.net.%u.%s = %s%s", f->nets[net].lxc3_index, key->sub, value,
			 f->eol);
	else
		buf_addf(out, "%s%s = %s%s", key->prefix, key->sub, value, f->eol);
}

/* Behind the lines of this network that stand before the sub-key in the table. */
static size_t place_in_net(const struct conf_file *f, int net, size_t row)
{
	size_t at = f->nets[net].first;

	for (size_t i = 0; i < f->n_lines; i++) {
		const struct line *line = &f->lines[i];
		const struct net_key *key;

		if (line->net != net || line->in_snapshot)
			continue;
		key = conf_net_key_find(line->name);
		if (key && key - conf_net_keys < (ptrdiff_t)row)
			at = i + 1;
	}
	return at;
}

static int update_key(struct conf_file *f, unsigned n, size_t row, const char *value, struct err *e)
{
	const char *sub = conf_net_keys[row].sub;
	int net = find_net(f, n);
	const struct line *line = find_line(f, net, sub);
	autofree char *text = NULL;
	autobuf out = BUF_INIT;

	if (!line && !value)
		return 0;
	if (!line) {
		/* The number in lxc.net.N says it already. */
		if (str_eq(sub, "veth.pair") && f->nets[net].lxc3_index != UINT32_MAX)
			return 0;
		add_line(&out, f, row, net, value);
		return conf_splice(f, place_in_net(f, net, row), 0, buf_str(&out), e);
	}
	if (value && str_eq(line->value, value))
		return 0;
	text = value ? conf_line_with(line, value) : xstrdup("");
	return conf_splice(f, (size_t)(line - f->lines), 1, text, e);
}

static size_t net_end(const struct conf_file *f, int net)
{
	size_t end = 0;

	for (size_t i = 0; i < f->n_lines; i++)
		if (f->lines[i].net == net && !f->lines[i].in_snapshot)
			end = i + 1;
	return end;
}

/* Networks are in order of their number; *ret_replace lines (an "empty" network) make room. */
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
		return conf_main_end(f);
	/* What is said above a network stays with it. */
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
	for (size_t row = 0; row < conf_n_net_keys; row++)
		if (s->value[row])
			add_line(&out, f, row, -1, s->value[row]);
	return conf_splice(f, at, replace, buf_str(&out), e);
}

/* All its lines go; comments among them stay. */
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

static int set_spec(struct conf_file *f, unsigned n, struct spec *s, const char *value,
		    struct err *e)
{
	int r;

	r = spec_parse(f, s, value, e);
	if (r == 0)
		r = spec_complete(f, s, n, e);
	if (r < 0)
		return r;
	if (find_net(f, n) < 0)
		return insert_net(f, n, s, e);
	for (size_t row = 0; row < conf_n_net_keys && r == 0; row++)
		r = update_key(f, n, row, s->value[row], e);
	return r;
}

int conf_net_set(struct conf_file *f, unsigned n, const char *value, struct err *e)
{
	struct spec s = { 0 };
	int net = find_net(f, n);
	int r;

	if (!value)
		return net < 0 ? 0 : remove_net(f, net, e);
	r = set_spec(f, n, &s, value, e);
	spec_done(&s);
	return r;
}

char *conf_net_get(const struct conf_file *f, unsigned n)
{
	int net = find_net(f, n);
	autobuf out = BUF_INIT;

	if (net < 0)
		return NULL;
	buf_addf(&out, "name=%s", f->nets[net].net.name);
	for (size_t row = 1; row < conf_n_net_keys; row++) {
		const char *sub = conf_net_keys[row].sub;
		const struct line *line = find_line(f, net, sub);

		if (line && !str_eq(sub, "name") && !str_eq(sub, "veth.pair"))
			buf_addf(&out, ",%s=%s", sub, line->value);
	}
	buf_add(&out, ",type=veth");
	return buf_detach(&out);
}

const struct conf_type conf_type_net = { 0 };
