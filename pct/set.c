/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct set: change options of a container, all of them or none. */
#include <errno.h>
#include <stdio.h>

#include "lib/conf.h"
#include "lib/err.h"
#include "lib/paths.h"
#include "lib/util.h"
#include "pct/cmd.h"
#include "pct/ct.h"

const struct option_def set_options[] = {
	{ "delete", "OPTION[,OPTION]", "Options to remove, which then mean what absence means" },
	{ 0 },
};

static int check_settable(const char *option, struct err *e)
{
	const struct conf_option *o = conf_option_find(option);

	if (!o)
		return err_set(e, EINVAL, option, "there is no such option");
	if (o->flags & CONF_OPT_CREATE_ONLY)
		return err_set(e, EPERM, option, "is fixed when the container is created");
	return 0;
}

/* Whether a running container would have to notice. */
static bool is_note(const char *option)
{
	return conf_option_find(option)->flags & CONF_OPT_NOTE;
}

static int delete_options(struct conf_file *f, const struct args *args, const char *list,
			  bool *ret_matters, struct err *e)
{
	autostrv char **names = strv_split(list, ", ;");
	int r;

	for (char **n = names; *n; n++) {
		if (args_option(args, *n))
			return err_set(e, EINVAL, *n, "is both set and deleted");
		r = check_settable(*n, e);
		if (r == 0)
			r = conf_unset(f, *n, e);
		if (r < 0)
			return r;
		*ret_matters = *ret_matters || !is_note(*n);
	}
	return 0;
}

static int apply(struct conf_file *f, const struct args *args, bool *ret_matters, struct err *e)
{
	const char *swap = args_option(args, "swap");
	int r = 0;

	for (size_t i = 0; i < args->n_options && r == 0; i++)
		if (str_eq(args->options[i].name, "delete"))
			r = delete_options(f, args, args->options[i].value, ret_matters, e);
	for (size_t i = 0; i < args->n_options && r == 0; i++) {
		const struct option *o = &args->options[i];

		if (str_eq(o->name, "delete"))
			continue;
		r = check_settable(o->name, e);
		if (r == 0)
			r = conf_set(f, o->name, o->value, e);
		*ret_matters = *ret_matters || (r == 0 && !is_note(o->name));
	}
	if (r == 0 && swap && !str_eq(swap, "0") && conf_values(f)->memory == 0) {
		err_set(e, EINVAL, "swap", "there is no memory limit that it could be added to");
		return err_remedy(e, "give --memory as well");
	}
	return r;
}

/*
 * The runtime config first: what cannot be lowered is not saved.  When the config cannot be saved
 * the old one is lowered again.
 */
static int commit(const struct conf_file *f, struct err *e)
{
	autofree char *path = path_ct_config(conf_values(f)->ctid);
	struct conf_file *old = NULL;
	struct err ignored;
	int r = ct_lower(f, e);

	if (r == 0)
		r = conf_save(f, path, e);
	if (r < 0 && ct_load(conf_values(f)->ctid, &old, &ignored) == 0) {
		ct_lower(old, &ignored);
		conf_free(old);
	}
	return r;
}

int cmd_set(const struct args *args, struct err *e)
{
	struct conf_file *f = NULL;
	autoclose int lock = -1;
	bool matters = false;
	int r;

	if (args->n_options == 0) {
		err_set(e, EINVAL, NULL, "nothing to set; pct help set lists the options");
		err_print(e, "pct", stderr);
		return 2;
	}
	lock = ct_lock(args->ctid, e);
	if (lock < 0)
		return lock;
	r = ct_load(args->ctid, &f, e);
	if (r == 0)
		r = ct_check_unlocked(f, e);
	if (r == 0)
		r = apply(f, args, &matters, e);
	if (r == 0)
		r = commit(f, e);
	if (r == 0 && matters && ct_is_running(args->ctid))
		fprintf(stderr, "pct: container %u runs: the change takes effect at its next "
			"start\n", args->ctid);
	conf_free(f);
	return r;
}
