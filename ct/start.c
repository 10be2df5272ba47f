/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "ct/check/clashes.h"
#include "ct/check/may-start.h"
#include "ct/clean.h"
#include "ct/ct-internal.h"
#include "ct/ct.h"
#include "ct/hookscript.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/store.h"
#include "lib/runtime/failure.h"
#include "lib/runtime/monitor.h"
#include "lib/runtime/orphan.h"
#include "lib/runtime/runtime.h"
#include "setup/report.h"

void ct_note_warnings(struct ct *ct, const struct report *report)
{
	for (size_t i = 0; i < report->n_notes; i++) {
		const struct note *n = &report->notes[i];

		if (n->level == NOTE_WARNING)
			ct_note(ct, "%s%s%s", n->text, n->remedy ? "; " : "",
				n->remedy ? n->remedy : "");
	}
}

/* The config may have been converted by this start, and then no later one knows these. */
static void note_without_effect(struct ct *ct)
{
	struct conf_findings found;

	conf_warnings(ct->file, &found);
	for (size_t i = 0; i < found.n; i++) {
		const char *key = found.v[i].key, *name = str_after(key, "pve.");

		ct_note(ct, "%s%s%s", name ? name : key, *key ? ": " : "", found.v[i].text);
	}
	conf_findings_done(&found);
}

void ct_note_start(struct ct *ct)
{
	autofree char *path = runfile(ct->ctid, RUNFILE_GUEST_REPORT);
	struct report report = { 0 };

	note_without_effect(ct);
	clashes_note(ct, NULL, conf_values(ct->file));
	if (report_read(path, &report, NULL) < 0)
		return;
	ct_note_warnings(ct, &report);
	report_done(&report);
}

static int fail_running(unsigned ctid, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	int r = orphan_refuse(ctid, e);

	return r < 0 ? r : err_set(e, EALREADY, object, "is already running");
}

/* Without pending changes, liblxc checks the text when it starts the container. */
static int prepare_config(struct ct *ct, bool merged, struct err *e)
{
	autofree char *text = NULL;
	autofree char *path = store()->path(ct->ctid);
	int r = merged ? conf_pending_merge(ct->file, e) : 0;

	if (r == 0)
		r = ct_may_start(ct->file, path, e);
	if (r == 0)
		r = ct_lower_text(ct->file, &text, e);
	if (r == 0)
		r = ct_check_controllers(text, e);
	if (r == 0 && merged)
		r = runtime_check(ct->ctid, text, e);
	if (r < 0)
		return r;
	return merged ? ct_commit_lowered(ct->file, text, e) :
			ct_write_lowered(ct->ctid, text, e);
}

/* runtime_start() fails before the monitor has run post-stop, which undoes the start: wait. */
static int fail_start(struct ct *ct, struct err *e)
{
	int r;

	/* lxc-start takes no lock and was faster: the record and the cgroups belong to it. */
	if (runtime_is_running(ct->ctid) && runtime_init_pid(ct->ctid))
		return fail_running(ct->ctid, e);
	r = monitor_wait(ct->ctid, MONITOR_WAIT, NULL);
	if (r == 0 && !ct_is_running(ct->ctid))
		ct_clean(ct->ctid, NULL);
	failure_read(ct->ctid, NULL, e);
	return err_code(e);
}

static int start_prepared(struct ct *ct, struct err *e)
{
	autofree char *log = runfile(ct->ctid, RUNFILE_LOG);
	struct err late;
	int r = file_mkdirs(ct->run, 0755, e);

	if (r == 0)
		r = ct_check_reachable(conf_values(ct->file), e);
	if (r < 0)
		return r;
	failure_clear(ct->ctid);
	r = runtime_start(ct->ctid, log, e);
	if (r < 0)
		return fail_start(ct, e);
	ct_note_start(ct);
	if (hookscript_run(conf_values(ct->file), HOOKSCRIPT_POST_START, &late) < 0)
		ct_note(ct, "%s: %s; %s", late.object, late.cause, late.remedy);
	return 0;
}

/* After a failed start, the changes are pending again, and can be reverted.  Takes before. */
static void put_back(struct ct *ct, struct conf_file *before)
{
	conf_free(ct->file);
	ct->file = before;
	if (ct_commit(before, NULL) < 0)
		ct_note(ct, "the pending changes are in the config now, although the start failed");
}

static int start_loaded(struct ct *ct, struct err *e)
{
	struct conf_file *before = NULL;
	int r = ct_check_unlocked(ct, e);

	if (r == 0)
		r = monitor_wait(ct->ctid, MONITOR_WAIT, e);
	if (r < 0)
		return r;
	if (conf_has_pending(ct->file))
		before = conf_copy(ct->file);
	r = prepare_config(ct, before != NULL, e);
	if (r == 0) {
		r = start_prepared(ct, e);
		if (r < 0 && before && !ct_is_running(ct->ctid))
			put_back(ct, steal(&before));
	}
	conf_free(before);
	return r;
}

int ct_start(struct ct *ct, struct err *e)
{
	int r = ct_load(ct, e);

	if (r < 0)
		return r;
	return ct_is_running(ct->ctid) ? fail_running(ct->ctid, e) : start_loaded(ct, e);
}

int ct_check_startable(struct ct *ct, struct err *e)
{
	int r = ct_load(ct, e);

	if (r < 0)
		return r;
	return ct_is_running(ct->ctid) ? fail_running(ct->ctid, e) : ct_check_unlocked(ct, e);
}

int ct_check_restartable(struct ct *ct, struct err *e)
{
	autofree char *path = store()->path(ct->ctid);
	struct conf_file *next;
	int r = ct_load(ct, e);

	if (r == 0)
		r = ct_check_unlocked(ct, e);
	if (r < 0)
		return r;
	next = conf_copy(ct->file);
	r = conf_pending_merge(next, e);
	if (r == 0)
		r = ct_may_start(next, path, e);
	if (r == 0)
		r = ct_check_lower(next, e);
	for (size_t i = 0; r == 0 && i < conf_values(next)->n_nets; i++)
		r = ct_check_bridge(conf_values(next), i, e);
	conf_free(next);
	return r;
}
