/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/dhcp/dhclient.h"

#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/program.h"
#include "setup/step.h"
#include "setup/text-section.h"

/* Debian's since 6 and those of other distributions, and the one of ISC's sources. */
static const char *const paths[] = { "/etc/dhcp/dhclient.conf", "/etc/dhclient.conf" };

static const char *find_path(struct tree *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (tree_kind(t, paths[i]) == S_IFREG)
			return paths[i];
	return paths[tree_kind(t, "/etc/dhcp") == S_IFDIR ? 0 : 1];
}

/* Whether a statement "send" of users has a name: host-name or fqdn.fqdn. */
static bool sends_name(const char *text)
{
	autofree char *theirs = section_strip(text);
	autostrv char **lines = strv_split(theirs, "\n");
	bool found = false;

	for (char **line = lines; *line; line++) {
		const char *send = strstr(*line, "send ");
		const char *comment = strchr(*line, '#');

		found |= send && (!comment || send < comment) &&
			 (strstr(send, "host-name") || strstr(send, "fqdn.fqdn"));
	}
	return found;
}

int dhclient_client_write(struct setup *s, struct err *e)
{
	bool is_client = s->renderer == &renderer_ifupdown && conf_has_dhcp(s->conf) &&
			 program_is_there(s->tree, "dhclient");
	const char *path = find_path(s->tree);
	autofree char *name = is_client ? hostname_for_dhcp(s) : NULL, *old = NULL, *body = NULL;
	int n = tree_read_optional(s->tree, path, &old, e);

	if (n < 0 || (!old && !name))
		return n;
	body = name && !(old && sends_name(old)) ? xasprintf("send host-name \"%s\";\n", name)
						 : xstrdup("");
	return tree_write_section(s->tree, path, body, e);
}
