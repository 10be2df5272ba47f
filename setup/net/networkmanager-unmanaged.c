/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/networkmanager-unmanaged.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/step.h"

/* A file in the administrator's folder hides one of the same name in the packaged folder. */
#define DIR "/etc/NetworkManager/conf.d"
#define VENDOR_DIR "/usr/lib/NetworkManager/conf.d"

/* Whether an item of a device list, like "interface-name:eth*", matches the interface. */
static bool item_fits(const char *item, const struct net *net)
{
	const char *value;

	if (str_eq(item, "*"))
		return true;
	value = str_after(item, "interface-name:");
	if (value) {
		bool literal = *value == '=';

		return literal ? str_eq(value + 1, net->name) : fnmatch(value, net->name, 0) == 0;
	}
	value = str_after(item, "mac:");
	if (value)
		return net->hwaddr && strcasecmp(value, net->hwaddr) == 0;
	value = str_after(item, "type:");
	if (value)
		return str_eq(value, "ethernet") || str_eq(value, "veth");
	value = str_after(item, "driver:");
	return value && fnmatch(value, "veth", 0) == 0;
}

static bool list_fits(const char *list, const struct net *net)
{
	autostrv char **items = strv_split(list, ",; \t\r");
	bool fits = false;

	for (char **item = items; *item; item++) {
		const char *except = str_after(*item, "except:");

		if (except && item_fits(except, net))
			return false;
		fits |= !except && item_fits(*item, net);
	}
	return fits;
}

struct settings {
	char *unmanaged, *unmanaged_path; /* the last list, and its file */
	bool ifupdown_plugin, ifupdown_managed;
};

static void read_settings(struct setup *s, const char *path, struct settings *ret)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;

	if (tree_read_optional(s->tree, path, &text, NULL) < 0 || !text)
		return;
	lines = strv_split(text, "\n");
	for (char **line = lines; *line; line++) {
		const char *value;

		if ((value = str_after(*line, "unmanaged-devices="))) {
			free(ret->unmanaged);
			free(ret->unmanaged_path);
			ret->unmanaged = xstrdup(value);
			ret->unmanaged_path = xstrdup(path);
		} else if ((value = str_after(*line, "plugins="))) {
			ret->ifupdown_plugin = strstr(value, "ifupdown");
		} else if (str_after(*line, "managed=")) {
			ret->ifupdown_managed = strcasecmp(*line, "managed=true") == 0;
		}
	}
}

/* Reads the settings of a folder; later ones override earlier ones. */
static void read_folder(struct setup *s, const char *dir, struct settings *ret)
{
	autostrv char **names = NULL;

	if (tree_list(s->tree, dir, &names, NULL) < 0)
		return;
	for (char **name = names; *name; name++) {
		autofree char *path = xasprintf("%s/%s", dir, *name);
		autofree char *hider = xasprintf(DIR "/%s", *name);

		if (str_ends_with(path, ".conf") &&
		    (str_eq(path, hider) || tree_lkind(s->tree, hider) <= 0))
			read_settings(s, path, ret);
	}
}

static bool is_in_interfaces(struct setup *s, const char *ifname)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;

	if (tree_read_optional(s->tree, "/etc/network/interfaces", &text, NULL) < 0 || !text)
		return false;
	lines = strv_split(text, "\n");
	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, " \t");

		if (str_eq(words[0], "iface") && str_eq(words[1], ifname))
			return true;
	}
	return false;
}

char *nm_unmanaged_by(struct setup *s, const struct net *net)
{
	struct settings settings = { 0 };
	char *path = NULL;

	read_folder(s, VENDOR_DIR, &settings);
	read_settings(s, "/etc/NetworkManager/NetworkManager.conf", &settings);
	read_folder(s, DIR, &settings);
	if (settings.unmanaged && list_fits(settings.unmanaged, net))
		path = steal(&settings.unmanaged_path);
	else if (settings.ifupdown_plugin && !settings.ifupdown_managed &&
		 is_in_interfaces(s, net->name))
		path = xstrdup("/etc/network/interfaces");
	free(settings.unmanaged);
	free(settings.unmanaged_path);
	return path;
}
