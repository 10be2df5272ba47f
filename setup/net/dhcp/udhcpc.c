/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/dhcp/udhcpc.h"

#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/program.h"
#include "setup/step.h"

#define UDHCPC_CONF "/etc/udhcpc/udhcpc.conf"

/* The script of Alpine's busybox, and that of Debian's. */
static const char *const scripts[] = { "/usr/share/udhcpc/default.script",
				       "/etc/udhcpc/default.script" };

static bool is_client(const struct setup *s)
{
	return s->renderer == &renderer_ifupdown && conf_has_dhcp(s->conf) &&
	       program_is_there(s->tree, "udhcpc");
}

/* No finding with dhclient, which each ifup prefers. */
static void note_script(struct setup *s, const char *path)
{
	if (!program_is_there(s->tree, "dhclient"))
		report_note(s->report, NOTE_WARNING, "network",
			    "change the script so that it does not write /etc/resolv.conf, or "
			    "install dhclient in the container",
			    "udhcpc's %s replaces the config's %s with the lease's", path,
			    dns_is_of_config(s) ? "name servers" : "search list");
}

int udhcpc_client_write(struct setup *s, struct err *e)
{
	bool overrules = is_client(s) && (dns_is_of_config(s) || dns_search_is_of_config(s));
	autofree char *search = strv_join(s->dns.search, " ");
	autofree char *line = dns_is_of_config(s) ? xstrdup("RESOLV_CONF=\"no\"\n")
						  : xasprintf("search=\"%s\"\n", search);
	const char *body = "";
	int n;

	for (size_t i = 0; overrules && i < ARRAY_SIZE(scripts); i++) {
		autofree char *text = NULL;

		if (tree_read_optional(s->tree, scripts[i], &text, NULL) < 0 || !text)
			continue;
		if (strstr(text, "udhcpc.conf"))
			body = line;
		/* The scripts of pct's templates respect pct's section. */
		else if (strstr(text, "resolv.conf") && !strstr(text, "PVE"))
			note_script(s, scripts[i]);
	}
	if (!*body && tree_lkind(s->tree, UDHCPC_CONF) <= 0)
		return 0;
	n = tree_mkdir(s->tree, "/etc/udhcpc", 0755, e);
	return n < 0 ? n : tree_write_section(s->tree, UDHCPC_CONF, body, e);
}
