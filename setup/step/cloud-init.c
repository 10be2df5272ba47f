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
#include "setup/step/cloud-init.h"
#include "setup/text-lines.h"

const char *const cloud_init_seeds[] = { CLOUD_INIT_SEED, CLOUD_INIT_SEED "-net", NULL };

static const char *find_seed(struct tree *t)
{
	for (const char *const *dir = cloud_init_seeds; *dir; dir++) {
		autofree char *meta = xasprintf("%s/meta-data", *dir);

		if (tree_kind(t, meta) == S_IFREG)
			return *dir;
	}
	return NULL;
}

const char *cloud_init_obstacle(struct setup *s)
{
	enum service_state state;

	if (!program_is_there(s->tree, "cloud-init"))
		return "cloud-init is not installed";
	if (tree_lkind(s->tree, "/etc/cloud/cloud-init.disabled"))
		return "/etc/cloud/cloud-init.disabled turns cloud-init off";
	state = service_state(s, "cloud-init-local");
	return state == SERVICE_MASKED || state == SERVICE_DISABLED
		       ? "the service cloud-init-local is not started at boot"
		       : NULL;
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

/*
 * Whether the configuration has the words of this line one after the other, in YAML's block or flow
 * style.
 */
static bool is_set(struct tree *t, char *const *names, const char *line)
{
	static const char separators[] = " \t\r\n{}'\"";
	autostrv char **words = strv_split(line, separators);

	for (; names && *names; names++) {
		autofree char *path = xasprintf(CLOUD_INIT_CFG_DIR "/%s", *names), *text = NULL;
		autostrv char **found = NULL;

		if (!str_ends_with(*names, ".cfg") ||
		    tree_read_optional(t, path, &text, NULL) < 0 || !text)
			continue;
		blank_comments(text);
		found = strv_split(text, separators);
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
	const char *seed = find_seed(s->tree);
	autostrv char **names = NULL, **what = NULL, **lines = NULL;
	autofree char *list = NULL, *config = NULL, *remedy = NULL;

	(void)e;
	/* Later starts have its files, which are findings of the network step. */
	if (!seed || cloud_init_obstacle(s) || tree_lkind(s->tree, "/var/lib/cloud/instance"))
		return 0;
	tree_list(s->tree, CLOUD_INIT_CFG_DIR, &names, NULL);
	if (s->conf->n_nets && !is_set(s->tree, names, CLOUD_INIT_NETWORK)) {
		strv_push(&what, "configures the network");
		strv_push(&lines, "\"" CLOUD_INIT_NETWORK "\"");
	}
	if (seed_has_name(s->tree, seed) && !is_set(s->tree, names, CLOUD_INIT_NAME)) {
		strv_push(&what, "sets the host name");
		strv_push(&lines, "\"" CLOUD_INIT_NAME "\"");
	}
	if (tree_kind(s->tree, "/etc/ssh") == S_IFDIR && !is_set(s->tree, names, CLOUD_INIT_KEYS)) {
		strv_push(&what, "replaces the SSH host keys");
		strv_push(&lines, "\"" CLOUD_INIT_KEYS "\"");
	}
	if (!what)
		return 0;
	list = strv_join(what, ", ");
	config = strv_join(lines, ", ");
	remedy = xasprintf("write the lines %s to " CLOUD_INIT_CFG " in the container", config);
	report_note(s->report, NOTE_WARNING, "cloud-init", remedy,
		    "at its first boot, cloud-init %s beside the config, from its seed in %s", list,
		    seed);
	return 0;
}
