/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pct __complete WORD...: prints the candidates for the last word, for the scripts of completion/.
 * A line is "CANDIDATE<tab>HELP", or ":file" or ":dir" to make the shell complete paths.  The
 * candidates come from the syntax of options and the synopsis of commands.  Never fails and prints
 * no error: without root, candidates that cannot be read are missing.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ct/check/ids.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/create/recipe.h"
#include "pct/synopsis.h"
#include "pct/wait/wait.h"

#define MAX_ZONES (256 * 1024) /* bytes of zone.tab */

struct completion {
	const struct command *command;
	const char *word;   /* the word to complete */
	const char *head;   /* its beginning, which each candidate keeps */
	char **positional;  /* positionals before the word */
	size_t n_positional;
};

/* Skips names with characters that a shell would interpret, as candidates are not quoted. */
static void offer(const struct completion *c, const char *text, const char *help)
{
	autofree char *candidate = xasprintf("%s%s", c->head, text);

	for (const char *at = candidate; *at; at++)
		if (!isalnum((unsigned char)*at) && !strchr("._+-:=,/^@", *at))
			return;
	if (*text && str_after(candidate, c->word))
		printf("%s\t%s\n", candidate, help ? help : "");
}

/* ---- kinds of words ---- */

static void offer_new(const struct completion *c, const struct ids *all)
{
	unsigned id = 100;
	char number[16];

	while (ids_has(all, id))
		id++;
	snprintf(number, sizeof number, "%u", id);
	offer(c, number, "lowest free number");
}

static void offer_ctid(const struct completion *c, unsigned ctid, bool runs)
{
	autofree char *help = NULL;
	const char *name = NULL;
	struct conf_file *f = NULL;
	char number[16];

	snprintf(number, sizeof number, "%u", ctid);
	if (strv_has(c->positional, number))
		return;
	if (store()->load(ctid, &f, NULL) == 0)
		name = conf_values(f)->hostname;
	help = xasprintf("%s%s%s", name ? name : "", name ? ", " : "",
			 runs ? "running" : "stopped");
	conf_free(f);
	offer(c, number, help);
}

static void offer_ctids(const struct completion *c)
{
	struct ids all = { 0 }, running = { 0 }, orphans = { 0 };
	unsigned flags = c->command->flags;
	bool readable = ids_find_all(&all, NULL) == 0;

	/* Any user can see which containers run, even if the configs cannot be read. */
	ids_find_running(readable ? &all : NULL, &running, &orphans);
	if (!readable)
		all.n = 0;
	if (flags & CMD_OFFER_FREE) {
		offer_new(c, &all);
	} else {
		for (size_t i = 0; i < all.n && !(flags & CMD_OFFER_RUNNING); i++)
			if (!ids_has(&running, all.v[i]))
				offer_ctid(c, all.v[i], false);
		for (size_t i = 0; i < running.n && !(flags & CMD_OFFER_STOPPED); i++)
			offer_ctid(c, running.v[i], true);
	}
	free(all.v);
	free(running.v);
	free(orphans.v);
}

static void offer_slots(const struct completion *c)
{
	struct conf_file *f = NULL;
	unsigned ctid;

	if (!c->n_positional || !parse_ctid(c->positional[0], &ctid) ||
	    store()->load(ctid, &f, NULL) < 0)
		return;
	for (size_t i = 0; i < conf_values(f)->n_volumes; i++)
		offer(c, conf_values(f)->volumes[i].slot, conf_values(f)->volumes[i].id);
	conf_free(f);
}

/* Offers the names in dir; if below is not "", only those with an existing DIR/NAME/BELOW. */
static void offer_entries(const struct completion *c, const char *dir, const char *below,
			  const char *help)
{
	struct dirent **entry;
	int n = scandir(dir, &entry, NULL, alphasort);

	for (int i = 0; i < n; free(entry[i++])) {
		autofree char *path = xasprintf("%s/%s/%s", dir, entry[i]->d_name, below);

		if (entry[i]->d_name[0] != '.' && (!*below || access(path, F_OK) == 0))
			offer(c, entry[i]->d_name, help);
	}
	if (n >= 0)
		free(entry);
}

static void offer_bridges(const struct completion *c)
{
	offer_entries(c, "/sys/class/net", "bridge", "bridge");
}

static void offer_storages(const struct completion *c)
{
	bool all = str_eq(c->command->name, "storage");
	struct storage *list = NULL;

	if ((all ? storage_list_all(&list, NULL) : storage_list(&list, NULL)) < 0)
		return;
	for (struct storage *s = list; s->id; s++)
		if (all || s->has_images)
			offer(c, s->id, s->path ? s->path : s->type);
	storage_list_free(list);
}

static void offer_types(const struct completion *c)
{
	autofree char *names = storage_type_names(" ");
	autostrv char **words = strv_split(names, " ");

	for (char **word = words; *word; word++)
		offer(c, *word, NULL);
}

static void offer_templates(const struct completion *c)
{
	struct storage *list = NULL;

	if (storage_list(&list, NULL) < 0)
		return;
	for (struct storage *s = list; s->id; s++) {
		autofree char *dir = xasprintf("%s/template/cache", s->path);

		if (s->has_templates && s->path)
			offer_entries(c, dir, "", s->id);
	}
	storage_list_free(list);
}

static void offer_recipes(const struct completion *c)
{
	offer_entries(c, path_templates(), "recipe", "recipe");
}

static void offer_of_recipe(const struct completion *c, char **(*list)(const struct recipe *))
{
	const char *name = c->n_positional > 1 ? c->positional[1] : "";
	struct recipe recipe = { 0 };

	if (recipe_load(name, &recipe, NULL) == 0) {
		autostrv char **words = list(&recipe);

		for (char **w = words; w && *w; w++)
			offer(c, *w, name);
	}
	recipe_done(&recipe);
}

static void offer_releases(const struct completion *c)
{
	offer_of_recipe(c, recipe_releases);
}

static void offer_variants(const struct completion *c)
{
	offer_of_recipe(c, recipe_variants);
}

static void offer_commands(const struct completion *c)
{
	for (const struct command *row = commands; row->name; row++)
		offer(c, row->name, row->help);
}

static void offer_conf_option(const struct completion *c, const struct conf_option *o)
{
	autofree char *name = help_option_name(o);

	offer(c, name, o->help);
}

static void offer_conf_options(const struct completion *c)
{
	bool create = str_eq(c->command->name, "create");

	for (const struct conf_option *o = conf_options; o->name; o++)
		if (command_takes(c->command, o) &&
		    (create || !(o->flags & CONF_OPT_CREATE_ONLY)))
			offer_conf_option(c, o);
}

/* Completes the last word of a list with commas. */
static void offer_list(const struct completion *c, void (*offer_word)(const struct completion *c))
{
	const char *from = c->word + strlen(c->head), *comma = strrchr(from, ',');
	autofree char *head = xstrndup(c->word, comma ? (size_t)(comma + 1 - c->word)
						       : strlen(c->head));
	struct completion next = *c;

	next.head = head;
	offer_word(&next);
}

/* OPTION[,OPTION] */
static void offer_option_list(const struct completion *c)
{
	offer_list(c, offer_conf_options);
}

static void offer_content(const struct completion *c)
{
	static const char *const words[] = { "rootdir", "images", "vztmpl", "snippets" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		offer(c, words[i], NULL);
}

/* CONTENT[,CONTENT] */
static void offer_content_list(const struct completion *c)
{
	offer_list(c, offer_content);
}

static void offer_wait_words(const struct completion *c)
{
	for (size_t i = 0; wait_word(i); i++)
		offer(c, wait_word(i), NULL);
}

/* ip4,dns of start --wait */
static void offer_wait_list(const struct completion *c)
{
	offer_list(c, offer_wait_words);
}

static void offer_arches(const struct completion *c)
{
	for (size_t i = 0; conf_arch(i); i++)
		offer(c, conf_arch(i), NULL);
}

/* The third word of each line of zone.tab; without tzdata, none. */
static void offer_zones(const struct completion *c)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;

	if (file_read("/usr/share/zoneinfo/zone.tab", MAX_ZONES, &text, NULL, NULL) < 0)
		return;
	lines = strv_split(text, "\n");
	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, "\t");

		if (**line != '#' && strv_len(words) > 2)
			offer(c, words[2], words[0]);
	}
	offer(c, "UTC", NULL);
}

static void offer_files(const struct completion *c)
{
	(void)c;
	puts(":file");
}

static void offer_dirs(const struct completion *c)
{
	(void)c;
	puts(":dir");
}

static const struct {
	const char *word; /* the leading capital letters of a word of a syntax */
	void (*offer)(const struct completion *c);
} kinds[] = {
	{ "ARCH", offer_arches },      { "BRIDGE", offer_bridges },
	{ "COMMAND", offer_commands }, { "CONTENT", offer_content_list },
	{ "CTID", offer_ctids },
	{ "DIR", offer_dirs },         { "FILE", offer_files },
	{ "LIST", offer_wait_list },   { "OPTION", offer_option_list },
	{ "PATH", offer_files },       { "RECIPE", offer_recipes },
	{ "RELEASE", offer_releases }, { "ROOTFS", offer_files },
	{ "SLOT", offer_slots },
	{ "STORAGE", offer_storages }, { "TEMPLATE", offer_templates },
	{ "TYPE", offer_types },
	{ "VARIANT", offer_variants }, { "ZONE", offer_zones },
};

/* ---- values: "text|json", "FILE", "[PATH]", "nesting=0|1" ---- */

static void offer_value(const struct completion *c, const char *syntax)
{
	const char *equals = strchr(syntax, '=');
	struct completion next = *c;
	autofree char *head = NULL;
	autostrv char **parts = NULL;

	if (equals && islower((unsigned char)*syntax) && !strchr(syntax, ',')) {
		head = xasprintf("%s%.*s", c->head, (int)(equals + 1 - syntax), syntax);
		next.head = head;
		syntax = equals + 1;
	}
	parts = strv_split(syntax, "|");
	for (char **p = parts; *p; p++) {
		char *word = *p + (**p == '[');
		size_t capitals = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		/* A path of the host, not one in the container: mp=/PATH. */
		if (*word == '/' && !*next.head)
			offer_files(&next);
		for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
			if (strlen(kinds[i].word) == capitals && str_after(word, kinds[i].word))
				kinds[i].offer(&next);
		word[strcspn(word, "[]")] = '\0';
		if (!capitals && (isalnum((unsigned char)*word) || str_eq(word, "-")))
			offer(&next, word, NULL);
	}
}

/* name=eth0,bridge=vmbr0,...: offers keys, or values of the key, after the last comma. */
static void offer_words(const struct completion *c, const char *option, const char *syntax)
{
	const char *from = c->word + strlen(c->head), *comma = strrchr(from, ',');
	const char *last = comma ? comma + 1 : from, *equals = strchr(last, '=');
	autofree char *head = xstrndup(c->word, (size_t)((equals ? equals + 1 : last) - c->word));
	struct completion next = *c;
	struct help_word w;

	next.head = head;
	for (size_t at = 0; help_next_word(option, syntax, &at, &w);) {
		autofree char *key = xasprintf("%s=", w.name);

		if (!equals)
			offer(&next, key, w.help);
		else if (str_after(last, key))
			offer_value(&next, w.syntax);
	}
}

static void offer_option_value(const struct completion *c, const char *name, const char *syntax)
{
	autofree char *option = xstrndup(name + strspn(name, "-"), strcspn(name, "=") -
							   strspn(name, "-"));
	const struct conf_option *o = conf_option_find(option);
	struct help_word w;
	size_t at = 0;

	if (!o || !help_next_word(o->name, syntax, &at, &w)) {
		offer_value(c, syntax);
		return;
	}
	offer_words(c, o->name, syntax);
	/* The first word of a volume or device may come without its name. */
	if (!strchr(c->word + strlen(c->head), ',') && !str_eq(w.name, "name"))
		offer_value(c, w.syntax);
}

/* ---- words ---- */

static void offer_options(const struct completion *c)
{
	struct completion next = *c;

	next.head = "--";
	for (const struct option_def *o = c->command->options; o->name; o++)
		offer(&next, o->name, o->help);
	offer_conf_options(&next);
}

static void offer_positionals(const struct completion *c)
{
	bool may_end;
	autostrv char **words = synopsis_words(c->command->synopsis, c->positional,
					       c->n_positional, &may_end);

	for (char **w = words; w && *w; w++)
		offer_value(c, *w);
}

static void offer_arguments(struct completion *c, size_t n, char *words[])
{
	const char *arg = NULL, *equals = strchr(c->word, '=');
	autofree char *head = NULL;
	int look = 0;

	for (size_t i = 0; i + 1 < n; i++) {
		if (look == 2) {
			look = 0;
			continue;
		}
		look = args_look(c->command, words[i], &arg);
		if (!look)
			strv_push(&c->positional, words[i]);
	}
	c->n_positional = strv_len(c->positional);
	if (c->command->flags & CMD_RUNS_COMMAND && c->n_positional)
		return;
	/* Its value may be missing. */
	if (look == 1 && c->word[0] != '-' && str_eq(arg, "0|1") && !strchr(words[n - 2], '='))
		offer_value(c, arg);
	if (look == 2 && c->word[0] != '-') {
		offer_option_value(c, words[n - 2], arg);
	} else if (c->word[0] == '-' && equals) {
		head = xstrndup(c->word, (size_t)(equals + 1 - c->word));
		c->head = head;
		if (args_look(c->command, c->word, &arg) && arg)
			offer_option_value(c, c->word, arg);
	} else if (c->word[0] == '-') {
		offer_options(c);
	} else {
		offer_positionals(c);
	}
	c->head = "";
}

int complete(size_t n, char *words[])
{
	struct completion c = { .word = n ? words[n - 1] : "", .head = "" };

	if (n < 2) {
		offer_commands(&c);
		return 0;
	}
	for (c.command = commands; c.command->name; c.command++)
		if (str_eq(c.command->name, words[0]))
			break;
	if (c.command->name)
		offer_arguments(&c, n - 1, words + 1);
	strv_free(c.positional);
	return 0;
}
