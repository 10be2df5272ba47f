/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/connman.h"

#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"

/* connman.conf(5): beginnings of the names of interfaces that it leaves alone. */
static char **read_excluded(struct setup *s)
{
	static const char key[] = "NetworkInterfaceBlacklist";
	autofree char *text = NULL;
	autostrv char **lines = NULL;
	char **excluded = strv_split("vmnet,vboxnet,virbr,ifb,ve-,vb-,ham,veth", ",");

	if (tree_read_optional(s->tree, "/etc/connman/main.conf", &text, NULL) < 0 || !text)
		return excluded;
	lines = strv_split(text, "\r\n");
	for (char **line = lines; *line; line++) {
		const char *value = str_after(*line + strspn(*line, " \t"), key);

		value = value ? str_after(value + strspn(value, " \t"), "=") : NULL;
		if (!value)
			continue;
		strv_clear(&excluded);
		excluded = strv_split(value, ", \t");
	}
	return excluded;
}

bool connman_takes(struct setup *s, const char *ifname)
{
	autostrv char **excluded = NULL;

	if (!program_is_there(s->tree, "connmand") ||
	    service_state(s, "connman") != SERVICE_ENABLED)
		return false;
	excluded = read_excluded(s);
	for (char **begin = excluded; *begin; begin++)
		if (str_after(ifname, *begin))
			return false;
	return true;
}
