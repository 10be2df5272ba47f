/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A file of OpenWrt's UCI as sections, for setup/net/uci.c. */
#ifndef SETUP_NET_UCI_FILE_H
#define SETUP_NET_UCI_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* The options that are read, and compared with networks. */
enum uci_key {
	UCI_DEVICE,
	UCI_IFNAME,
	UCI_NAME,
	UCI_PROTO,
	UCI_TYPE,
	UCI_PEERDNS,
	UCI_GATEWAY,
	UCI_IP6GW,
	UCI_METRIC,
	UCI_DEFAULTROUTE,
	UCI_KEYS
};

struct uci_section {
	char *type, *name; /* name NULL: none */
	char *text;        /* all its lines, including "config ..." */
	char *option[UCI_KEYS], **ports; /* values; NULL: not set */
	size_t n_ports;
	bool wanted;       /* the config needs it */
};

struct uci {
	struct uci_section *v; /* the first, of type NULL, has the lines before any section */
	size_t n;
	bool has_dns; /* a section has the name servers and the search list */
};

/* Add the sections of text to u, which is zero at first.  Free them with uci_done(). */
void uci_parse(struct uci *u, const char *text);
void uci_done(struct uci *u);

/* Add a section without lines.  The pointer is valid until the next call. */
struct uci_section *uci_add(struct uci *u, const char *type, const char *name);

/* Replace the lines of a section.  Takes ownership of text. */
void uci_set_text(struct uci_section *sec, char *text);

/* The first three words of a line, without quotes, up to a comment; NULL: none.  No line needs
 * more.  The caller frees them. */
char **uci_split_line(const char *line, size_t len);

#endif
