/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/ifcfg-files.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/managed.h"
#include "setup/step.h"

/* ---- NetworkManager's plugin ---- */

/* LIBDIR/NetworkManager/VERSION/libnm-settings-plugin-ifcfg-rh.so, or without VERSION. */
static bool has_plugin(struct setup *s)
{
	static const char *const dirs[] = { "/usr/lib64/NetworkManager",
					    "/usr/lib/NetworkManager" };
	static const char *const file = "libnm-settings-plugin-ifcfg-rh.so";

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		autofree char *flat = xasprintf("%s/%s", dirs[i], file);
		autostrv char **entries = NULL;

		if (tree_kind(s->tree, flat) == S_IFREG)
			return true;
		if (tree_list(s->tree, dirs[i], &entries, NULL) < 0)
			continue;
		for (char **entry = entries; *entry; entry++) {
			autofree char *path = xasprintf("%s/%s/%s", dirs[i], *entry, file);

			if (tree_kind(s->tree, path) == S_IFREG)
				return true;
		}
	}
	return false;
}

/* The words of "plugins=" in NetworkManager.conf; NULL: there is no such line. */
static char **listed_plugins(struct setup *s)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;

	if (tree_read_optional(s->tree, "/etc/NetworkManager/NetworkManager.conf", &text,
			       NULL) < 0 || !text)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, " \t\r=,;");

		if (words[0] && words[1] && str_eq(words[0], "plugins"))
			return steal(&words);
	}
	return NULL;
}

/*
 * NetworkManager stores profiles by the first listed plugin.  Until about 1.30, ifcfg-rh was the
 * default; later packages have a readme in the folder.
 */
enum ifcfg_plugin ifcfg_plugin(struct setup *s)
{
	autostrv char **plugins = NULL;
	bool preferred;

	if (!has_plugin(s))
		return IFCFG_PLUGIN_NONE;
	plugins = listed_plugins(s);
	if (plugins && !strv_has(plugins + 1, "ifcfg-rh"))
		return IFCFG_PLUGIN_NONE;
	preferred = plugins ? str_eq(plugins[1], "ifcfg-rh")
			    : tree_kind(s->tree, IFCFG_DIR) == S_IFDIR &&
				      tree_lkind(s->tree, IFCFG_DIR "/readme-ifcfg-rh.txt") == 0;
	return preferred ? IFCFG_PLUGIN_PREFERRED : IFCFG_PLUGIN_READS;
}

/* ---- files of users ---- */

static bool takes(const char *text, const char *ifname)
{
	autostrv char **lines = strv_split(text, "\n");
	bool fits = false;

	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, "=\"' \t\r");

		if (!words[0] || !words[1])
			continue;
		if (str_eq(words[0], "DEVICE") && str_eq(words[1], ifname))
			fits = true;
		if (str_eq(words[0], "ONBOOT") && strcasecmp(words[1], "no") == 0)
			return false;
	}
	return fits;
}

char *ifcfg_find(struct setup *s, const char *ifname, const char *but)
{
	autostrv char **entries = NULL;

	if (tree_list(s->tree, IFCFG_DIR, &entries, NULL) < 0)
		return NULL;
	for (char **entry = entries; *entry; entry++) {
		autofree char *path = xasprintf(IFCFG_DIR "/%s", *entry), *text = NULL;

		if (!str_after(*entry, "ifcfg-") || str_eq(*entry, but) ||
		    managed_is_ours(s, path) ||
		    tree_read_optional(s->tree, path, &text, NULL) < 0 || !text)
			continue;
		if (takes(text, ifname))
			return steal(&path);
	}
	return NULL;
}
