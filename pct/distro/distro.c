/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct distro: build, check and list. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/interrupt.h"
#include "lib/base/json.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/create/recipe.h"

static const struct method {
	const char *name;
	int (*build)(const struct recipe *recipe, const char *output, char **ret, struct err *e);
} methods[] = {
	{ "busybox", distro_build_busybox },
	{ "mmdebstrap", distro_build_mmdebstrap },
};

static int build(const struct recipe *recipe, const char *output, struct err *e)
{
	autofree char *path = NULL, *cache = xasprintf("%s/template/cache", path_vz());
	const char *name = recipe_require(recipe, "method", e);
	const struct method *method = methods;
	int r = name ? need_root("distro build", e) : err_code(e);

	if (r < 0)
		return r;
	while (!str_eq(method->name, name))
		if (++method == methods + ARRAY_SIZE(methods))
			return err_set(e, EINVAL, recipe->file, "unknown method \"%s\"", name);
	if (!output)
		r = file_mkdirs(cache, 0755, e);
	interrupt_note();
	if (r == 0)
		r = method->build(recipe, output, &path, e);
	if (r == 0)
		puts(path);
	return r;
}

static int show(const struct recipe *recipe)
{
	autofree char *name = recipe_file_name(recipe, "VERSION");

	printf("# %s\n", name);
	for (size_t i = 0; recipe->names && recipe->names[i]; i++)
		printf("%s = %s\n", recipe->names[i], recipe->values[i]);
	return 0;
}

static int distro_build(const struct args *args, struct err *e)
{
	__attribute__((cleanup(recipe_done))) struct recipe recipe = { 0 };
	int r = recipe_load(args->positional[1], &recipe, e);

	if (r == 0)
		r = recipe_choose(&recipe, args_option(args, "release"),
				  args_option(args, "variant"), e);
	if (r < 0)
		return r;
	return args_flag(args, "dry-run") ? show(&recipe)
					  : build(&recipe, args_option(args, "output"), e);
}

/* ---- list ---- */

static void put_words(struct json_t *o, const char *key, char *const *words)
{
	struct json_t *array = json_new_array();

	for (; words && *words; words++)
		json_push_string(array, *words);
	json_put(o, key, array);
}

/* Prints a row of the table, or (list not NULL) adds an element to list. */
static int add_recipe(const char *name, struct json_t *list, struct err *e)
{
	__attribute__((cleanup(recipe_done))) struct recipe recipe = { 0 };
	autostrv char **releases = NULL, **variants = NULL;
	const char *help;
	int r = recipe_load(name, &recipe, e);

	if (r < 0)
		return r;
	releases = recipe_releases(&recipe);
	variants = recipe_variants(&recipe);
	help = recipe_value(&recipe, "help");
	if (list) {
		struct json_t *o = json_new_object();

		json_put_string(o, "name", name);
		json_put_string(o, "help", help);
		put_words(o, "releases", releases);
		put_words(o, "variants", variants);
		json_push(list, o);
	} else {
		autofree char *release = strv_join(releases, " ");
		autofree char *variant = strv_join(variants, " ");

		printf("%-12s %-13s %-32s %s\n", name, *release ? release : "-",
		       *variant ? variant : "-", help ? help : "");
	}
	return 0;
}

static int distro_list(enum format format, struct err *e)
{
	struct json_t *list = format == FORMAT_TEXT ? NULL : json_new_array();
	struct dirent **entry;
	int n = scandir(path_templates(), &entry, NULL, alphasort), r = 0;

	if (n < 0) {
		json_free(list);
		return err_sys(e, path_templates(), "list");
	}
	if (!list)
		printf("%-12s %-13s %-32s %s\n", "NAME", "RELEASES", "VARIANTS", "WHAT");
	for (int i = 0; i < n; free(entry[i++])) {
		autofree char *file = xasprintf("%s/%s/recipe", path_templates(), entry[i]->d_name);

		if (r == 0 && entry[i]->d_name[0] != '.' && access(file, F_OK) == 0)
			r = add_recipe(entry[i]->d_name, list, e);
	}
	free(entry);
	if (r == 0 && list)
		print_json(list, format);
	json_free(list);
	return r;
}

/* ---- the command ---- */

static int run_list(const struct args *args, struct err *e)
{
	return distro_list(args_format(args), e);
}

/* The synopsis of the command has the arguments of the verbs. */
static const struct verb {
	const char *name;
	const char *options[5];
	int (*run)(const struct args *args, struct err *e);
} verbs[] = {
	{ "build", { "output", "release", "variant", "dry-run" }, distro_build },
	{ "check", { "config", "boot", "output-format" }, distro_check },
	{ "list", { "output-format" }, run_list },
};

int cmd_distro(const struct args *args, struct err *e)
{
	const struct verb *verb = verbs;

	while (!str_eq(verb->name, args->positional[0]))
		verb++;
	for (size_t i = 0; i < args->n_options; i++)
		if (!strv_has((char *const *)verb->options, args->options[i].name))
			return args_usage(args, e, "%s has no option --%s", verb->name,
					  args->options[i].name);
	return verb->run(args, e);
}
