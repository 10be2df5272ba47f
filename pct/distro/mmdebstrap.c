/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The builder "mmdebstrap": makes templates of Debian and of distributions with its packages. */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/interrupt.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/rootfs/pack.h"
#include "lib/storage/mount.h"
#include "pct/create/recipe.h"
#include "pct/distro/progress.h"
#include "pct/distro/tree.h"

/* Without the keyring, apt's message is long and does not name the package.  The package is named
 * like the file. */
static int check_keyring(const char *keyring, struct err *e)
{
	const char *slash = keyring ? strrchr(keyring, '/') : NULL, *name;

	if (!keyring || access(keyring, R_OK) == 0)
		return 0;
	name = slash ? slash + 1 : keyring;
	err_sys(e, keyring, "read");
	return err_remedy(e, "apt-get install %.*s", (int)strcspn(name, "."), name);
}

/* A file in the build's folder has the stage, which hooks of mmdebstrap write. */
#define STAGE_FILE "stage"
#define FIRST_STAGE "preparing"
static const struct {
	const char *hook, *stage; /* the stage begins after the hook */
} stages[] = {
	{ "setup", "downloading packages" },
	{ "extract", "installing the essential packages" },
	{ "essential", "installing the other packages" },
	{ "customize", "packing" },
};

static void push_stages(char ***argv, const char *dir)
{
	for (size_t i = 0; i < ARRAY_SIZE(stages); i++) {
		autofree char *hook = xasprintf("--%s-hook=echo %s >'%s/" STAGE_FILE "'",
						stages[i].hook, stages[i].stage, dir);

		strv_push(argv, hook);
	}
}

static void show_stage(struct progress *progress, const char *dir)
{
	autofree char *path = xasprintf("%s/" STAGE_FILE, dir), *stage = NULL;

	/* It is missing at first, and empty for a moment. */
	if (file_read(path, sizeof progress->stage - 1, &stage, NULL, NULL) < 0 || !*stage) {
		progress_show(progress, *progress->stage ? progress->stage : FIRST_STAGE);
		return;
	}
	stage[strcspn(stage, "\n")] = '\0';
	progress_show(progress, stage);
}

static void push(char ***argv, const char *prefix, const char *value)
{
	autofree char *word = xasprintf("%s%s", prefix, value);

	if (*value)
		strv_push(argv, word);
}

/* dir has the packed files of the recipe, and gets the result. */
static int mmdebstrap_argv(const struct recipe *r, const char *dir, char ***ret, struct err *e)
{
	autofree char *packages = recipe_joined(r, "packages");
	const char *suite = recipe_require(r, "suite", e), *keyring = recipe_value(r, "keyring");
	const char *bootstrap = recipe_value(r, "bootstrap"), *mirror = recipe_value(r, "mirror");
	const char *option, *version_file = recipe_value(r, "version_file");
	autofree char *files = xasprintf("tar-in '%s/files.tar' /", dir);
	autofree char *version = xasprintf("copy-out '%s' '%s'",
					   version_file ? version_file : "/etc/os-release", dir);
	autofree char *target = xasprintf("%s/template.tar.zst", dir);
	autostrv char **argv = NULL;
	size_t at = 0;

	if (!suite || check_keyring(keyring, e) < 0)
		return err_code(e);
	for (char *c = packages; *c; c++)
		if (*c == ' ')
			*c = ',';
	strv_push(&argv, "mmdebstrap");
	strv_push(&argv, "--quiet");
	push(&argv, "--variant=", bootstrap ? bootstrap : "minbase");
	push(&argv, "--architectures=", recipe_arch(r));
	push(&argv, "--keyring=", keyring ? keyring : "");
	push(&argv, "--include=", packages);
	push_stages(&argv, dir);
	push(&argv, "--customize-hook=", files);
	while ((option = recipe_next(r, "option", &at)))
		strv_push(&argv, option);
	push(&argv, "--customize-hook=", version);
	strv_push(&argv, suite);
	strv_push(&argv, target);
	if (mirror)
		strv_push(&argv, mirror);
	*ret = steal(&argv);
	return 0;
}

static int pack_files(const struct recipe *recipe, const char *dir, struct err *e)
{
	autofree char *path = xasprintf("%s/files.tar", dir);
	struct distro_tree t = { .recipe = recipe };
	int r = pack_open(path, &t.pack, e);

	return r < 0 ? r : distro_tree_close(&t, distro_tree_recipe(&t, e), e);
}

/* The first word of version_file, which mmdebstrap has copied to dir: "12.12". */
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

struct mmdebstrap {
	const char *const *argv;
	const char *tmpdir;
};

/*
 * mmdebstrap waits for its children, so a signal that pct gets must go to its whole process group.
 * interrupt_note() sets a handler; SIG_IGN would be inherited by mmdebstrap.
 */
static int run_in_group(void *arg, int out_fd, struct err *e)
{
	const struct mmdebstrap *m = arg;
	autofree char *tmpdir = xasprintf("TMPDIR=%s", m->tmpdir);
	int r;

	(void)out_fd;
	interrupt_note();
	if (setpgid(0, 0) < 0)
		return err_sys(e, NULL, "make a process group");
	/* Mounts of mmdebstrap end with the namespace, even if it is killed. */
	r = mount_namespace(e);
	return r < 0 ? r : run_program_with(tmpdir, m->argv, e);
}

static int wait_for_mmdebstrap(struct mmdebstrap *m, struct progress *progress, const char *dir,
			       struct err *e)
{
	struct run_child child;
	struct pollfd out;
	bool told = false;
	int r = run_start(-1, run_in_group, m, &child, e);

	if (r < 0)
		return r;
	out = (struct pollfd){ .fd = child.out, .events = POLLIN };
	/* Send the signal only once: a second one would interrupt mmdebstrap's cleaning.  kill()
	 * fails until the child has made the group. */
	while (poll(&out, 1, 200) <= 0) {
		show_stage(progress, dir);
		if (interrupt_signal() && !told)
			told = kill(-child.pid, interrupt_signal()) == 0;
	}
	progress_end(progress);
	r = run_finish(&child, NULL, 0, e);
	return interrupt_signal() ? interrupt_check(e) : r;
}

/* Uses its own TMPDIR and removes it: an interrupted mmdebstrap leaves the folder of gpg. */
static int run_mmdebstrap(const char *what, const char *dir, char **argv, struct err *e)
{
	struct progress progress;
	char tmpdir[] = "/tmp/pct-distro-XXXXXX";
	struct mmdebstrap m = { (const char *const *)argv, tmpdir };
	int r;

	if (!mkdtemp(tmpdir))
		return err_sys(e, tmpdir, "make");
	progress_begin(what, &progress);
	/* apt reads files below as its user _apt. */
	r = chmod(tmpdir, 0711) < 0 ? err_sys(e, tmpdir, "chmod") :
				      wait_for_mmdebstrap(&m, &progress, dir, e);
	run_remove_tree(tmpdir, NULL);
	return r;
}

static int mmdebstrap_in(const struct recipe *recipe, const char *dir, const char *output,
			 char **ret, struct err *e)
{
	autofree char *built = xasprintf("%s/template.tar.zst", dir);
	autofree char *version = NULL, *path = NULL;
	autofree char *what = xasprintf("%s%s%s", recipe->name, recipe->release ? " " : "",
					recipe->release ? recipe->release : "");
	autostrv char **argv = NULL;
	int r;

	r = mmdebstrap_argv(recipe, dir, &argv, e);
	if (r == 0)
		r = pack_files(recipe, dir, e);
	if (r < 0)
		return r;
	fprintf(stderr, "mmdebstrap builds %s; this takes one to three minutes\n", what);
	r = run_mmdebstrap(what, dir, argv, e);
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

int distro_build_mmdebstrap(const struct recipe *recipe, const char *output, char **ret,
			    struct err *e)
{
	autofree char *dir = NULL;
	const char *slash = output ? strrchr(output, '/') : NULL;
	int r;

	/* On the file system of the result, which is renamed. */
	if (!output)
		dir = xasprintf("%s/template/cache/.pct-distro-XXXXXX", path_vz());
	else if (slash)
		dir = xasprintf("%.*s/.pct-distro-XXXXXX", (int)(slash - output), output);
	else
		dir = xstrdup("./.pct-distro-XXXXXX");
	if (strpbrk(dir, "'\\")) {
		err_set(e, EINVAL, dir, "mmdebstrap cannot use a path with a quote or backslash");
		return err_remedy(e, "build it in another folder, and move it there");
	}
	if (!mkdtemp(dir))
		return err_sys(e, dir, "make");
	r = mmdebstrap_in(recipe, dir, output, ret, e);
	remove_folder(dir);
	return r;
}
