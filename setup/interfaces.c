/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/interfaces.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/conf.h"
#include "lib/util.h"
#include "setup/section.h"

enum line_kind {
	LINE_BLANK,
	LINE_COMMENT,
	LINE_BEGIN,   /* marker of ours */
	LINE_END,
	LINE_KEYWORD, /* begins a stanza, and ends the one before */
	LINE_OPTION,
};

/* A line, with those that a backslash joins to it. */
struct line {
	enum line_kind kind;
	char *raw;    /* without the last line feed */
	char **words; /* of keywords and options */
};

struct file {
	struct line *line;
	size_t n;
};

struct editor {
	const struct conf *conf;
	unsigned dialect;
	struct file file;
	char **autos; /* interfaces that something brings up already, or that got their "auto" */
	char **done;  /* "NAME/inet", "NAME/inet6": their stanza is written */
	struct buf out;
};

/* ---- reading ---- */

static bool is_keyword(const char *word)
{
	static const char *const words[] = { "iface", "auto", "mapping", "source", "template",
					     "rename", "source-directory", "source-dir",
					     "no-auto-down", "no-scripts" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(word, words[i]))
			return true;
	return str_after(word, "allow-");
}

static enum line_kind classify(const char *raw)
{
	const char *at = raw + strspn(raw, " \t\r");

	if (section_is_begin(at))
		return LINE_BEGIN;
	if (section_is_end(at))
		return LINE_END;
	if (*at == '#')
		return LINE_COMMENT;
	return *at ? LINE_OPTION : LINE_BLANK;
}

/* The words of a line whose continuations are joined by blanks. */
static char **split_words(const char *raw)
{
	autofree char *joined = xstrdup(raw);

	for (char *c = joined; *c; c++)
		if (c[0] == '\\' && c[1] == '\n')
			c[0] = c[1] = ' ';
	return strv_split(joined, " \t\r\n");
}

/* Comments are not continued: a backslash at their end means nothing. */
static size_t logical_length(const char *text, enum line_kind kind)
{
	size_t len = strcspn(text, "\n");

	while (kind == LINE_OPTION && len && text[len] == '\n' && text[len - 1] == '\\' &&
	       text[len + 1])
		len += 1 + strcspn(text + len + 1, "\n");
	return len;
}

static void read_file(struct file *f, const char *text)
{
	while (*text) {
		autofree char *first = xstrndup(text, strcspn(text, "\n"));
		struct line line = { .kind = classify(first) };
		size_t len = logical_length(text, line.kind);

		line.raw = xstrndup(text, len);
		text += len + (text[len] == '\n');
		if (line.kind == LINE_OPTION && !*text && str_ends_with(line.raw, "\\")) {
			/* It would join what we add to it. */
			while (len && line.raw[len - 1] == '\\')
				line.raw[--len] = '\0';
			line.kind = classify(line.raw);
		}
		if (line.kind == LINE_OPTION) {
			line.words = split_words(line.raw);
			if (line.words[0] && is_keyword(line.words[0]))
				line.kind = LINE_KEYWORD;
		}
		f->line = xrealloc(f->line, f->n + 1, sizeof *f->line);
		f->line[f->n++] = line;
	}
}

static void free_file(struct file *f)
{
	for (size_t i = 0; i < f->n; i++) {
		free(f->line[i].raw);
		strv_free(f->line[i].words);
	}
	free(f->line);
}

/* True for "iface NAME inet|inet6 METHOD ...". */
static bool is_iface(const struct line *line)
{
	return line->kind == LINE_KEYWORD && str_eq(line->words[0], "iface") &&
	       strv_len(line->words) >= 4 &&
	       (str_eq(line->words[2], "inet") || str_eq(line->words[2], "inet6"));
}

static void collect_autos(struct editor *ed)
{
	for (size_t i = 0; i < ed->file.n; i++) {
		const struct line *line = &ed->file.line[i];
		bool counts;

		if (line->kind != LINE_KEYWORD)
			continue;
		counts = str_eq(line->words[0], "auto") || str_eq(line->words[0], "allow-auto") ||
			 (str_eq(line->words[0], "allow-hotplug") &&
			  (ed->dialect & INTERFACES_HOTPLUG_IS_AUTO));
		for (char **word = line->words + 1; counts && *word; word++)
			strv_push(&ed->autos, *word);
	}
}

/* The last line of the stanza that begins at i; comments before the next stanza belong to that. */
static size_t stanza_last(const struct file *f, size_t i)
{
	size_t last = i, k;

	for (k = i + 1; k < f->n && f->line[k].kind != LINE_KEYWORD; k++)
		if (f->line[k].kind >= LINE_BEGIN)
			last = k;
	for (k = last + 1; k < f->n && f->line[k].kind == LINE_COMMENT; k++)
		;
	if (k < f->n && f->line[k].kind == LINE_KEYWORD)
		while (k > last + 1 && f->line[k - 1].raw[0] == '#')
			k--;
	return k - 1;
}

/* ---- the routes of an on-link gateway ---- */

static void add_routes(struct buf *out, const char *gw, const char *dev)
{
	buf_addf(out,
		 SECTION_BEGIN "\n"
		 "\tpost-up ip route add %s dev %s\n"
		 "\tpost-up ip route add default via %s dev %s\n"
		 "\tpre-down ip route del default via %s dev %s\n"
		 "\tpre-down ip route del %s dev %s\n" SECTION_END "\n",
		 gw, dev, gw, dev, gw, dev, gw, dev);
}

/* True for one of these four lines; *ret_gw and *ret_dev point into the words. */
static bool is_route(const struct line *line, const char **ret_gw, const char **ret_dev)
{
	char **w = line->words;
	size_t n = strv_len(w);
	bool up = n && str_eq(w[0], "post-up"), def = n == 9;

	if (line->kind != LINE_OPTION || (n != 7 && n != 9))
		return false;
	if (!(up || str_eq(w[0], "pre-down")) || !str_eq(w[1], "ip") || !str_eq(w[2], "route") ||
	    !str_eq(w[3], up ? "add" : "del") || !str_eq(w[n - 2], "dev"))
		return false;
	if (def && (!str_eq(w[4], "default") || !str_eq(w[5], "via")))
		return false;
	*ret_gw = w[n - 3];
	*ret_dev = w[n - 1];
	return true;
}

/* The predecessor's older form: just the four lines, without markers. */
static bool is_route_block(const struct file *f, size_t first, size_t last)
{
	static const size_t lengths[] = { 7, 9, 9, 7 };
	const char *gw = NULL, *dev = NULL;

	if (first + 3 > last)
		return false;
	for (size_t i = 0; i < 4; i++) {
		const struct line *line = &f->line[first + i];
		const char *g, *d;

		if (!is_route(line, &g, &d) || strv_len(line->words) != lengths[i] ||
		    !str_eq(line->words[0], i < 2 ? "post-up" : "pre-down"))
			return false;
		if (gw && (!str_eq(g, gw) || !str_eq(d, dev)))
			return false;
		gw = g;
		dev = d;
	}
	return true;
}

/* One past the section that begins at i; a torn one reaches as far as lines of ours do. */
static size_t section_after(const struct file *f, size_t i, size_t last)
{
	const char *gw, *dev;
	size_t k;

	for (k = i + 1; k <= last && f->line[k].kind != LINE_BEGIN; k++)
		if (f->line[k].kind == LINE_END)
			return k + 1;
	for (k = i + 1; k <= last && is_route(&f->line[k], &gw, &dev); k++)
		;
	return k;
}

/* Mark what is ours within a stanza's body. */
static void mark_routes(const struct file *f, size_t first, size_t last, bool *gone)
{
	const char *gw, *dev;
	bool marked = false;

	for (size_t i = first; i <= last;) {
		size_t after = i + 1, from = i;

		if (f->line[i].kind == LINE_BEGIN)
			after = section_after(f, i, last);
		else if (f->line[i].kind == LINE_END)
			while (from > first && is_route(&f->line[from - 1], &gw, &dev))
				from--;
		if (f->line[i].kind == LINE_BEGIN || f->line[i].kind == LINE_END) {
			marked = true;
			memset(gone + from, true, after - from);
		}
		i = after;
	}
	for (size_t i = first; !marked && i <= last; i++)
		if (is_route_block(f, i, last))
			memset(gone + i, true, 4);
}

/* ---- writing ---- */

static bool is_touched(const struct net *net)
{
	return net->ip4.method != IP_NONE || net->ip6.method != IP_NONE ||
	       net->ip4.gateway.family != AF_UNSPEC || net->ip6.gateway.family != AF_UNSPEC;
}

/* The network of a name, if the config gives it an address; a gateway alone is none. */
static const struct net *managed_net(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_nets; i++) {
		const struct net *net = &conf->nets[i];

		if (str_eq(net->name, name) &&
		    (net->ip4.method != IP_NONE || net->ip6.method != IP_NONE))
			return net;
	}
	return NULL;
}

static const char *method_word(const struct editor *ed, enum ip_method method, bool v6)
{
	if (v6 && (ed->dialect & INTERFACES_NO_INET6_AUTO) &&
	    (method == IP_DHCP || method == IP_AUTO))
		return "manual";
	switch (method) {
	case IP_STATIC:
		return "static";
	case IP_DHCP:
		return "dhcp";
	case IP_AUTO:
		return "auto";
	default:
		return "manual";
	}
}

static void add_address(struct editor *ed, const struct net_family *fam, const char *dev)
{
	bool v6 = fam->address[0].ip.family == AF_INET6;
	char text[IP_TEXT_MAX], mask[IP_TEXT_MAX];

	buf_addf(&ed->out, "\taddress %s", ip_format(&fam->address[0].ip, text));
	if (!(ed->dialect & INTERFACES_NETMASK))
		buf_addf(&ed->out, "/%u\n", fam->address[0].prefix);
	else if (v6)
		buf_addf(&ed->out, "\n\tnetmask %u\n", fam->address[0].prefix);
	else
		buf_addf(&ed->out, "\n\tnetmask %s\n",
			 netmask_format(fam->address[0].prefix, mask));
	if (fam->gateway.family == AF_UNSPEC)
		return;
	ip_format(&fam->gateway, text);
	if (!net_gateway_is_onlink(fam))
		buf_addf(&ed->out, "\tgateway %s\n", text);
	else
		add_routes(&ed->out, text, dev);
}

static void add_auto(struct editor *ed, const char *name)
{
	if (strv_has(ed->autos, name))
		return;
	buf_addf(&ed->out, "auto %s\n", name);
	strv_push(&ed->autos, name);
}

/* "iface NAME FAMILY METHOD EXTRA", where extra may be NULL, and our lines. */
static void begin_stanza(struct editor *ed, const struct net *net, bool v6, const char *extra)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;

	add_auto(ed, net->name);
	buf_addf(&ed->out, "iface %s %s %s%s%s\n", net->name, v6 ? "inet6" : "inet",
		 method_word(ed, fam->method, v6), extra && *extra ? " " : "", extra ? extra : "");
	if (fam->method == IP_STATIC)
		add_address(ed, fam, net->name);
}

static bool is_ours(const struct line *line)
{
	static const char *const options[] = { "address", "netmask", "gateway", "broadcast" };

	for (size_t i = 0; line->kind == LINE_OPTION && i < ARRAY_SIZE(options); i++)
		if (str_eq(line->words[0], options[i]))
			return true;
	return false;
}

/* What others wrote into the stanza, in its order, with no blank lines at either end. */
static void keep_body(struct editor *ed, size_t first, size_t last, const bool *gone)
{
	size_t blanks = 0;
	bool any = false;

	for (size_t i = first; i <= last; i++) {
		const struct line *line = &ed->file.line[i];

		if (gone[i] || is_ours(line))
			continue;
		if (line->kind == LINE_BLANK) {
			blanks++;
			continue;
		}
		for (; any && blanks; blanks--)
			buf_addc(&ed->out, '\n');
		blanks = 0;
		any = true;
		if (line->kind == LINE_COMMENT)
			buf_addf(&ed->out, "%s\n", line->raw);
		else
			buf_addf(&ed->out, "\t%s\n", line->raw + strspn(line->raw, " \t"));
	}
}

/* Rewrite the stanza from first to last in place. */
static void rewrite(struct editor *ed, const struct net *net, bool v6, size_t first, size_t last)
{
	const struct line *head = &ed->file.line[first];
	autofree bool *gone = xcalloc(ed->file.n + 1, sizeof *gone);
	autofree char *extra = NULL;
	size_t n = 4;

	if ((v6 ? net->ip6 : net->ip4).method == IP_NONE)
		return;
	while (head->words[n] && head->words[n][0] != '#')
		n++;
	{
		autostrv char **words = NULL;

		for (size_t i = 4; i < n; i++)
			strv_push(&words, head->words[i]);
		extra = strv_join(words, " ");
	}
	begin_stanza(ed, net, v6, extra);
	/* No comment may stand on this line; some consumers refuse it, some take it for words. */
	if (head->words[n])
		buf_addf(&ed->out, "\t%s\n", strchr(head->raw, '#'));
	mark_routes(&ed->file, first + 1, last, gone);
	keep_body(ed, first + 1, last, gone);
	buf_addc(&ed->out, '\n');
}

/* A second stanza is another address, and stays; one that says the same as ours is a copy. */
static bool is_copy(const struct editor *ed, const struct net *net, bool v6, size_t first,
		    size_t last)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;
	const struct file *f = &ed->file;
	char text[IP_TEXT_MAX];

	if (!str_eq(f->line[first].words[3], method_word(ed, fam->method, v6)))
		return false;
	if (fam->method != IP_STATIC)
		return true;
	ip_format(&fam->address[0].ip, text);
	for (size_t i = first + 1; i <= last; i++) {
		char **w = f->line[i].words;
		const char *rest;

		if (f->line[i].kind != LINE_OPTION || !str_eq(w[0], "address") || !w[1])
			continue;
		rest = str_after(w[1], text);
		return rest && (!*rest || *rest == '/');
	}
	return false;
}

/* The stanza that begins at i, if it is of a managed interface; returns one past it, else i. */
static size_t edit_stanza(struct editor *ed, size_t i)
{
	const struct line *head = &ed->file.line[i];
	const struct net *net = managed_net(ed->conf, head->words[1]);
	bool v6 = str_eq(head->words[2], "inet6");
	autofree char *key = NULL;
	size_t last;

	if (!net)
		return i;
	last = stanza_last(&ed->file, i);
	key = xasprintf("%s/%s", net->name, head->words[2]);
	if (strv_has(ed->done, key)) {
		if (!is_copy(ed, net, v6, i, last))
			return i;
	} else {
		strv_push(&ed->done, key);
		rewrite(ed, net, v6, i, last);
	}
	/* The blank line after it has been written, or goes with it. */
	return last + 1 + (last + 1 < ed->file.n && ed->file.line[last + 1].kind == LINE_BLANK);
}

static void edit_old(struct editor *ed)
{
	for (size_t i = 0; i < ed->file.n;) {
		size_t after = is_iface(&ed->file.line[i]) ? edit_stanza(ed, i) : i;

		if (after == i)
			buf_addf(&ed->out, "%s\n", ed->file.line[after++].raw);
		i = after;
	}
}

static int compare_nets(const void *a, const void *b)
{
	return strcmp((*(const struct net *const *)a)->name, (*(const struct net *const *)b)->name);
}

/* What the file has no stanza for, in the order of the names. */
static void add_new(struct editor *ed)
{
	const struct net *sorted[CONF_MAX_NETS];
	bool first = true;
	size_t n = 0;

	for (size_t i = 0; i < ed->conf->n_nets && n < CONF_MAX_NETS; i++)
		if (managed_net(ed->conf, ed->conf->nets[i].name) == &ed->conf->nets[i])
			sorted[n++] = &ed->conf->nets[i];
	qsort(sorted, n, sizeof *sorted, compare_nets);
	for (size_t i = 0; i < 2 * n; i++) {
		const struct net *net = sorted[i / 2];
		bool v6 = i % 2;
		autofree char *key = xasprintf("%s/%s", net->name, v6 ? "inet6" : "inet");

		if ((v6 ? net->ip6 : net->ip4).method == IP_NONE || strv_has(ed->done, key))
			continue;
		if (first && ed->out.len && !str_ends_with(ed->out.s, "\n\n"))
			buf_addc(&ed->out, '\n');
		first = false;
		begin_stanza(ed, net, v6, NULL);
		buf_addc(&ed->out, '\n');
	}
}

/* The loopback interface, of which a file without "auto lo" has forgotten something. */
static void add_loopback(const struct editor *ed, struct buf *out)
{
	bool v4 = false, v6 = false;

	if (strv_has(ed->autos, "lo"))
		return;
	for (size_t i = 0; i < ed->file.n; i++) {
		const struct line *line = &ed->file.line[i];

		if (!is_iface(line) || !str_eq(line->words[1], "lo"))
			continue;
		v4 |= str_eq(line->words[2], "inet");
		v6 |= str_eq(line->words[2], "inet6");
	}
	buf_add(out, "auto lo\n");
	if (!v4)
		buf_add(out, "iface lo inet loopback\n");
	if (!v4 && !v6 && !(ed->dialect & INTERFACES_NO_INET6_LO))
		buf_add(out, "iface lo inet6 loopback\n");
	buf_addc(out, '\n');
}

char *interfaces_edit(const char *old, const struct conf *conf, unsigned dialect)
{
	struct editor ed = { .conf = conf, .dialect = dialect };
	struct buf out = BUF_INIT;
	bool touched = false;

	for (size_t i = 0; i < conf->n_nets; i++)
		touched |= is_touched(&conf->nets[i]);
	if (!touched)
		return NULL;
	read_file(&ed.file, old ? old : "");
	collect_autos(&ed);
	add_loopback(&ed, &out);
	edit_old(&ed);
	add_new(&ed);
	buf_add(&out, buf_str(&ed.out));
	buf_done(&ed.out);
	strv_free(ed.autos);
	strv_free(ed.done);
	free_file(&ed.file);
	return buf_detach(&out);
}
