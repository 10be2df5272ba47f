/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pct set: changes options of a container, either all given ones or none.  In a running container,
 * changes that can be applied take effect at once; the others stay pending in the config until the
 * next start.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ct/check/clashes.h"
#include "ct/ct.h"
#include "ct/idmap.h"
#include "ct/live/in-effect.h"
#include "ct/live/live.h"
#include "ct/transaction.h"
#include "ct/volume/new-volumes.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/store.h"
#include "lib/host/idmap.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"
#include "pct/notes.h"

const struct option_def set_options[] = {
	{ "delete", ARG_OPTIONS,
	  "Reset these options to their defaults; lxc.KEY or lxc.KEY=VALUE: remove this line" },
	{ "revert", ARG_OPTIONS, "Discard pending changes of these options" },
	{ "purge", "[0|1]", "With --delete: also remove the volumes of mpN and unusedN" },
	{ 0 },
};

struct request {
	const struct args *args;
	struct ct *ct;
	struct new_volumes volumes; /* of mount points that are added */
	struct conf_file *before;   /* the config as it was */
};

static bool is_own_option(const char *name)
{
	for (const struct option_def *o = set_options; o->name; o++)
		if (str_eq(o->name, name))
			return true;
	return false;
}

/* A line of the config that belongs to no option. */
static bool is_raw(const char *name)
{
	return str_after(name, "lxc.");
}

/* A list of names, or one line, "lxc.mount.entry=VALUE", whose value may have commas. */
static char **names_in(const char *list)
{
	char **names = NULL;

	if (!list || !is_raw(list) || !strchr(list, '='))
		return strv_split(list ? list : "", ", ;");
	strv_push(&names, list);
	return names;
}

static int check_settable(const struct args *args, const char *option, struct err *e)
{
	const struct conf_option *o = conf_option_find(option);

	if (!o)
		return option_unknown(args->command, option, e);
	if (o->flags & CONF_OPT_CREATE_ONLY)
		return err_set(e, ERR_USAGE, option, "can be set only when creating a container");
	return 0;
}

static int delete_option(struct conf_file *f, const struct args *args, const char *name,
			 struct err *e)
{
	struct conf_kept kept;
	int r;

	if (args_option(args, name))
		return err_set(e, ERR_USAGE, name, "is both set and deleted");
	if (is_raw(name))
		return conf_raw_drop(f, name, e);
	if (conf_kept_find(f, name, &kept))
		return conf_kept_drop(f, name, e);
	r = check_settable(args, name, e);
	if (r < 0 || !conf_unused_find(conf_values(f), name))
		return r < 0 ? r : conf_unset(f, name, e);
	/* Its line goes with its volume: purge(). */
	if (args_flag(args, "purge"))
		return 0;
	err_set(e, ERR_USAGE, name, "its volume would be lost");
	return err_remedy(e, "to remove it: pct set %u --delete %s --purge", args->ctid, name);
}

/* A kept or raw line is not an option, so conf_diff() does not find its removal. */
static int drop_line(struct conf_file *f, const struct args *args, const char *name, struct err *e)
{
	(void)args;
	return is_raw(name) ? conf_raw_drop(f, name, e) : conf_kept_drop(f, name, e);
}

/* ---- volumes that are deleted ---- */

/* Remove the volumes of deleted options from f, the config that is saved. */
static int purge(const struct request *q, const struct conf *before, struct conf_file *f,
		 struct err *e)
{
	int r = 0;

	if (!args_flag(q->args, "purge"))
		return 0;
	for (size_t i = 0; i < q->args->n_options && r == 0; i++) {
		const struct option *o = &q->args->options[i];
		autostrv char **names = names_in(o->value);

		for (char **name = names; str_eq(o->name, "delete") && *name && r == 0; name++)
			r = ct_purge(q->ct, f, before, *name, e);
	}
	return r;
}

/* No volume leaves the config without a word. */
static void note_unused(struct ct *ct, const struct conf *old, const struct conf *new)
{
	for (size_t i = 0; i < new->n_unused; i++)
		if (!conf_unused_find(old, new->unused[i].slot))
			ct_note(ct, "the volume %s stays, and is now %s in the config",
				new->unused[i].id, new->unused[i].slot);
}

static int tell_volumes(const struct request *q, const struct conf *before, struct err *e)
{
	struct conf_file *saved = NULL;
	int r = store()->load(q->ct->ctid, &saved, e);

	if (r == 0)
		r = purge(q, before, saved, e);
	if (saved)
		note_unused(q->ct, before, conf_values(saved));
	conf_free(saved);
	return r;
}

/* A change of a network may leave a name server without its interface. */
static void note_nameservers(struct ct *ct, const struct conf *conf)
{
	struct err e;

	if (conf_nameservers_check(conf, &e) < 0)
		ct_note(ct, "nameserver: %s; %s", e.cause, e.remedy);
}

/* The next start would refuse it. */
static void note_bridges(struct ct *ct, const struct args *args, const struct conf *conf)
{
	for (size_t i = 0; i < conf->n_nets && !ct_is_running(ct->ctid); i++) {
		autofree char *option = xasprintf("net%u", conf->nets[i].index);
		struct err e;

		if (args_option(args, option) && ct_check_bridge(conf, i, &e) < 0)
			ct_note(ct, "%s: %s; %s", e.object, e.cause, e.remedy);
	}
}

/* liblxc has read it at the start. */
static void note_raw(struct ct *ct, const struct args *args)
{
	for (size_t i = 0; i < args->n_options && ct_is_running(ct->ctid); i++) {
		autostrv char **names = names_in(args->options[i].value);

		for (char **n = names; *n && str_eq(args->options[i].name, "delete"); n++)
			if (is_raw(*n))
				ct_note(ct, "%s: stays in effect until the next start", *n);
	}
}

static bool is_pending(const struct conf_file *f, const char *option)
{
	struct conf_changes waiting;
	bool found;

	conf_pending(f, &waiting);
	found = conf_changes_find(&waiting, option);
	conf_changes_done(&waiting);
	return found;
}

static bool is_named(const struct args *args, const char *option)
{
	if (args_option(args, option))
		return true;
	for (size_t i = 0; i < args->n_options; i++) {
		autostrv char **names = names_in(args->options[i].value);

		if (str_eq(args->options[i].name, "delete") && strv_has(names, option))
			return true;
	}
	return false;
}

/*
 * Give options of f that were edited while the container runs their values in effect: the option
 * only, or if it is NULL, those that the command names.  Other edits stay for the next start.
 * Returns the number of options.
 */
static size_t take_back_edits(struct conf_file *f, const struct args *args, const char *only)
{
	struct conf_file *run = NULL;
	struct conf_changes edits;
	size_t n = 0;

	if (!ct_is_running(args->ctid) || in_effect_load(args->ctid, &run, NULL) < 0)
		return 0;
	conf_diff(f, run, &edits);
	for (size_t i = 0; i < edits.n; i++) {
		const char *name = edits.v[i].name;

		if (in_effect_needs_start(name) &&
		    (only ? str_eq(name, only) : is_named(args, name)))
			n += conf_change_make(f, &edits.v[i], NULL) == 0;
	}
	conf_changes_done(&edits);
	conf_free(run);
	return n;
}

static int revert_option(struct conf_file *f, const struct args *args, const char *name,
			 struct err *e)
{
	if (args_option(args, name))
		return err_set(e, ERR_USAGE, name, "is both set and reverted");
	if (!is_pending(f, name)) {
		if (take_back_edits(f, args, name))
			return 0;
		err_set(e, ENOENT, name, "has no pending change");
		return err_remedy(e, "pct pending %u lists pending changes", args->ctid);
	}
	return conf_pending_drop(f, name, e);
}

/* Calls fn for each option in the values of --delete or --revert (list). */
static int each_named(struct conf_file *f, const struct args *args, const char *list,
		      int (*fn)(struct conf_file *f, const struct args *args, const char *name,
				struct err *e),
		      struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < args->n_options && r == 0; i++) {
		autostrv char **names = NULL;

		if (!str_eq(args->options[i].name, list))
			continue;
		names = names_in(args->options[i].value);
		for (char **n = names; *n && r == 0; n++)
			r = fn(f, args, *n, e);
	}
	return r;
}

/* A volume that the config did not name yet must be one that a start can use. */
static int check_taken(const struct request *q, const struct conf_file *f, const char *option,
		       struct err *e)
{
	const struct conf_volume *v = conf_volume_find(conf_values(f), option);

	if (!v || v->kind != CONF_VOLUME || conf_names_volume(q->ct->file, v->id) ||
	    new_volumes_have(&q->volumes, v->id))
		return 0;
	return volume_check_slot(conf_values(f), v, e);
}

/* A value of mpN that asks for a new volume gets its name. */
static int set_option(struct request *q, struct conf_file *f, const struct option *o,
		      struct err *e)
{
	autofree char *named = NULL;
	int r;

	if (!str_eq(conf_option_find(o->name)->name, "mpN") || !new_volume_is_wanted(o->value))
		return ct_set_option(f, o->name, o->value, e);
	r = new_volumes_add(&q->volumes, conf_values(f), o->value, &named, e);
	return r < 0 ? r : ct_set_option(f, o->name, named, e);
}

static int apply(struct request *q, struct conf_file *f, struct err *e)
{
	const struct args *args = q->args;
	int r = each_named(f, args, "delete", delete_option, e);

	for (size_t i = 0; i < args->n_options && r == 0; i++) {
		const struct option *o = &args->options[i];

		if (is_own_option(o->name))
			continue;
		r = check_settable(args, o->name, e);
		if (r == 0)
			r = args_blame(set_option(q, f, o, e), e);
		if (r == 0)
			r = check_taken(q, f, o->name, e);
	}
	if (r == 0)
		r = args_check_nameserver(args, f, e);
	return r < 0 ? r : args_check_swap(args, f, e);
}

/* ---- a running container ---- */

/* A change from the config in effect (old) to the config of the next start (next). */
struct change {
	const struct args *args;
	const struct conf_file *before; /* as it was before the command */
	struct live live;
	const struct conf_file *old, *next;
	struct conf_file *now; /* the resulting config: changes in effect, and pending changes */
	struct buf effect, pending; /* names of options */
};

/* Puts one change into c->now, in effect or pending. */
static int sort_change(struct change *c, const struct conf_change *change, struct err *e)
{
	unsigned flags = change->option->flags;
	bool live;
	int r;

	/* unusedN follows from the change of mpN. */
	if (flags & (CONF_OPT_INTERNAL | CONF_OPT_CREATE_ONLY | CONF_OPT_DELETE))
		return 0;
	/* The change is already pending, and this command does not change it. */
	if (is_pending(c->old, change->name) && !is_named(c->args, change->name))
		return 0;
	/* The stored form of a note differs from the given form. */
	if (flags & CONF_OPT_NOTE) {
		const char *given = args_option(c->args, change->name);

		return given ? conf_set(c->now, change->name, given, e) :
			       conf_unset(c->now, change->name, e);
	}
	live = live_can(&c->live, change, c->old, c->next);
	buf_addf(live ? &c->effect : &c->pending, " %s", change->name);
	if (!live)
		return conf_pending_put(c->now, change->name, change->new, e);
	r = conf_pending_drop(c->now, change->name, e);
	return r < 0 ? r : conf_change_make(c->now, change, e);
}

/* Drops pending changes whose values are the current values again. */
static int drop_needless(struct change *c, const struct conf_changes *changes, struct err *e)
{
	struct conf_changes waiting;
	int r = 0;

	conf_pending(c->old, &waiting);
	for (size_t i = 0; i < waiting.n && r == 0; i++)
		if (!conf_changes_find(changes, waiting.v[i].name))
			r = conf_pending_drop(c->now, waiting.v[i].name, e);
	conf_changes_done(&waiting);
	return r;
}

static int sort_changes(struct change *c, struct err *e)
{
	struct conf_changes changes;
	int r;

	conf_diff(c->old, c->next, &changes);
	r = drop_needless(c, &changes, e);
	for (size_t i = 0; i < changes.n && r == 0; i++)
		r = sort_change(c, &changes.v[i], e);
	conf_changes_done(&changes);
	return r;
}

static void apply_again(struct change *c)
{
	struct conf_changes changes;

	conf_diff(c->old, c->next, &changes);
	for (size_t i = 0; i < c->args->n_options; i++) {
		const char *name = c->args->options[i].name;

		if (!conf_changes_find(&changes, name) && live_again(&c->live, name, c->now))
			buf_addf(&c->effect, " %s", name);
	}
	conf_changes_done(&changes);
}

static void tell(const struct change *c)
{
	if (c->effect.len)
		printf("in effect:%s\n", c->effect.s);
	if (c->pending.len)
		printf("pending until the next start:%s\n", c->pending.s);
}

static int change_running(struct change *c, struct err *e)
{
	struct err late;
	int r = sort_changes(c, e);

	if (r == 0)
		r = each_named(c->now, c->args, "delete", drop_line, e);
	if (r == 0)
		apply_again(c);
	if (r == 0)
		r = conf_keep_pending_volumes(c->now, c->before, e);
	if (r == 0)
		r = ct_check_lower(c->now, e);
	if (r == 0)
		r = live_apply(&c->live, c->old, c->now, e);
	if (r < 0)
		return r;
	r = ct_commit(c->now, e);
	if (r == 0) {
		live_settle(&c->live, c->old, c->now);
		if (in_effect_change(c->old, c->now, &late) < 0 && late.num != ENOENT)
			ct_note(c->live.ct, "pct pending does not know of the change: %s: %s",
				late.object, late.cause);
		tell(c);
	} else if (live_apply(&c->live, c->now, c->old, &late) < 0) {
		err_remedy(e, "undoing the change in the running container failed, too: %s: %s",
			   late.object, late.cause);
	}
	return r;
}

static int set_running(const struct request *q, const struct conf_file *f,
		       const struct conf_file *next, struct err *e)
{
	struct conf_file *old = conf_copy(f);
	struct change c = { .args = q->args, .before = q->before,
			    .live = { .ct = q->ct, .ctid = q->ct->ctid, .init = -1 },
			    .old = old, .next = next };
	int r;

	take_back_edits(old, q->args, NULL);
	c.now = conf_copy(old);
	r = change_running(&c, e);

	buf_done(&c.effect);
	buf_done(&c.pending);
	conf_free(c.now);
	conf_free(old);
	live_done(&c.live);
	return r;
}

static int undo_reserve(void *f, struct err *e)
{
	return store()->save(f, e);
}

/* Make the new volumes, and use the config that names them. */
static int save(struct request *q, const struct conf_file *f, const struct conf_file *next,
		struct err *e)
{
	const struct conf *conf = conf_values(next);
	struct transaction undo;
	struct idmap map;
	int r;

	transaction_begin(&undo, q->ct);
	if (q->volumes.n)
		transaction_add(&undo, undo_reserve, (void *)f);
	transaction_add(&undo, new_volumes_undo, &q->volumes);
	r = conf->mapped && q->volumes.n ? conf_idmap(conf, &map, e) : 0;
	if (r == 0)
		r = new_volumes_reserve(&q->volumes, f, e);
	if (r == 0)
		r = new_volumes_make(&q->volumes, conf->mapped ? &map : NULL, e);
	if (r == 0)
		r = interrupt_check(e);
	if (r == 0)
		r = ct_is_running(q->ct->ctid) ? set_running(q, f, next, e) :
						  ct_commit(next, e);
	/* The config that is saved names them. */
	if (r == 0)
		undo.n = 0;
	return transaction_end(&undo, r, e);
}

static int set_loaded(struct request *q, struct err *e)
{
	struct ct *ct = q->ct;
	const struct args *args = q->args;
	struct conf_file *f = ct->file, *next;
	int r;

	q->before = conf_copy(f);
	r = each_named(f, args, "revert", revert_option, e);
	if (r < 0)
		return r;
	next = conf_copy(f);
	r = conf_pending_merge(next, e);
	if (r == 0)
		r = apply(q, next, e);
	if (r == 0)
		r = conf_keep_pending_volumes(next, q->before, e);
	if (r == 0)
		r = args_blame(ct_idmap_check(conf_values(f), conf_values(next), e), e);
	if (r == 0)
		r = save(q, f, next, e);
	if (r == 0)
		r = tell_volumes(q, conf_values(f), e);
	if (r == 0) {
		clashes_note(ct, conf_values(f), conf_values(next));
		note_ignored(ct, args, next);
		note_raw(ct, args);
		note_nameservers(ct, conf_values(next));
		note_bridges(ct, args, conf_values(next));
	}
	if (r == 0 && args_option(args, "idmap"))
		ct_idmap_note(ct, conf_values(next));
	conf_free(next);
	return r;
}

int cmd_set(const struct args *args, struct err *e)
{
	struct ct ct;
	struct request q = { .args = args, .ct = &ct };
	autoclose int ids = -1;
	int r;

	if (args->n_options == 0) {
		err_set(e, ERR_USAGE, NULL, "there is nothing to set");
		return err_remedy(e, "pct help set lists the options");
	}
	r = ct_open(args->ctid, CT_LOCK | CT_LOAD | CT_UNLOCKED, &ct, e);
	if (r == 0 && args_option(args, "idmap")) {
		ids = ct_lock_ids(e);
		r = ids < 0 ? ids : 0;
	}
	if (r == 0)
		r = set_loaded(&q, e);
	new_volumes_done(&q.volumes);
	conf_free(q.before);
	return finish_ct(&ct, r);
}
