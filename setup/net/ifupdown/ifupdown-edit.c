/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/ifupdown/ifupdown-edit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/net/ifupdown/ifupdown-file.h"
#include "setup/net/ifupdown/ifupdown-stanza.h"
#include "setup/text-section.h"

struct editor {
	const struct conf *conf;
	unsigned dialect;
	const char *name;                       /* for DHCP servers; NULL: none */
	const struct interfaces_ledger *ledger; /* NULL: none */
	struct interfaces_file file;
	char **autos; /* interfaces that are brought up at boot, by old or new lines */
	char **done;  /* "NAME/inet", "NAME/inet6": written stanzas */
	struct buf out;
};

static void collect_autos(struct editor *ed)
{
	for (size_t i = 0; i < ed->file.n; i++) {
		const struct interfaces_line *line = &ed->file.line[i];
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

/* ---- the section of commands ---- */

/* Whether the line is a command of an on-link gateway.  *ret_gw, *ret_dev point into its words. */
static bool is_route(const struct interfaces_line *line, const char **ret_gw, const char **ret_dev)
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

/* Whether the lines are the older form of Proxmox VE: four lines without markers. */
static bool is_route_block(const struct interfaces_file *f, size_t first, size_t last)
{
	static const size_t lengths[] = { 7, 9, 9, 7 };
	const char *gw = NULL, *dev = NULL;

	if (first + 3 > last)
		return false;
	for (size_t i = 0; i < 4; i++) {
		const struct interfaces_line *line = &f->line[first + i];
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

/* Whether the line is a command of pct.  body: the lines of the new section. */
static bool is_command(const struct interfaces_line *line, char **body)
{
	const char *gw, *dev;

	return is_route(line, &gw, &dev) ||
	       (line->kind == LINE_OPTION && strv_has(body, line->raw));
}

/* The line after the section that begins at i.  Without an END, it ends with pct's commands. */
static size_t section_after(const struct interfaces_file *f, size_t i, size_t last, char **body)
{
	size_t k;

	for (k = i + 1; k <= last && f->line[k].kind != LINE_BEGIN; k++)
		if (f->line[k].kind == LINE_END)
			return k + 1;
	for (k = i + 1; k <= last && is_command(&f->line[k], body); k++)
		;
	return k;
}

/* Marks the lines of pct in the body of a stanza. */
static void mark_section(const struct interfaces_file *f, size_t first, size_t last, char **body,
			 bool *gone)
{
	bool marked = false;

	for (size_t i = first; i <= last;) {
		size_t after = i + 1, from = i;

		if (f->line[i].kind == LINE_BEGIN)
			after = section_after(f, i, last, body);
		else if (f->line[i].kind == LINE_END)
			while (from > first && is_command(&f->line[from - 1], body))
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

/* The network of that name, if it has an address in the config; a gateway does not count. */
static const struct net *managed_net(const struct conf *conf, const char *name)
{
	const struct net *net = conf_net_named(conf, name);

	return net && net_is_configured(net) ? net : NULL;
}

static const char *method_word(const struct editor *ed, enum ip_method method, bool v6)
{
	if (v6 && (ed->dialect & INTERFACES_NO_INET6_AUTO) &&
	    (method == IP_DHCP || method == IP_AUTO))
		return "manual";
	if (v6 && (ed->dialect & INTERFACES_NO_DHCP6) && method == IP_DHCP)
		return "auto";
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

static void add_address(struct editor *ed, const struct net *net, bool v6)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;
	char text[IP_TEXT_MAX], mask[IP_TEXT_MAX];

	buf_addf(&ed->out, "\taddress %s", ip_format(&fam->address[0].ip, text));
	if (!(ed->dialect & INTERFACES_NETMASK))
		buf_addf(&ed->out, "/%u\n", fam->address[0].prefix);
	else if (v6)
		buf_addf(&ed->out, "\n\tnetmask %u\n", fam->address[0].prefix);
	else
		buf_addf(&ed->out, "\n\tnetmask %s\n",
			 netmask_format(fam->address[0].prefix, mask));
	if (interfaces_gateway_is_plain(net, v6))
		buf_addf(&ed->out, "\tgateway %s\n", ip_format(&fam->gateway, text));
}

static void add_auto(struct editor *ed, const char *name)
{
	if (strv_has(ed->autos, name))
		return;
	buf_addf(&ed->out, "auto %s\n", name);
	strv_push(&ed->autos, name);
}

static void set_done(struct editor *ed, const struct net *net, const char *family)
{
	autofree char *key = xasprintf("%s/%s", net->name, family);

	strv_push(&ed->done, key);
}

static bool is_done(const struct editor *ed, const struct net *net, const char *family)
{
	autofree char *key = xasprintf("%s/%s", net->name, family);

	return strv_has(ed->done, key);
}

/* pct's section of a stanza of this family at the current place of the file. */
static char *make_section(const struct editor *ed, const struct net *net, bool v6, const char *name)
{
	struct buf body = BUF_INIT;
	bool follows = interfaces_has_stanza(net, !v6, ed->dialect) &&
		       is_done(ed, net, v6 ? "inet" : "inet6");

	interfaces_section(&body, net, v6, ed->dialect, !follows, name);
	buf_add(&body, "");
	return buf_detach(&body);
}

/* Adds "iface NAME FAMILY METHOD EXTRA" (extra may be NULL) and pct's lines. */
static void add_stanza(struct editor *ed, const struct net *net, bool v6, const char *extra,
		       const char *section)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;

	buf_addf(&ed->out, "iface %s %s %s%s%s\n", net->name, v6 ? "inet6" : "inet",
		 method_word(ed, fam->method, v6), extra && *extra ? " " : "", extra ? extra : "");
	if (fam->method == IP_STATIC)
		add_address(ed, net, v6);
	if (*section)
		buf_addf(&ed->out, SECTION_BEGIN "\n%s" SECTION_END "\n", section);
}

/* Adds a stanza with pct's lines only. */
static void add_own(struct editor *ed, const struct net *net, bool v6)
{
	autofree char *section = make_section(ed, net, v6, ed->name);

	add_auto(ed, net->name);
	add_stanza(ed, net, v6, NULL, section);
	buf_addc(&ed->out, '\n');
	set_done(ed, net, v6 ? "inet6" : "inet");
}

static bool is_ours(const struct interfaces_line *line)
{
	static const char *const options[] = { "address", "netmask", "gateway", "broadcast" };

	for (size_t i = 0; line->kind == LINE_OPTION && i < ARRAY_SIZE(options); i++)
		if (str_eq(line->words[0], options[i]))
			return true;
	return false;
}

/* Adds the users' lines of the stanza, in their order, without leading and trailing blank lines. */
static void keep_body(struct editor *ed, size_t first, size_t last, const bool *gone)
{
	size_t blanks = 0;
	bool any = false;

	for (size_t i = first; i <= last; i++) {
		const struct interfaces_line *line = &ed->file.line[i];

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

/* The words after the method, without a comment.  *ret_comment: the first word of the comment. */
static char *extra_words(const struct interfaces_line *head, const char **ret_comment)
{
	autostrv char **words = NULL;
	size_t n = 4;

	for (; head->words[n] && head->words[n][0] != '#'; n++)
		strv_push(&words, head->words[n]);
	*ret_comment = head->words[n];
	return strv_join(words, " ");
}

/* Whether users have set "hostname", which Debian's ifup refuses to see twice. */
static bool has_name(const struct editor *ed, size_t first, size_t last, const bool *gone)
{
	bool found = false;

	for (size_t i = first; i <= last; i++)
		found |= !gone[i] && ed->file.line[i].kind == LINE_OPTION &&
			 str_eq(ed->file.line[i].words[0], "hostname");
	return found;
}

/* Rewrites the stanza from first to last in place. */
static void rewrite(struct editor *ed, const struct net *net, bool v6, size_t first, size_t last)
{
	const struct interfaces_line *head = &ed->file.line[first];
	autofree bool *gone = xcalloc(ed->file.n + 1, sizeof *gone);
	autofree char *extra = NULL, *full = make_section(ed, net, v6, ed->name), *section = NULL;
	autostrv char **body = strv_split(full, "\n");
	const char *comment;

	if (!interfaces_has_stanza(net, v6, ed->dialect))
		return;
	extra = extra_words(head, &comment);
	mark_section(&ed->file, first + 1, last, body, gone);
	section = make_section(ed, net, v6, has_name(ed, first + 1, last, gone) ? NULL : ed->name);
	add_auto(ed, net->name);
	add_stanza(ed, net, v6, extra, section);
	/* Move the comment to its own line: some consumers refuse it here or read it as words. */
	if (comment)
		buf_addf(&ed->out, "\t%s\n", strchr(head->raw, '#'));
	keep_body(ed, first + 1, last, gone);
	buf_addc(&ed->out, '\n');
}

/* Whether a further stanza repeats pct's.  Other further stanzas have other addresses, and stay. */
static bool is_copy(const struct editor *ed, const struct net *net, bool v6, size_t first,
		    size_t last)
{
	const struct net_family *fam = v6 ? &net->ip6 : &net->ip4;
	const struct interfaces_file *f = &ed->file;
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

/* ---- parts that pct wrote in earlier runs ---- */

/* "iface eth0 inet", "auto eth0" */
static char *part_name(const struct interfaces_line *head)
{
	return str_eq(head->words[0], "iface")
		       ? xasprintf("iface %s %s", head->words[1], head->words[2])
		       : xasprintf("auto %s", head->words[1]);
}

static bool ledger_has(const struct editor *ed, const struct interfaces_line *head,
		       const char *text)
{
	autofree char *part = part_name(head);

	return ed->ledger && ed->ledger->is_ours(ed->ledger->arg, part, text);
}

/* Whether to remove a stanza of pct, because its interface has no address in the config now. */
static bool leaves(const struct editor *ed, size_t i)
{
	const struct interfaces_line *head = &ed->file.line[i];
	autofree char *text = NULL;

	if (!interfaces_is_iface(head) || managed_net(ed->conf, head->words[1]))
		return false;
	text = interfaces_stanza_text(&ed->file, i);
	return ledger_has(ed, head, text);
}

/* Whether to remove pct's "auto NAME", which would be an error without a stanza. */
static bool auto_leaves(const struct editor *ed, size_t i)
{
	const struct interfaces_line *line = &ed->file.line[i];

	if (line->kind != LINE_KEYWORD || !str_eq(line->words[0], "auto") ||
	    strv_len(line->words) != 2 || managed_net(ed->conf, line->words[1]) ||
	    !ledger_has(ed, line, line->raw))
		return false;
	for (size_t k = 0; k < ed->file.n; k++)
		if (ed->file.line[k].kind == LINE_KEYWORD &&
		    str_eq(ed->file.line[k].words[0], "iface") &&
		    str_eq(ed->file.line[k].words[1], line->words[1]) && !leaves(ed, k))
			return false;
	return true;
}

/* Records a part that is new in the file, or that the ledger already has. */
static void record_part(const struct editor *ed, const char *part, const char *text, bool was_there)
{
	if (!was_there || ed->ledger->is_ours(ed->ledger->arg, part, text))
		ed->ledger->record(ed->ledger->arg, part, text);
}

static bool file_has(const struct interfaces_file *f, const char *text)
{
	for (size_t i = 0; i < f->n; i++) {
		autofree char *stanza = NULL;

		if (interfaces_is_iface(&f->line[i]))
			stanza = interfaces_stanza_text(f, i);
		if (str_eq(stanza ? stanza : f->line[i].raw, text))
			return true;
	}
	return false;
}

/* Does not record stanzas with lines of users, which must not be removed as a whole. */
static void record_stanza(struct editor *ed, const struct interfaces_file *new, size_t i)
{
	const struct interfaces_line *head = &new->line[i];
	const struct net *net = managed_net(ed->conf, head->words[1]);
	bool v6 = str_eq(head->words[2], "inet6");
	autofree char *text = NULL, *own = NULL, *part = NULL, *line = NULL, *section = NULL;

	if (!net || is_done(ed, net, head->words[2]))
		return;
	section = make_section(ed, net, v6, ed->name);
	buf_clear(&ed->out);
	add_stanza(ed, net, v6, NULL, section);
	set_done(ed, net, head->words[2]);
	own = xstrndup(ed->out.s, ed->out.len - 1);
	text = interfaces_stanza_text(new, i);
	if (!str_eq(text, own))
		return;
	part = part_name(head);
	record_part(ed, part, text, file_has(&ed->file, text));
	line = xasprintf("auto %s", net->name);
	if (file_has(new, line))
		record_part(ed, line, line, file_has(&ed->file, line));
}

static void record(struct editor *ed, const char *text)
{
	struct interfaces_file new = { 0 };

	interfaces_read(&new, text);
	strv_clear(&ed->done);
	for (size_t i = 0; i < new.n; i++)
		if (interfaces_is_iface(&new.line[i]))
			record_stanza(ed, &new, i);
	interfaces_free(&new);
}

/* ---- the edit ---- */

/* Edits the stanza at i if its interface is managed, and returns the line after it; else i. */
static size_t edit_stanza(struct editor *ed, size_t i)
{
	const struct interfaces_line *head = &ed->file.line[i];
	const struct net *net = managed_net(ed->conf, head->words[1]);
	bool v6 = str_eq(head->words[2], "inet6");
	size_t last = interfaces_stanza_last(&ed->file, i);

	if (!net) {
		if (!leaves(ed, i))
			return i;
	} else if (is_done(ed, net, head->words[2])) {
		if (!is_copy(ed, net, v6, i, last))
			return i;
	} else {
		rewrite(ed, net, v6, i, last);
		set_done(ed, net, head->words[2]);
	}
	/* Skip the blank line after it, which is already written, or removed. */
	return last + 1 + (last + 1 < ed->file.n && ed->file.line[last + 1].kind == LINE_BLANK);
}

static void edit_old(struct editor *ed)
{
	for (size_t i = 0; i < ed->file.n;) {
		size_t after = interfaces_is_iface(&ed->file.line[i]) ? edit_stanza(ed, i) : i;

		if (after == i && auto_leaves(ed, i))
			after++;
		else if (after == i)
			buf_addf(&ed->out, "%s\n", ed->file.line[after++].raw);
		i = after;
	}
}

static int compare_nets(const void *a, const void *b)
{
	return strcmp((*(const struct net *const *)a)->name, (*(const struct net *const *)b)->name);
}

/* Adds the missing stanzas, in the order of names. */
static void add_new(struct editor *ed)
{
	const struct net *sorted[CONF_MAX_NETS] = { 0 };
	bool first = true;
	size_t n = 0;

	for (size_t i = 0; i < ed->conf->n_nets && n < CONF_MAX_NETS; i++)
		if (managed_net(ed->conf, ed->conf->nets[i].name) == &ed->conf->nets[i])
			sorted[n++] = &ed->conf->nets[i];
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the elements are pointers */
	qsort(sorted, n, sizeof *sorted, compare_nets);
	for (size_t i = 0; i < 2 * n; i++) {
		const struct net *net = sorted[i / 2];
		bool v6 = i % 2;

		if (!interfaces_has_stanza(net, v6, ed->dialect) ||
		    is_done(ed, net, v6 ? "inet6" : "inet"))
			continue;
		if (first && ed->out.len && !str_ends_with(ed->out.s, "\n\n"))
			buf_addc(&ed->out, '\n');
		first = false;
		add_own(ed, net, v6);
	}
}

/* Adds the missing lines of the loopback interface, if the file has no "auto lo". */
static void add_loopback(const struct editor *ed, struct buf *out)
{
	bool v4 = false, v6 = false;

	if (strv_has(ed->autos, "lo"))
		return;
	for (size_t i = 0; i < ed->file.n; i++) {
		const struct interfaces_line *line = &ed->file.line[i];

		if (!interfaces_is_iface(line) || !str_eq(line->words[1], "lo"))
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

static bool has_business(const struct editor *ed)
{
	for (size_t i = 0; i < ed->conf->n_nets; i++)
		if (is_touched(&ed->conf->nets[i]))
			return true;
	return false;
}

static bool any_leaves(const struct editor *ed)
{
	for (size_t i = 0; ed->ledger && i < ed->file.n; i++)
		if (leaves(ed, i))
			return true;
	return false;
}

char *interfaces_edit(const char *old, const struct conf *conf, unsigned dialect, const char *name,
		      const struct interfaces_ledger *ledger)
{
	struct editor ed = { .conf = conf, .dialect = dialect, .name = name, .ledger = ledger };
	struct buf out = BUF_INIT;
	char *text = NULL;
	bool ours = has_business(&ed);

	interfaces_read(&ed.file, old ? old : "");
	collect_autos(&ed);
	if (ours || any_leaves(&ed)) {
		if (ours)
			add_loopback(&ed, &out);
		edit_old(&ed);
		add_new(&ed);
		buf_add(&out, buf_str(&ed.out));
		text = buf_detach(&out);
		if (ledger)
			record(&ed, text);
	}
	buf_done(&ed.out);
	strv_free(ed.autos);
	strv_free(ed.done);
	interfaces_free(&ed.file);
	return text;
}

bool interfaces_has(const char *text, const char *ifname)
{
	struct interfaces_file f = { 0 };
	bool found = false;

	if (!interfaces_is_huge(text))
		interfaces_read(&f, text);
	for (size_t i = 0; i < f.n; i++)
		found |= interfaces_is_iface(&f.line[i]) && str_eq(f.line[i].words[1], ifname);
	interfaces_free(&f);
	return found;
}
