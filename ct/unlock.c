/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"

static const struct {
	const char *word;
	const char *meaning;
} locks[] = {
	{ "backup", "a backup of its volumes; a backup of Proxmox VE may still run" },
	{ "create", "pct create has not finished; its volumes may be incomplete: pct destroy "
		    "removes them" },
	{ "destroyed", "a removal has not finished; its volumes may be gone" },
	{ "disk", "a volume was copied or moved; a clone or a move may still run" },
	{ "fstrim", "unused blocks were given back; fstrim may still run" },
	{ "migrate", "a move to another node; it may still run, or have left volumes there" },
	{ "mounted", "its volumes were mounted on the host; they may still be" },
	{ "rollback", "a rollback to a snapshot; its volumes may be from both states" },
	{ "snapshot", "a snapshot was made; it may still run, or be incomplete" },
	{ "snapshot-delete", "a snapshot was removed; it may still run, or be incomplete" },
};

static const char *meaning_of(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(locks); i++)
		if (str_eq(locks[i].word, word))
			return locks[i].meaning;
	return "pct does not know this operation; it may still run";
}

int ct_remove_lock(struct ct *ct, struct err *e)
{
	const char *lock = conf_values(ct->file)->lock;
	autofree char *word = xstrdup(lock);
	int r;

	if (!word) {
		autofree char *object = xasprintf("container %u", ct->ctid);

		return err_set(e, ENOENT, object, "is not locked");
	}
	r = conf_remove_lock(ct->file, e);
	/* A config that was locked while it was incomplete may be impossible to lower. */
	if (r == 0 && ct_commit(ct->file, NULL) < 0)
		r = store()->save(ct->file, e);
	if (r == 0)
		ct_note(ct, "the lock \"%s\" is removed: %s", word, meaning_of(word));
	return r;
}
