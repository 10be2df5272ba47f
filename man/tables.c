/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tables TEMPLATE: print a manual page.  A line "@NAME@" of the template is replaced by a table of
 * the program in mdoc(7), so that page and program agree; @ETC@ and the like within a line are
 * replaced by compiled-in folders.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf-internal.h"
#include "lib/conf/net/network-config.h"
#include "lib/rootfs/rootfs.h"
#include "pct/cmd.h"
#include "pct/create/user-data.h"
#include "setup/family/family.h"
#include "setup/net/renderer.h"
#include "setup/step.h"

#define COLUMNS 78

/* ---- mdoc: escaping a line of text or an argument of a macro ---- */

static void put_escaped(const char *s, size_t len)
{
	for (; len; len--, s++)
		fputs(*s == '\\' ? "\\e" : *s == '"' ? "\\(dq" : (char[]){ *s, '\0' }, stdout);
}

static void put_argument(const char *s)
{
	fputs(" \"", stdout);
	put_escaped(s, strlen(s));
	putchar('"');
}

/* Print a text of a table as a sentence, in lines that mandoc accepts; adds the final period. */
static void put_sentence(const char *s)
{
	size_t column = 0;

	for (const char *word = s; *word; word += strspn(word, " ")) {
		size_t len = strcspn(word, " ");

		if (column && (column + 1 + len > COLUMNS || word[-2] == '.')) {
			putchar('\n');
			column = 0;
		} else if (column) {
			putchar(' ');
			column++;
		}
		if (!column && (*word == '.' || *word == '\''))
			fputs("\\&", stdout);
		put_escaped(word, len);
		column += len;
		word += len;
	}
	puts(".");
}

/* Print a word of a synopsis: --option, [optional], "|", a literal or a PLACE-HOLDER. */
static void put_word(const char *word)
{
	size_t len = strlen(word);
	autofree char *inner = NULL;

	if (str_eq(word, "|")) {
		fputs(" |", stdout);
		return;
	}
	if (word[0] == '[' && word[len - 1] == ']') {
		fputs(" Oo", stdout);
		inner = xstrndup(word + 1, len - 2);
		put_word(inner);
		fputs(" Oc", stdout);
		return;
	}
	fputs(word[0] == '-' ? " Fl" : islower((unsigned char)word[0]) ? " Cm" : " Ar", stdout);
	put_argument(word[0] == '-' ? word + 1 : word);
}

static void put_words(const char *synopsis)
{
	autostrv char **words = strv_split(synopsis, " ");

	for (char **w = words; *w; w++)
		put_word(*w);
}

/* ---- pct(1) ---- */

static void put_option(const char *name, const char *arg)
{
	size_t len = strlen(name);
	bool numbered = name[len - 1] == 'N'; /* netN */

	printf(".It Fl \"-%.*s\"", (int)(numbered ? len - 1 : len), name);
	if (numbered)
		fputs(" Ns Ar N", stdout);
	if (arg) {
		fputs(" Ar", stdout);
		put_argument(arg);
	}
	putchar('\n');
}

static void put_option_words(const char *option, const char *arg)
{
	struct help_word w;
	size_t at = 0;

	if (!help_next_word(option, arg, &at, &w))
		return;
	puts(".Bl -tag -width Ds");
	do {
		printf(".It Cm %s Ns = Ns Ar", w.name);
		put_argument(w.syntax);
		putchar('\n');
		put_sentence(w.help);
		if (w.absent)
			printf("The default is %s.\n", w.absent);
	} while (help_next_word(option, arg, &at, &w));
	puts(".El");
}

static void put_commands(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct command *c = commands; c->name; c++) {
		printf(".It Cm %s", c->name);
		put_words(c->synopsis);
		putchar('\n');
		put_sentence(c->help);
		if (!c->options->name && !(c->flags & CMD_CONTAINER_OPTIONS))
			continue;
		puts(".Bl -tag -width Ds");
		for (const struct option_def *o = c->options; o->name; o++) {
			put_option(o->name, o->arg);
			put_sentence(o->help);
			put_option_words(o->name, o->arg);
		}
		for (const struct conf_option *o = conf_options; o->name; o++) {
			if (!(c->flags & CMD_SETUP_OPTIONS) || !command_takes(c, o))
				continue;
			put_option(o->name, o->arg);
			puts("See\n.Sx CONTAINER OPTIONS .");
		}
		if (c->flags & CMD_CONTAINER_OPTIONS)
			puts(".It Ar option ...\nAny of\n.Sx CONTAINER OPTIONS .");
		puts(".El");
	}
	puts(".El");
}

static void put_container_options(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct conf_option *o = conf_options; o->name; o++) {
		if (o->flags & (CONF_OPT_INTERNAL | CONF_OPT_DELETE))
			continue;
		put_option(o->name, o->arg);
		put_sentence(o->help);
		if (o->initial)
			printf(".Cm create\nsets %s by default.\n", o->initial);
		if (o->flags & CONF_OPT_CREATE_ONLY)
			puts("For\n.Cm create\nonly.");
		put_option_words(o->name, o->arg);
	}
	puts(".El");
}

/* ---- pct-setup(7) ---- */

static void put_network_config(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct network_config_key *k = network_config_keys; k->name; k++) {
		printf(".It Ic %s\n", k->name);
		put_sentence(k->help);
	}
	puts(".El");
}

/* ---- pct.conf(5) ---- */

static void put_key(const char *key, const char *arg)
{
	printf(".It Ic %s Li =", key);
	put_argument(arg);
	putchar('\n');
}

static void put_keys(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct conf_option *o = conf_options; o->name; o++) {
		if (o->type == &conf_type_net)
			continue; /* a table of its own */
		put_key(o->key, o->type->form ? o->type->form : o->arg);
		put_sentence(o->type->key_help ? o->type->key_help : o->help);
		if (!(o->flags & (CONF_OPT_INTERNAL | CONF_OPT_DELETE)))
			printf("Option\n.Fl -%s .\n", o->name);
		if (o->absent)
			printf("Default: %s.\n", o->absent);
	}
	puts(".El");
}

static void put_network_keys(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct conf_net_word *w = conf_net_words; w->name; w++) {
		autofree char *key = xasprintf("%s%s", w->prefix, w->name);

		put_key(key, w->syntax);
		put_sentence(w->help);
		if (w->absent)
			printf("A missing line means %s.\n", w->absent);
	}
	puts(".El");
}

static void put_other_keys(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct conf_option *o = conf_hidden; o->key; o++) {
		put_key(o->key, o->arg);
		put_sentence(o->help);
	}
	puts(".El");
}

static void put_old_names(void)
{
	puts(".Bl -column \"lxc.aa_allow_incomplete\" \"lxc.apparmor.allow_incomplete\"");
	for (size_t i = 0; i < conf_n_renames; i++)
		printf(".It Ic %s Ta Ic %s\n", conf_renames[i].old, conf_renames[i].today);
	puts(".El");
}

/* ---- pct-setup(7) ---- */

static void put_families(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct family *const *f = family_list; *f; f++) {
		autofree char *ids = (*f)->ids ? strv_join((char *const *)(*f)->ids, ", ") : NULL;
		autobuf b = BUF_INIT;

		printf(".It Cm %s\n", (*f)->name);
		buf_addf(&b, ids ? "ID %s" : "No ID", ids);
		for (const struct marker *m = (*f)->markers; m && m->path; m++)
			buf_addf(&b, "%s %s", m == (*f)->markers ? "; marked by" : ",", m->path);
		if ((*f)->include)
			buf_addf(&b, "; %s", (*f)->include);
		put_sentence(buf_str(&b));
	}
	puts(".El");
}

static void put_consumers(void)
{
	puts(".Bl -tag -width Ds");
	for (const struct renderer *const *r = renderers; *r; r++) {
		printf(".It Cm %s\n", (*r)->name);
		put_sentence((*r)->files);
		if ((*r)->enable) {
			autofree char *how = xasprintf("To enable it: %s", (*r)->enable);

			put_sentence(how);
		}
	}
	puts(".El");
}

static void put_user_data(void)
{
	for (const struct user_data_format *f = user_data_formats; f->begin; f++) {
		printf(".It Li \"%s\"\n", f->begin);
		put_sentence(f->help);
	}
}

static void put_steps(void)
{
	static const char *const phases[] = { [PHASE_CREATE] = "create", [PHASE_CLONE] = "clone",
					      [PHASE_START] = "start", [PHASE_LIVE] = "live" };

	puts(".Bl -tag -width Ds");
	for (const struct step *s = step_list; s->name; s++) {
		autostrv char **in = NULL;
		autofree char *list = NULL;

		for (unsigned i = 0; i < ARRAY_SIZE(phases); i++)
			if (s->phases & 1u << i)
				strv_push(&in, phases[i]);
		list = strv_join(in, ", ");
		printf(".It Cm %s Pq %s\n", s->name, list);
		put_sentence(s->help);
	}
	puts(".El");
}

/* ---- pct-hooks(7) ---- */

/* Print the items of a list; the template has the list's begin and end. */
static void put_run_files(void)
{
	for (unsigned i = 0; i < RUNFILES; i++) {
		const struct runfile_row *row = &runfiles[i];
		autofree char *written =
			xasprintf("Written by %s%s", row->writer,
				  row->ends ? "; removed after a stop" : "");

		printf(".It Pa %s%s\n", row->name, row->numbered ? "N" : "");
		put_sentence(row->help);
		put_sentence(written);
	}
}

/* ---- templates ---- */

/* Print the limits of one run of setup. */
static void put_budget(void)
{
	puts(".Bl -bullet -compact");
	for (unsigned i = 0; i < ROOTFS_COSTS; i++) {
		autofree char *text = rootfs_budget_text((enum rootfs_cost)i, rootfs_budget[i]);

		puts(".It");
		put_sentence(text);
	}
	puts(".El");
}

static const struct {
	const char *name;
	void (*put)(void);
} tables[] = {
	{ "@commands@", put_commands },
	{ "@container-options@", put_container_options },
	{ "@keys@", put_keys },
	{ "@network-keys@", put_network_keys },
	{ "@other-keys@", put_other_keys },
	{ "@old-names@", put_old_names },
	{ "@families@", put_families },
	{ "@consumers@", put_consumers },
	{ "@steps@", put_steps },
	{ "@user-data@", put_user_data },
	{ "@network-config@", put_network_config },
	{ "@budget@", put_budget },
	{ "@run-files@", put_run_files },
};

/* Print the folder of the @NAME@ at the beginning of word; return the rest, or NULL. */
static const char *put_folder(const char *word)
{
	size_t len = strcspn(word + 1, "@");
	autofree char *name = xstrndup(word + 1, len);
	const char *folder = path_compiled(name);

	if (!folder || word[1 + len] != '@')
		return NULL;
	fputs(folder, stdout);
	return word + len + 2;
}

/* Returns false if the line has an unknown @NAME@. */
static bool put_line(const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		if (str_eq(line, tables[i].name)) {
			tables[i].put();
			return true;
		}
	while (line && *line) {
		size_t plain = strcspn(line, "@");

		fwrite(line, 1, plain, stdout);
		line += plain;
		if (*line)
			line = put_folder(line);
	}
	putchar('\n');
	return line;
}

int main(int argc, char *argv[])
{
	FILE *from = argc == 2 ? fopen(argv[1], "re") : NULL;
	bool good = from;
	char *line = NULL;
	size_t size = 0;

	if (!from)
		fprintf(stderr, "usage: tables TEMPLATE\n");
	while (good && getline(&line, &size, from) > 0) {
		line[strcspn(line, "\n")] = '\0';
		good = put_line(line);
		if (!good)
			fprintf(stderr, "%s: unknown word: %s\n", argv[1], line);
	}
	free(line);
	if (from)
		fclose(from);
	return !good;
}
