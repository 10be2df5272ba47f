/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sets options whose values depend on other containers. */
#include <string.h>

#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/idmap.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/storage/storage.h"
#include "setup/family/family.h"

/* The hardware address of the netN named option; NULL: no such network, or no address. */
static const char *hwaddr_of(const struct conf_file *f, const char *option)
{
	const struct conf *conf = conf_values(f);
	uint64_t n;

	for (size_t i = 0; i < conf->n_nets; i++)
		if (parse_uint(option + strlen("net"), 0, CONF_MAX_NETS - 1, &n) &&
		    conf->nets[i].index == n)
			return conf->nets[i].hwaddr;
	return NULL;
}

/*
 * conf_set() generates a missing hardware address, but does not know other configs: generate
 * again while another config has the same address.
 */
static int set_net(struct conf_file *f, const char *option, const char *value, struct err *e)
{
	bool given = strstr(value, "hwaddr=") || hwaddr_of(f, option);
	int r = conf_set(f, option, value, e);

	while (r == 0 && !given && hwaddr_of(f, option) && store_mentions(hwaddr_of(f, option))) {
		autofree char *hwaddr = conf_new_hwaddr(e), *with = NULL;

		if (!hwaddr)
			return err_code(e);
		with = xasprintf("%s,hwaddr=%s", value, hwaddr);
		r = conf_set(f, option, with, e);
	}
	return r;
}

static int check_script(const char *volid, struct err *e)
{
	autofree char *path = NULL;

	return snippet_find(volid, &path, e) < 0 ? err_wrap(e, "hookscript") : 0;
}

/* The same volume keeps its size, which people need not repeat. */
static int set_mp(struct conf_file *f, const char *option, const char *value, struct err *e)
{
	const struct conf_volume *old = conf_volume_find(conf_values(f), option);
	autofree char *id = old && old->mib ? xstrdup(old->id) : NULL;
	uint64_t mib = id ? old->mib : 0;
	const struct conf_volume *new;
	int r = conf_set(f, option, value, e);

	new = r == 0 ? conf_volume_find(conf_values(f), option) : NULL;
	if (!new || !mib || new->mib || !str_eq(new->id, id))
		return r;
	return conf_set_volume_size(f, option, mib, e);
}

int ct_set_option(struct conf_file *f, const char *option, const char *value, struct err *e)
{
	const struct conf_option *o = conf_option_find(option);
	int r = 0;

	if (o && str_eq(o->name, "netN"))
		return set_net(f, option, value, e);
	if (o && str_eq(o->name, "mpN"))
		return set_mp(f, option, value, e);
	if (str_eq(option, "idmap") && str_eq(value, "auto"))
		return ct_idmap_assign(f, e);
	/* An unknown family in a file is no error: setup then looks for the family. */
	if (str_eq(option, "ostype"))
		r = family_check_ostype(value, e);
	if (str_eq(option, "hookscript"))
		r = check_script(value, e);
	return r < 0 ? r : conf_set(f, option, value, e);
}
