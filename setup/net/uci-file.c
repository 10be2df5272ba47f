/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/uci-file.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"

char **uci_split_line(const char *line, size_t len)
{
	const char *end = line + len;
	char **words = NULL;

	while (line < end && strv_len(words) < 3) {
		autobuf b = BUF_INIT;
		char quote = 0;

		if (strchr(" \t\r", *line)) {
			line++;
			continue;
		}
		if (*line == '#')
			break;
		buf_clear(&b);
		for (; line < end && (quote || !strchr(" \t\r", *line)); line++) {
			if (quote ? *line == quote : *line == '\'' || *line == '"')
				quote = (char)(quote ? 0 : *line);
			else
				buf_addc(&b, *line);
		}
		strv_push(&words, buf_str(&b));
	}
	return words;
}

struct uci_section *uci_add(struct uci *u, const char *type, const char *name)
{
	u->v = xrealloc(u->v, u->n + 1, sizeof *u->v);
	u->v[u->n] = (struct uci_section){ .type = xstrdup(type),
					   .name = xstrdup(name),
					   .text = xstrdup("") };
	return &u->v[u->n++];
}

/* The first option of each name counts.  All ports of a bridge count: since 21.02, a bridge is a
 * device with ports; before, it is an interface with several names. */
static void take_option(struct uci_section *sec, char **words)
{
	static const char *const names[UCI_KEYS] = {
		[UCI_DEVICE] = "device",   [UCI_IFNAME] = "ifname",
		[UCI_NAME] = "name",	   [UCI_PROTO] = "proto",
		[UCI_TYPE] = "type",	   [UCI_PEERDNS] = "peerdns",
		[UCI_GATEWAY] = "gateway", [UCI_IP6GW] = "ip6gw",
		[UCI_METRIC] = "metric",   [UCI_DEFAULTROUTE] = "defaultroute"
	};

	for (size_t i = 0; str_eq(words[0], "option") && i < UCI_KEYS; i++)
		if (str_eq(words[1], names[i]) && !sec->option[i])
			sec->option[i] = xstrdup(words[2]);
	if (words[1] && words[2] &&
	    str_eq(words[1], str_eq(sec->type, "device") ? "ports" : "ifname")) {
		autostrv char **ports = strv_split(words[2], " ");
		size_t n = strv_len(ports), old = sec->n_ports;

		sec->ports = xrealloc(sec->ports, old + n + 1, sizeof *sec->ports);
		memcpy(sec->ports + old, ports, (n + 1) * sizeof *ports);
		sec->n_ports += n;
		free(steal(&ports));
	}
}

static void forget_options(struct uci_section *sec)
{
	for (size_t i = 0; i < UCI_KEYS; i++) {
		free(sec->option[i]);
		sec->option[i] = NULL;
	}
	strv_clear(&sec->ports);
	sec->n_ports = 0;
}

void uci_set_text(struct uci_section *sec, char *text)
{
	free(sec->text);
	sec->text = text;
	forget_options(sec);
	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n");
		autostrv char **words = uci_split_line(line, len);

		if (words)
			take_option(sec, words);
		line += len + (line[len] == '\n');
	}
}

static char *cut(const char *from, const char *to)
{
	struct buf b = BUF_INIT;

	buf_addn(&b, from, (size_t)(to - from));
	if (b.len && b.s[b.len - 1] != '\n')
		buf_addc(&b, '\n');
	return buf_detach(&b);
}

void uci_parse(struct uci *u, const char *text)
{
	const char *from = text, *line = text;

	uci_add(u, NULL, NULL);
	while (*line) {
		size_t len = strcspn(line, "\n");
		autostrv char **words = uci_split_line(line, len);

		if (words && str_eq(words[0], "config") && words[1]) {
			uci_set_text(&u->v[u->n - 1], cut(from, line));
			uci_add(u, words[1], words[2]);
			from = line;
		}
		line += len + (line[len] == '\n');
	}
	uci_set_text(&u->v[u->n - 1], cut(from, line));
}

void uci_done(struct uci *u)
{
	for (size_t i = 0; i < u->n; i++) {
		free(u->v[i].type);
		free(u->v[i].name);
		free(u->v[i].text);
		forget_options(&u->v[i]);
	}
	free(u->v);
}
