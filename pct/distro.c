/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct distro, and the builder "mmdebstrap". */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/file.h"
#include "lib/paths.h"
#include "lib/run.h"
#include "lib/util.h"
#include "pct/cmd.h"
#include "pct/recipe.h"

static int mmdebstrap_argv(const struct recipe *r, const char *dir, char ***ret, struct err *e)
{
	autofree char *packages = recipe_joined(r, "packages");
	const char *suite, *value = NULL, *version_file = recipe_value(r, "version_file");
	autostrv char **argv = NULL;
	size_t at = 0;

	suite = recipe_require(r, "suite", e);
	if (!suite)
		return -e->num;
	for (char *c = packages; *c; c++)
		if (*c == ' ')
			*c = ',';
	strv_push(&argv, "mmdebstrap");
	value = recipe_value(r, "variant");
	autofree char *variant = xasprintf("--variant=%s", value ? value : "minbase");
	autofree char *arch = xasprintf("--architectures=%s", recipe_arch(r));
	autofree char *include = xasprintf("--include=%s", packages);
	autofree char *hook = xasprintf("--customize-hook=copy-out %s %s",
					version_file ? version_file : "/etc/os-release", dir);
	autofree char *target = xasprintf("%s/template.tar.zst", dir);

	strv_push(&argv, "--quiet");
	strv_push(&argv, variant);
	strv_push(&argv, arch);
	if (*packages)
		strv_push(&argv, include);
	while ((value = recipe_next(r, "option", &at)))
		strv_push(&argv, value);
	strv_push(&argv, hook);
	strv_push(&argv, suite);
	strv_push(&argv, target);
	value = recipe_value(r, "mirror");
	if (value)
		strv_push(&argv, value);
	*ret = steal(&argv);
	return 0;
}

/* One word that the new tree says about its release: "12.12". */
static int built_version(const struct recipe *r, const char *dir, char **ret, struct err *e)
{
	const char *file = recipe_value(r, "version_file");
	const char *suite = recipe_value(r, "suite"), *slash = file ? strrchr(file, '/') : NULL;
	autofree char *path = NULL, *text = NULL;
	char *word;
	int n;

	if (!slash) {
		*ret = xstrdup(suite);
		return 0;
	}
	path = xasprintf("%s%s", dir, slash);
	n = file_read(path, 4096, &text, NULL, e);
	if (n < 0)
		return n;
	word = text;
	word[strcspn(word, " \t\n")] = '\0';
	/* sid has "trixie/sid". */
	*ret = xstrdup(strchr(word, '/') ? suite : word);
	return 0;
}

static void remove_folder(const char *dir)
{
	struct dirent **entry;
	int n = scandir(dir, &entry, NULL, NULL);

	for (int i = 0; i < n; free(entry[i++])) {
		autofree char *path = xasprintf("%s/%s", dir, entry[i]->d_name);

		unlink(path); /* fails for . and .. */
	}
	if (n >= 0)
		free(entry);
	rmdir(dir);
}

static int mmdebstrap_in(const struct recipe *recipe, const char *dir, const char *output,
			 char **ret, struct err *e)
{
	autofree char *built = xasprintf("%s/template.tar.zst", dir);
	autofree char *version = NULL, *path = NULL;
	autostrv char **argv = NULL;
	int r;

	r = mmdebstrap_argv(recipe, dir, &argv, e);
	if (r < 0)
		return r;
	r = run_program((const char *const *)argv, e);
	if (r < 0)
		return r;
	r = built_version(recipe, dir, &version, e);
	if (r < 0)
		return r;
	r = recipe_output(recipe, version, output, &path, e);
	if (r < 0)
		return r;
	if (chmod(built, 0644) < 0 || rename(built, path) < 0)
		return err_sys(e, path, "make");
	*ret = steal(&path);
	return 0;
}

static void ignore(int signal_number)
{
	(void)signal_number;
}

static int build_mmdebstrap(const struct recipe *recipe, const char *output, char **ret,
			    struct err *e)
{
	/* A handler, not SIG_IGN: mmdebstrap has to get the terminal's interrupt, and clean up. */
	struct sigaction interrupt = { .sa_handler = ignore, .sa_flags = SA_RESTART };
	autofree char *dir = NULL;
	const char *slash = output ? strrchr(output, '/') : NULL;
	int r;

	/* Beside the result, which is renamed. */
	if (!output)
		dir = xasprintf("%s/template/cache/.pct-distro-XXXXXX", path_vz());
	else if (slash)
		dir = xasprintf("%.*s/.pct-distro-XXXXXX", (int)(slash - output), output);
	else
		dir = xstrdup("./.pct-distro-XXXXXX");
	if (!mkdtemp(dir))
		return err_sys(e, dir, "make");
	sigaction(SIGINT, &interrupt, NULL);
	fprintf(stderr, "mmdebstrap builds %s; this takes one to three minutes\n",
		recipe_value(recipe, "name"));
	r = mmdebstrap_in(recipe, dir, output, ret, e);
	remove_folder(dir);
	return r;
}

static const struct method {
	const char *name;
	int (*build)(const struct recipe *recipe, const char *output, char **ret, struct err *e);
} methods[] = {
	{ "busybox", distro_build_busybox },
	{ "mmdebstrap", build_mmdebstrap },
};

static int distro_build(const char *name, const char *output, struct err *e)
{
	__attribute__((cleanup(recipe_done))) struct recipe recipe = { 0 };
	autofree char *path = NULL, *cache = xasprintf("%s/template/cache", path_vz());
	const char *method;
	int r;

	r = recipe_load(name, &recipe, e);
	if (r < 0)
		return r;
	method = recipe_require(&recipe, "method", e);
	if (!method)
		return -e->num;
	if (!output) {
		r = file_mkdirs(cache, 0755, e);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		if (!str_eq(methods[i].name, method))
			continue;
		r = methods[i].build(&recipe, output, &path, e);
		if (r == 0)
			puts(path);
		return r;
	}
	return err_set(e, EINVAL, recipe.file, "unknown method \"%s\"", method);
}

static int distro_list(struct err *e)
{
	struct dirent **entry;
	int n = scandir(path_templates(), &entry, NULL, alphasort), r = 0;

	if (n < 0)
		return err_sys(e, path_templates(), "list");
	for (int i = 0; i < n; free(entry[i++])) {
		__attribute__((cleanup(recipe_done))) struct recipe recipe = { 0 };
		autofree char *file = xasprintf("%s/%s/recipe", path_templates(), entry[i]->d_name);
		const char *help;

		if (r < 0 || entry[i]->d_name[0] == '.' || access(file, F_OK) < 0)
			continue;
		r = recipe_load(entry[i]->d_name, &recipe, e);
		if (r < 0)
			continue;
		help = recipe_value(&recipe, "help");
		printf("%-10s %s\n", entry[i]->d_name, help ? help : "");
	}
	free(entry);
	return r;
}

int cmd_distro(const struct args *args, struct err *e)
{
	const char *verb = args->n_positional ? args->positional[0] : "";
	const char *output = args_option(args, "output");

	if (str_eq(verb, "list") && args->n_positional == 1 && !output)
		return distro_list(e);
	if (str_eq(verb, "check") && args->n_positional == 2 && !output)
		return distro_check(args, e);
	if (str_eq(verb, "build") && args->n_positional == 2)
		return distro_build(args->positional[1], output, e);
	err_set(e, EINVAL, *verb ? verb : NULL,
		"pct distro takes list, build NAME, or check ROOTFS|TARBALL");
	err_print(e, "pct", stderr);
	return 2;
}
