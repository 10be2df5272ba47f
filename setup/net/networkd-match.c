/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/networkd-match.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/managed.h"
#include "setup/step.h"

static const char *const dirs[] = { "/etc/systemd/network", "/run/systemd/network",
				    "/usr/local/lib/systemd/network", "/usr/lib/systemd/network",
				    "/lib/systemd/network" };

/* A leading "!" negates the whole list.  value NULL: the link has no such property. */
static bool match_list(const char *list, const char *value, int flags)
{
	bool inverted = *list == '!';
	autostrv char **patterns = strv_split(list + inverted, " \t\"'");

	for (char **pattern = patterns; value && *pattern; pattern++)
		if (fnmatch(*pattern, value, flags) == 0)
			return !inverted;
	return inverted;
}

static bool match_hwaddr(const char *list, const char *hwaddr)
{
	autofree char *spelt = xstrdup(list);

	for (char *at = spelt; *at; at++)
		if (*at == '-')
			*at = ':';
	/* Without hwaddr, the kernel chooses one at each start, so any pattern may match. */
	return !hwaddr || match_list(spelt, hwaddr, FNM_CASEFOLD);
}

static bool match_virtualization(const char *value)
{
	static const char *const ours[] = { "container", "lxc", "yes", "true", "1", "on" };
	bool inverted = *value == '!';

	for (size_t i = 0; i < ARRAY_SIZE(ours); i++)
		if (str_eq(value + inverted, ours[i]))
			return !inverted;
	return inverted;
}

static bool match_key(const char *key, const char *value, const struct net *net)
{
	static const char *const unset[] = { "PermanentMACAddress", "Path", "Property", "SSID",
					     "BSSID", "WLANInterfaceType" };

	if (str_eq(key, "Name"))
		return match_list(value, net->name, 0);
	if (str_eq(key, "MACAddress"))
		return match_hwaddr(value, net->hwaddr);
	if (str_eq(key, "Type"))
		return match_list(value, "ether", 0);
	if (str_eq(key, "Kind") || str_eq(key, "Driver"))
		return match_list(value, "veth", 0);
	if (str_eq(key, "Virtualization"))
		return match_virtualization(value);
	for (size_t i = 0; i < ARRAY_SIZE(unset); i++)
		if (str_eq(key, unset[i]))
			return match_list(value, NULL, 0);
	return true;
}

static char *trim(char *s)
{
	s += strspn(s, " \t\r");
	for (size_t n = strlen(s); n && isspace((unsigned char)s[n - 1]); n--)
		s[n - 1] = '\0';
	return s;
}

/* A file without a key in [Match] matches nothing (systemd 243 and later). */
static bool match_text(const char *text, const struct net *net, bool *ret_exact)
{
	autostrv char **lines = strv_split(text, "\n");
	bool in_match = false, any = false;

	*ret_exact = false;
	for (char **line = lines; *line; line++) {
		char *key = trim(*line), *value = strchr(key, '=');

		if (*key == '[')
			in_match = str_eq(key, "[Match]");
		if (!in_match || !value || strchr("#;[", *key))
			continue;
		*value++ = '\0';
		key = trim(key);
		value = trim(value);
		if (!*value)
			continue;
		any = true;
		if (!match_key(key, value, net))
			return false;
		if (str_eq(key, "Name") && str_eq(value, net->name))
			*ret_exact = true;
	}
	return any;
}

/* others: skips files of pct. */
static char *find(struct setup *s, const struct net *net, bool others, const char *ours,
		  bool *ret_exact)
{
	autostrv char **paths = tree_list_merged(s->tree, dirs, ARRAY_SIZE(dirs), ".network");

	for (char **path = paths; *path; path++) {
		autofree char *text = NULL;

		if (str_eq(strrchr(*path, '/') + 1, ours) ||
		    (others && managed_is_ours(s, *path)) ||
		    tree_read_optional(s->tree, *path, &text, NULL) < 0 || !text)
			continue;
		if (match_text(text, net, ret_exact))
			return xstrdup(*path);
	}
	return NULL;
}

char *networkd_match(struct setup *s, const struct net *net, const char *ours, bool *ret_exact)
{
	return find(s, net, true, ours, ret_exact);
}

char *networkd_file(struct setup *s, const struct net *net)
{
	return find(s, net, false, NULL, &(bool){ false });
}
