/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * OpenWrt keeps two identities in /etc/config/network: the DHCPv6 id, without which it uses the
 * hardware address, and the prefix of its local IPv6 addresses.  It makes both at the first boot
 * only, so a clone gets a script for its next boot, which makes a new prefix.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/step.h"
#include "setup/step/identity.h"
#include "setup/text-lines.h"

#define CONFIG "/etc/config/network"
#define DEFAULTS "/etc/uci-defaults"

/* The boot removes the script after it has run, and commits the change. */
static const char script[] =
	"# Written by pct: a clone has its own prefix.\n"
	"[ \"$(uci -q get network.globals.ula_prefix)\" != auto ] ||\n"
	"\tuci set network.globals.ula_prefix=\"fd$(\n"
	"\t\thexdump -n 5 -e '1/1 \"%02x\" 2/2 \":%04x\"' /dev/urandom)::/48\"\n";

struct globals {
	bool inside, has_prefix;
};

static char *edit_line(const char *line, void *arg)
{
	struct globals *g = arg;
	autostrv char **word = strv_split(line, " \t\r'\"");

	if (str_eq(word[0], "config"))
		g->inside = str_eq(word[1], "globals");
	if (!g->inside || !str_eq(word[0], "option") || !word[1] || !word[2])
		return xstrdup(line);
	if (str_eq(word[1], "dhcp_default_duid"))
		return NULL;
	if (!str_eq(word[1], "ula_prefix"))
		return xstrdup(line);
	g->has_prefix = true;
	return xstrdup("\toption ula_prefix 'auto'");
}

int identity_reset_openwrt(struct setup *s, struct err *e)
{
	autofree char *old = NULL, *new = NULL;
	struct globals globals = { 0 };
	int n = tree_read_optional(s->tree, CONFIG, &old, e);

	if (n < 0 || !old)
		return n;
	new = lines_edit(old, edit_line, &globals);
	if (str_eq(old, new))
		return 0;
	n = tree_write(s->tree, CONFIG, new, 0, ROOTFS_REPLACE_LINK, e);
	if (n < 0 || !globals.has_prefix)
		return n;
	n = tree_mkdir(s->tree, DEFAULTS, 0755, e);
	return n < 0 ? n
		     : tree_write(s->tree, DEFAULTS "/12_pct-ula", script, 0644,
				  ROOTFS_REPLACE_LINK, e);
}
