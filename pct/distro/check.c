/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct distro check: checks whether setup can configure a tree or a template. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/build.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/json.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/rootfs/rootfs.h"
#include "lib/rootfs/ssh-host-keys.h"
#include "lib/rootfs/unpack.h"
#include "lib/storage/mount.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/config/explain.h"
#include "pct/create/recipe.h"
#include "pct/output.h"
#include "setup/setup.h"

/* The child mounts a tmpfs here, in its own mount namespace. */
#define PLACE "/tmp"
#define MAX_ANSWER (1024 * 1024)

/* A usual config: a static address, and one by DHCP. */
static const char usual_config[] = "lxc.utsname = check\n"
				   "lxc.network.type = veth\n"
				   "lxc.network.veth.pair = veth100.0\n"
				   "lxc.network.name = eth0\n"
				   "pve.network.ip = 192.0.2.2/24\n"
				   "pve.network.gw = 192.0.2.1\n"
				   "lxc.network.type = veth\n"
				   "lxc.network.veth.pair = veth100.1\n"
				   "lxc.network.name = eth1\n"
				   "pve.network.ip = dhcp\n";

struct check {
	const char *name;    /* of the folder or the archive */
	int archive;         /* unused for a folder, which is opened by its name */
	struct conf_file *conf;
	enum format format;
};

/* Why it cannot be configured; NULL: it can. */
static const char *obstacle(const struct report *r, bool has_init)
{
	bool enabled = false;

	for (size_t i = 0; i < r->n_consumers; i++)
		enabled |= r->consumers[i].enabled && str_eq(r->consumers[i].name, r->consumer);
	for (size_t i = 0; i < r->n_notes; i++)
		if (r->notes[i].failed)
			return "a step of setup failed";
	if (!has_init)
		return "there is no program /sbin/init";
	if (!r->consumer)
		return "it has no known network program";
	return enabled ? NULL : "its network program is not started at boot";
}

/* Prints text at once; returns JSON in *ret_json, to which conclude() adds the boot. */
static int print_verdict(const struct check *c, const struct report *report, const char *why,
			 char **ret_json, struct err *e)
{
	struct json_t *o = NULL;
	int r;

	if (c->format == FORMAT_TEXT) {
		explain_text(report, true);
		printf("verdict:      %s%s%s\n", why ? "cannot be configured" : "can be configured",
		       why ? ": " : "", why ? why : "");
		return output_flush(e);
	}
	r = explain_json(report, false, &o, e);
	if (r < 0)
		return r;
	json_put_bool(o, "configurable", !why);
	json_put_string(o, "obstacle", why);
	*ret_json = json_text(o, false);
	json_free(o);
	return 0;
}

static int check_tree(const struct check *c, const char *dir, bool *ret_fine, char **ret_json,
		      struct err *e)
{
	const struct build new = { .conf = c->conf };
	struct hostkey keys[HOSTKEYS_MAX] = { 0 };
	struct report report = { 0 };
	struct rootfs *root = NULL;
	const char *why;
	bool has_init;
	int n, r = rootfs_open(dir, &root, e);

	if (r < 0)
		return r;
	has_init = rootfs_is_exec(root, "/sbin/init");
	rootfs_close(root);
	n = hostkeys_make(dir, conf_values(c->conf)->hostname, keys, NULL);
	r = build_set_up(&new, dir, NULL, keys, n > 0 ? (size_t)n : 0, SETUP_DRY, &report, e);
	hostkeys_free(keys);
	if (r < 0)
		return r;
	why = obstacle(&report, has_init);
	r = print_verdict(c, &report, why, ret_json, e);
	*ret_fine = !why;
	report_done(&report);
	return r;
}

/* The unpacked files are in a tmpfs that only this process sees, so they end with the process, and
 * the process ends with pct. */
static int unpack_and_check(void *arg, int out_fd, struct err *e)
{
	const struct check *c = arg;
	const struct unpack u = { .fd = c->archive, .name = c->name, .target = PLACE };
	autofree char *json = NULL;
	struct unpack_result unpacked;
	bool fine = false;
	int r = mount_namespace(e);

	if (r < 0)
		return r;
	if (mount("tmpfs", PLACE, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0755") < 0)
		return err_sys(e, PLACE, "mount a tmpfs");
	r = unpack(&u, &unpacked, e);
	if (r == -ENOSPC) {
		err_set(e, ENOSPC, c->name, "is too large to unpack in memory");
		return err_remedy(e, "unpack it to a folder, and check the folder");
	}
	if (r == 0)
		r = check_tree(c, PLACE, &fine, &json, e);
	if (r == 0)
		r = file_write_all(out_fd, &fine, sizeof fine);
	return r < 0 || !json ? r : file_write_all(out_fd, json, strlen(json));
}

static int check_archive(struct check *c, bool *ret_fine, char **ret_json, struct err *e)
{
	autofree char *answer = NULL;
	int r = need_root("distro check of a template", e);

	if (r == 0)
		r = run_confined(-1, unpack_and_check, c, &answer, MAX_ANSWER, e);
	if (r)
		return r;
	memcpy(ret_fine, answer, sizeof *ret_fine);
	if (c->format != FORMAT_TEXT)
		*ret_json = xstrdup(answer + sizeof *ret_fine);
	return 0;
}

static void print_result(const struct check *c, const char *text, bool booted, const char *failure)
{
	struct json_t *o = json_parse(text), *boot;

	if (!o)
		o = json_new_object();
	if (booted) {
		boot = json_new_object();
		json_put_bool(boot, "came-up", !failure);
		json_put_string(boot, "failure", failure);
		json_put(o, "boot", boot);
	}
	print_json(o, c->format);
	json_free(o);
}

/* Boots the template if requested and configurable, and prints the rest. */
static int conclude(const struct check *c, bool fine, const char *json, bool wanted, struct err *e)
{
	bool booted = fine && wanted;
	int r = booted ? distro_boot(c->name, e) : 0;
	autofree char *failure = r < 0 ? xasprintf("%s%s%s", e->object, e->object[0] ? ": " : "",
						   e->cause) : NULL;

	if (json)
		print_result(c, json, booted, failure);
	else if (booted && r == 0)
		puts("boot:         came up with its address");
	return r < 0 ? err_wrap(e, "boot") : !fine;
}

static int check(struct check *c, const char *config, bool is_folder, bool *ret_fine,
		 char **ret_json, struct err *e)
{
	int r = config ? conf_load(config, 0, &c->conf, e)
		       : conf_parse(usual_config, strlen(usual_config), "config", 0, &c->conf, e);

	if (r < 0)
		return r;
	r = is_folder ? check_tree(c, c->name, ret_fine, ret_json, e)
		      : check_archive(c, ret_fine, ret_json, e);
	conf_free(c->conf);
	return r;
}

/* A folder, or a template as pct create finds it; the caller frees *ret. */
static int find(const char *spec, char **ret, struct err *e)
{
	struct stat st;

	if (stat(spec, &st) < 0 || !S_ISDIR(st.st_mode))
		return template_find(spec, ret, e);
	*ret = xstrdup(spec);
	return 0;
}

int distro_check(const struct args *args, struct err *e)
{
	bool boot = args_flag(args, "boot"), fine = false;
	struct check c = { .format = args_format(args) };
	autofree char *json = NULL, *path = NULL;
	autoclose int fd = -1;
	struct stat st;
	int r = find(args->positional[1], &path, e);

	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, path, "open");
	c.name = path;
	c.archive = fd;
	if (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode))
		return err_set(e, EINVAL, path, "is neither a folder nor a file");
	if (boot && S_ISDIR(st.st_mode)) {
		err_set(e, EINVAL, path, "is a folder; --boot takes a template");
		return err_remedy(e, "pack it: tar --numeric-owner --xattrs -C FOLDER -cf FILE .");
	}
	r = check(&c, args_option(args, "config"), S_ISDIR(st.st_mode), &fine, &json, e);
	return r < 0 ? r : conclude(&c, fine, json, boot, e);
}
