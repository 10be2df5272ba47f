/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The builder "busybox": makes a template of one static program in a second, without downloads. */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/rootfs/pack.h"
#include "pct/create/recipe.h"
#include "pct/distro/tree.h"

#define MAX_PROGRAM (32 * 1024 * 1024)

/* busybox --install makes a link for each applet, whose names are used here. */
static int add_applets(struct distro_tree *t, const char *program, struct err *e)
{
	char dir[] = "/tmp/pct-distro-XXXXXX";
	const char *const argv[] = { program, "--install", "-s", dir, NULL };
	struct dirent **entry;
	int n, r;

	if (!mkdtemp(dir))
		return err_sys(e, dir, "make");
	r = run_program(argv, e);
	n = scandir(dir, &entry, NULL, alphasort);
	for (int i = 0; i < n; free(entry[i++])) {
		const char *name = entry[i]->d_name;
		autofree char *member = xasprintf("bin/%s", name), *path = NULL;

		if (*name == '.')
			continue;
		path = xasprintf("%s/%s", dir, name);
		unlink(path);
		if (!str_eq(name, "busybox"))
			pack_link(t->pack, member, "busybox");
	}
	if (n >= 0)
		free(entry);
	rmdir(dir);
	if (r == 0 && n <= 2)
		return err_set(e, EINVAL, program, "has no applets");
	return r;
}

/* A static ELF program has no PT_INTERP header (elf(5)). */
static bool is_static(const char *data, size_t len)
{
	Elf64_Ehdr ehdr;
	Elf64_Phdr phdr;

	if (len < sizeof ehdr)
		return false;
	memcpy(&ehdr, data, sizeof ehdr);
	if (memcmp(ehdr.e_ident, ELFMAG, SELFMAG) != 0 || ehdr.e_ident[EI_CLASS] != ELFCLASS64)
		return memcmp(ehdr.e_ident, ELFMAG, SELFMAG) == 0;
	for (size_t i = 0; i < ehdr.e_phnum; i++) {
		size_t at = ehdr.e_phoff + i * sizeof phdr;

		if (at > len || len - at < sizeof phdr)
			return false;
		memcpy(&phdr, data + at, sizeof phdr);
		if (phdr.p_type == PT_INTERP)
			return false;
	}
	return true;
}

/* Finds "1.35.0" in the text "BusyBox v1.35.0 (...)" of the program. */
static int busybox_version(const char *program, char **ret, struct err *e)
{
	static const char mark[] = "BusyBox v";
	autofree char *data = NULL;
	const char *at;
	size_t len;
	int r;

	r = file_read(program, MAX_PROGRAM, &data, &len, e);
	if (r == 0 && !is_static(data, len))
		r = err_set(e, EINVAL, program, "is not statically linked");
	if (r < 0) {
		err_remedy(e, "apt-get install busybox-static");
		return r;
	}
	at = memmem(data, len, mark, strlen(mark));
	if (!at)
		return err_set(e, EINVAL, program, "is not busybox");
	at += strlen(mark);
	*ret = xstrndup(at, strspn(at, "0123456789."));
	return 0;
}

static int fill_tree(struct distro_tree *t, const char *program, struct err *e)
{
	int r;

	distro_tree_folder(t, "bin");
	pack_file(t->pack, "bin/busybox", 0755, program);
	r = add_applets(t, program, e);
	return r < 0 ? r : distro_tree_recipe(t, e);
}

int distro_build_busybox(const struct recipe *recipe, const char *output, char **ret,
			 struct err *e)
{
	autofree char *version = NULL, *path = NULL;
	struct distro_tree t = { .recipe = recipe };
	const char *program;
	int r;

	program = recipe_require(recipe, "program", e);
	if (!program)
		return err_code(e);
	r = busybox_version(program, &version, e);
	if (r < 0)
		return r;
	r = recipe_output(recipe, version, output, &path, e);
	if (r < 0)
		return r;
	r = pack_open(path, &t.pack, e);
	if (r < 0)
		return r;
	r = distro_tree_close(&t, fill_tree(&t, program, e), e);
	if (r == 0)
		*ret = steal(&path);
	return r;
}
