/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/services.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "setup/nixos.h"
#include "setup/step.h"

/* ---- systemd ---- */

static const char *const unit_dirs[] = { NIXOS_ETC "/systemd/system",
					 "/etc/systemd/system", "/run/systemd/system",
					 "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
					 "/lib/systemd/system" };

static bool is_masked(struct setup *s, const char *path)
{
	autofree char *target = NULL;

	return tree_lkind(s->tree, path) == S_IFLNK &&
	       tree_readlink(s->tree, path, &target, NULL) == 0 && str_eq(target, "/dev/null");
}

/* Finds the unit file that systemd would load: the first in the order of its folders. */
static enum service_state find_unit(struct setup *s, const char *unit, char **ret_path)
{
	for (size_t i = 0; i < ARRAY_SIZE(unit_dirs); i++) {
		autofree char *path = xasprintf("%s/%s", unit_dirs[i], unit);

		if (is_masked(s, path))
			return SERVICE_MASKED;
		if (tree_lkind(s->tree, path) > 0) {
			*ret_path = steal(&path);
			return SERVICE_DISABLED;
		}
	}
	return SERVICE_ABSENT;
}

/* All folders TARGET.wants and TARGET.requires; cached for the run. */
static char **wants_dirs(struct setup *s)
{
	size_t n = 0;

	if (s->wants_dirs)
		return s->wants_dirs;
	s->wants_dirs = xcalloc(1, sizeof *s->wants_dirs);
	for (size_t i = 0; n == 0 && i < ARRAY_SIZE(unit_dirs); i++) {
		autostrv char **entries = NULL;

		/* With a merged /usr, it is the same folder again. */
		if (str_after(unit_dirs[i], "/lib/") && tree_lkind(s->tree, "/lib") == S_IFLNK)
			continue;
		if (tree_list(s->tree, unit_dirs[i], &entries, NULL) < 0)
			continue;
		s->wants_dirs = xrealloc(s->wants_dirs, n + strv_len(entries) + 1,
					 sizeof *s->wants_dirs);
		for (char **entry = entries; *entry; entry++)
			if (str_ends_with(*entry, ".wants") || str_ends_with(*entry, ".requires"))
				s->wants_dirs[n++] = xasprintf("%s/%s", unit_dirs[i], *entry);
		s->wants_dirs[n] = NULL;
	}
	return s->wants_dirs;
}

static bool is_wanted(struct setup *s, const char *unit)
{
	for (char **dir = wants_dirs(s); dir && *dir; dir++) {
		autofree char *link = xasprintf("%s/%s", *dir, unit);

		if (tree_lkind(s->tree, link) == S_IFLNK)
			return true;
	}
	return false;
}

/* machine-id(5): a missing file or "uninitialized" means that the next boot is the first. */
static bool first_boot_is_to_come(struct setup *s)
{
	autofree char *id = NULL;

	if (tree_lkind(s->tree, "/etc/machine-id") == 0)
		return true;
	return tree_read_optional(s->tree, "/etc/machine-id", &id, NULL) == 0 && id &&
	       str_after(id, "uninitialized");
}

static const char *const preset_dirs[] = { NIXOS_ETC "/systemd/system-preset",
					   "/etc/systemd/system-preset",
					   "/run/systemd/system-preset",
					   "/usr/local/lib/systemd/system-preset",
					   "/usr/lib/systemd/system-preset",
					   "/lib/systemd/system-preset" };

/* 1: enable; 0: disable; -1: no line matches the unit. */
static int preset_in(const char *text, const char *unit)
{
	autostrv char **lines = strv_split(text, "\n");

	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, " \t\r");

		if (words[0] && words[1] && fnmatch(words[1], unit, FNM_NOESCAPE) == 0) {
			if (str_eq(words[0], "enable"))
				return 1;
			if (str_eq(words[0], "disable") || str_eq(words[0], "ignore"))
				return 0;
		}
	}
	return -1;
}

/* The first file with a matching line decides; without one, the unit is enabled. */
static bool preset_enables(struct setup *s, const char *unit)
{
	autostrv char **paths = tree_list_merged(s->tree, preset_dirs, ARRAY_SIZE(preset_dirs),
						 ".preset");

	for (char **path = paths; *path; path++) {
		autofree char *text = NULL;
		int verdict;

		if (tree_read_optional(s->tree, *path, &text, NULL) < 0 || !text)
			continue;
		verdict = preset_in(text, unit);
		if (verdict >= 0)
			return verdict;
	}
	return true;
}

static bool has_install_section(struct setup *s, const char *path)
{
	autofree char *text = NULL;

	return tree_read_optional(s->tree, path, &text, NULL) == 0 && text &&
	       strstr(text, "\n[Install]");
}

enum service_state service_unit(struct setup *s, const char *unit)
{
	autofree char *path = NULL;
	enum service_state state = find_unit(s, unit, &path);

	if (state != SERVICE_DISABLED)
		return state;
	if (is_wanted(s, unit))
		return SERVICE_ENABLED;
	/* The first boot only enables units by presets, and disables none (systemd(1)). */
	if (first_boot_is_to_come(s) && has_install_section(s, path) && preset_enables(s, unit))
		return SERVICE_ENABLED;
	return SERVICE_DISABLED;
}

char *service_unit_text(struct setup *s, const char *unit)
{
	autofree char *path = NULL;
	char *text = NULL;

	if (find_unit(s, unit, &path) == SERVICE_DISABLED)
		tree_read_optional(s->tree, path, &text, NULL);
	return text;
}

/* ---- links in folders of other service managers ---- */

static bool has_link(struct setup *s, const char *dir, const char *name)
{
	autofree char *path = xasprintf("%s/%s", dir, name);

	return tree_lkind(s->tree, path) > 0;
}

/* Whether dir has a link like S15SCRIPT. */
static bool has_start_link(struct setup *s, const char *dir, const char *script)
{
	autostrv char **entries = NULL;

	if (tree_list(s->tree, dir, &entries, NULL) < 0)
		return false;
	for (char **entry = entries; *entry; entry++)
		if (**entry == 'S' && str_eq(*entry + 1 + strspn(*entry + 1, "0123456789"), script))
			return true;
	return false;
}

static enum service_state service_by_script(struct setup *s, const char *script)
{
	return has_link(s, "/etc/init.d", script) ? SERVICE_DISABLED : SERVICE_ABSENT;
}

enum service_state service_sysv(struct setup *s, const char *script)
{
	static const char *const dirs[] = { "/etc/rcS.d", "/etc/rc2.d", "/etc/rc3.d", "/etc/rc4.d",
					    "/etc/rc5.d", "/etc/rc.d/rc3.d" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (has_start_link(s, dirs[i], script))
			return SERVICE_ENABLED;
	return service_by_script(s, script);
}

enum service_state service_openrc(struct setup *s, const char *service)
{
	static const char *const dirs[] = { "/etc/runlevels/sysinit", "/etc/runlevels/boot",
					    "/etc/runlevels/default" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (has_link(s, dirs[i], service))
			return SERVICE_ENABLED;
	return service_by_script(s, service);
}

enum service_state service_runit(struct setup *s, const char *service)
{
	static const char *const dirs[] = { "/etc/runit/runsvdir/default", "/etc/service",
					    "/var/service" };
	autofree char *down = xasprintf("/etc/sv/%s/down", service);

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (has_link(s, dirs[i], service))
			return tree_lkind(s->tree, down) ? SERVICE_DISABLED : SERVICE_ENABLED;
	return has_link(s, "/etc/sv", service) ? SERVICE_DISABLED : SERVICE_ABSENT;
}

enum service_state service_procd(struct setup *s, const char *script)
{
	if (has_start_link(s, "/etc/rc.d", script))
		return SERVICE_ENABLED;
	return service_by_script(s, script);
}

enum service_state service_state(struct setup *s, const char *name)
{
	autofree char *unit = NULL;
	enum service_state state;

	switch (s->init) {
	case INIT_SYSTEMD:
		unit = xasprintf("%s.service", name);
		state = service_unit(s, unit);
		/* Without a unit, systemd-sysv-generator(8) uses the links in rcN.d. */
		return state == SERVICE_ABSENT ? service_sysv(s, name) : state;
	case INIT_RUNIT:
		/* Debian's runit also runs /etc/rcS.d and rc2.d. */
		state = service_runit(s, name);
		return state == SERVICE_ABSENT ? service_sysv(s, name) : state;
	case INIT_PROCD:
		return service_procd(s, name);
	default:
		/* OpenRC can run below any init. */
		state = service_openrc(s, name);
		return state == SERVICE_ENABLED ? state : service_sysv(s, name);
	}
}
