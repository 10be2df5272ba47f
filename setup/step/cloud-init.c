/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cloud-init writes its own files at the first boot, so that nothing is to be seen before: with a
 * seed, it configures the network (DHCP, if the seed says nothing), sets the seed's host name, and
 * replaces the SSH host keys.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "setup/program.h"
#include "setup/services.h"
#include "setup/step.h"
#include "setup/text-lines.h"

/* The datasource NoCloud. */
static const char *find_seed(struct tree *t)
{
	static const char *const dirs[] = { "/var/lib/cloud/seed/nocloud",
					    "/var/lib/cloud/seed/nocloud-net" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		autofree char *meta = xasprintf("%s/meta-data", dirs[i]);

		if (tree_kind(t, meta) == S_IFREG)
			return dirs[i];
	}
	return NULL;
}

static bool runs(struct setup *s)
{
	return program_is_there(s->tree, "cloud-init") &&
	       !tree_lkind(s->tree, "/etc/cloud/cloud-init.disabled") &&
	       (s->init != INIT_SYSTEMD ||
		service_unit(s, "cloud-init-local.service") != SERVICE_MASKED);
}

static void blank_comments(char *text)
{
	bool comment = false;

	for (char *c = text; *c; c++) {
		comment = *c != '\n' &&
			  (comment || (*c == '#' && (c == text || strchr(" \n", c[-1]))));
		if (comment)
			*c = ' ';
	}
}

/* Whether the configuration has these words one after the other, in YAML's block or flow style. */
static bool is_set(struct tree *t, const char *dir, char *const *names, const char *const *words)
{
	for (; names && *names; names++) {
		autofree char *path = xasprintf("%s/%s", dir, *names), *text = NULL;
		autostrv char **found = NULL;

		if (!str_ends_with(*names, ".cfg") ||
		    tree_read_optional(t, path, &text, NULL) < 0 || !text)
			continue;
		blank_comments(text);
		found = strv_split(text, " \t\r\n{}'\"");
		for (char **word = found; *word; word++) {
			size_t i = 0;

			while (words[i] && word[i] && str_eq(word[i], words[i]))
				i++;
			if (!words[i])
				return true;
		}
	}
	return false;
}

static bool seed_has_name(struct tree *t, const char *seed)
{
	autofree char *path = xasprintf("%s/meta-data", seed), *text = NULL;

	return tree_read_optional(t, path, &text, NULL) == 0 &&
	       (lines_have(text, "local-hostname:") || lines_have(text, "hostname:"));
}

int step_cloud_init(struct setup *s, struct err *e)
{
	static const char dir[] = "/etc/cloud/cloud.cfg.d";
	static const char *const network[] = { "network:", "config:", "disabled", NULL };
	static const char *const name[] = { "preserve_hostname:", "true", NULL };
	static const char *const keys[] = { "ssh_deletekeys:", "false", NULL };
	const char *seed = find_seed(s->tree);
	autostrv char **names = NULL, **what = NULL, **lines = NULL;
	autofree char *list = NULL, *config = NULL, *remedy = NULL;

	(void)e;
	/* Later starts have its files, which are findings of the network step. */
	if (!seed || !runs(s) || tree_lkind(s->tree, "/var/lib/cloud/instance"))
		return 0;
	tree_list(s->tree, dir, &names, NULL);
	if (s->conf->n_nets && !is_set(s->tree, dir, names, network)) {
		strv_push(&what, "configures the network");
		strv_push(&lines, "\"network: {config: disabled}\"");
	}
	if (seed_has_name(s->tree, seed) && !is_set(s->tree, dir, names, name)) {
		strv_push(&what, "sets the host name");
		strv_push(&lines, "\"preserve_hostname: true\"");
	}
	if (tree_kind(s->tree, "/etc/ssh") == S_IFDIR && !is_set(s->tree, dir, names, keys)) {
		strv_push(&what, "replaces the SSH host keys");
		strv_push(&lines, "\"ssh_deletekeys: false\"");
	}
	if (!what)
		return 0;
	list = strv_join(what, ", ");
	config = strv_join(lines, ", ");
	remedy = xasprintf("write the lines %s to %s/99-pct.cfg in the container", config, dir);
	report_note(s->report, NOTE_WARNING, "cloud-init", remedy,
		    "at its first boot, cloud-init %s beside the config, from its seed in %s", list,
		    seed);
	return 0;
}
