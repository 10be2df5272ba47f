/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/ct.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "ct/check/may-start.h"
#include "ct/live/in-effect.h"
#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"

#define LOCK_WAIT 10 /* seconds, as in Proxmox VE */

int ct_lock(struct ct *ct, struct err *e)
{
	ct->lock = store()->lock(ct->ctid, LOCK_WAIT, e);
	return ct->lock < 0 ? err_code(e) : 0;
}

void ct_unlock(struct ct *ct)
{
	if (ct->lock >= 0)
		close(steal_fd(&ct->lock));
}

int ct_load_in_effect(struct ct *ct, struct err *e)
{
	struct conf_file *now = NULL;
	struct err late;
	int r = ct_load(ct, &late);

	if (!ct_is_running(ct->ctid) || in_effect_load(ct->ctid, &now, NULL) < 0)
		return r < 0 ? err_take(e, &late) : 0;
	if (r < 0)
		ct_note(ct, "%s: %s; the config in effect is used", late.object, late.cause);
	conf_free(ct->file);
	ct->file = now;
	return 0;
}

int ct_lock_ids(struct err *e)
{
	return store()->lock_ids(LOCK_WAIT, e);
}

int ct_load(struct ct *ct, struct err *e)
{
	autofree char *path = NULL, *node = NULL;
	int r = ct->file ? 0 : store()->load(ct->ctid, &ct->file, e);

	if (r != -ENOENT)
		return r;
	path = store()->path(ct->ctid);
	if (ct_is_ours(ct->ctid) && ct_is_running(ct->ctid)) {
		err_set(e, ENOENT, path, "is gone, but container %u runs", ct->ctid);
		return err_remedy(e, "put it back, or stop the container: pct stop %u", ct->ctid);
	}
	node = store()->find_node(ct->ctid);
	err_set(e, ENOENT, path, "there is no container %u", ct->ctid);
	if (node)
		return err_remedy(e, "node %s has it: run pct there", node);
	return err_remedy(e, "pct list shows the containers");
}

int ct_check_unlocked(const struct ct *ct, struct err *e)
{
	return ct_check_lock(ct->file, e);
}

int ct_open(unsigned ctid, unsigned flags, struct ct *ret, struct err *e)
{
	int r = 0;

	*ret = (struct ct){ .ctid = ctid, .lock = -1, .run = path_ct_run(ctid) };
	if (flags & CT_LOCK)
		r = ct_lock(ret, e);
	if (r == 0 && flags & CT_LOAD)
		r = ct_load(ret, e);
	if (r == 0 && flags & CT_UNLOCKED)
		r = ct_check_unlocked(ret, e);
	return r;
}

void ct_close(struct ct *ct)
{
	ct_unlock(ct);
	conf_free(ct->file);
	ct->file = NULL;
	free(steal(&ct->run));
	strv_clear(&ct->notes);
}

void ct_note(struct ct *ct, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) >= 0)
		strv_push(&ct->notes, text);
	va_end(args);
	free(text);
}
