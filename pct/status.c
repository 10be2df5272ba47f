/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct status: shows the state, setup's findings, why the last start failed, and why it stopped. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "ct/ct.h"
#include "ct/usage.h"
#include "lib/base/err.h"
#include "lib/base/json.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/runtime/cgroup-procs.h"
#include "lib/runtime/failure.h"
#include "lib/runtime/frozen.h"
#include "lib/runtime/last-stop.h"
#include "lib/runtime/orphan.h"
#include "lib/runtime/runtime.h"
#include "pct/cmd.h"
#include "pct/config/explain.h"
#include "pct/each.h"
#include "pct/notes.h"
#include "pct/output.h"
#include "pct/usage.h"
#include "setup/report.h"

const struct option_def status_options[] = {
	{ "verbose", "[0|1]",
	  "Also show memory, CPU time, disk, uptime, and notes of setup at the start" },
	OPTION_FORMAT,
	{ 0 },
};

struct status {
	const char *state;
	bool orphaned, frozen;
	pid_t pid;       /* of init; 0: not running */
	struct report findings; /* setup's, of the last start */
	struct err failure;
	char stage[32];
	bool failed;     /* the last start failed */
	bool has_usage;
	struct usage usage;
	char *last_stop; /* its reason; NULL: running, unknown, or the last start failed */
};

static void look(unsigned ctid, struct status *ret)
{
	autofree char *report = runfile(ctid, RUNFILE_GUEST_REPORT);
	enum ct_state state = ct_state(ctid);

	*ret = (struct status){ .state = "stopped",
				.orphaned = state == CT_ORPHANED,
				.frozen = state != CT_STOPPED && cgroup_is_frozen(ctid) };
	report_read(report, &ret->findings, NULL);
	if (state != CT_STOPPED) {
		ret->state = ret->frozen ? "frozen" : "running";
		ret->pid = runtime_init_pid(ctid);
		return;
	}
	ret->failed = failure_read(ctid, ret->stage, &ret->failure) == 1;
	ret->last_stop = ret->failed ? NULL : last_stop_read(ctid);
}

static void print_usage(const struct usage *usage)
{
	struct usage_text text;
	const struct {
		const char *name, *value;
	} lines[] = { { "memory", text.memory }, { "cpu time", text.cpu },
		      { "disk", text.disk },     { "uptime", text.uptime } };

	usage_format(usage, " of ", &text);
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (*lines[i].value)
			printf("%s: %s\n", lines[i].name, lines[i].value);
}

/* Only verbose prints notes, and findings of a stopped container. */
static void print_text(unsigned ctid, const struct status *status, bool verbose)
{
	struct err e;

	printf("status: %s\n", status->state);
	if (status->orphaned) {
		orphan_tell(ctid, &e);
		printf("monitor: gone; %s\n", e.remedy);
	}
	if (status->frozen) {
		autofree char *remedy = frozen_remedy(ctid);

		printf("processes: frozen; %s\n", remedy);
	}
	if (status->pid)
		printf("pid: %d\n", (int)status->pid);
	if (status->has_usage)
		print_usage(&status->usage);
	for (size_t i = 0; i < status->findings.n_notes; i++) {
		const struct note *note = &status->findings.notes[i];

		if (verbose || (status->pid && note->level == NOTE_WARNING))
			explain_note(note, stdout);
	}
	if (status->last_stop)
		printf("last stop: %s\n", status->last_stop);
	if (status->failed) {
		autofree char *label = xasprintf("last start failed (%s)", status->stage);

		err_print(&status->failure, label, stdout);
	}
}

static struct json_t *failure_json(const struct status *status)
{
	struct json_t *failure = json_new_object();

	json_put_string(failure, "stage", status->stage);
	json_put_string(failure, "object", status->failure.object);
	json_put_string(failure, "cause", status->failure.cause);
	json_put_int(failure, "errno", status->failure.num);
	json_put_string(failure, "remedy", status->failure.remedy);
	return failure;
}

static struct json_t *status_json(unsigned ctid, const struct conf *conf,
				  const struct status *status)
{
	struct json_t *object = json_new_object();

	json_put_int(object, "vmid", ctid);
	json_put_string(object, "status", status->state);
	if (status->orphaned)
		json_put_string(object, "monitor", "gone");
	json_put_string(object, "name", conf ? conf->hostname : NULL);
	if (conf && conf->lock)
		json_put_string(object, "lock", conf->lock);
	if (status->pid)
		json_put_int(object, "pid", status->pid);
	if (status->has_usage)
		usage_put_json(object, &status->usage);
	json_put(object, "findings",
		 explain_notes_json(status->findings.notes, status->findings.n_notes));
	if (status->last_stop)
		json_put_string(object, "last-stop", status->last_stop);
	if (status->failed)
		json_put(object, "failure", failure_json(status));
	return object;
}

static void print(unsigned ctid, const struct args *args, const struct status *status)
{
	bool verbose = args_flag(args, "verbose");

	if (args->n_ctids == 1) {
		print_text(ctid, status, verbose);
	} else if (verbose) {
		printf("%scontainer: %u\n", ctid == args->ctid ? "" : "\n", ctid);
		print_text(ctid, status, true);
	} else {
		printf("%u: %s\n", ctid, status->state);
	}
}

/*
 * Show a container even if its config cannot be read, which returns -errno.  Of several containers,
 * JSON is added to list.
 */
static int show(unsigned ctid, const struct args *args, struct json_t *list, struct err *e)
{
	enum format format = args_format(args);
	struct json_t *object = NULL;
	struct ct ct;
	struct status status;
	int r = ct_open(ctid, CT_LOAD, &ct, e);

	if (r == -ENOENT && !(ct_is_ours(ctid) && ct_is_running(ctid)))
		return finish_ct(&ct, r);
	look(ctid, &status);
	status.has_usage = r == 0 && status.pid && args_flag(args, "verbose");
	if (status.has_usage)
		usage_look(conf_values(ct.file), &status.usage);
	if (format == FORMAT_TEXT)
		print(ctid, args, &status);
	else
		object = status_json(ctid, r < 0 ? NULL : conf_values(ct.file), &status);
	if (list && object) {
		json_push(list, object);
	} else if (object) {
		print_json(object, format);
		json_free(object);
	}
	output_flush(NULL);
	free(status.last_stop);
	report_done(&status.findings);
	return finish_ct(&ct, r);
}

int cmd_status(const struct args *args, struct err *e)
{
	enum format format = args_format(args);
	struct json_t *list = NULL;
	bool failed = false;

	if (args->n_ctids == 1)
		return show(args->ctid, args, NULL, e);
	if (format != FORMAT_TEXT)
		list = json_new_array();
	for (size_t i = 0; i < args->n_ctids; i++)
		if (show(args->ctids[i], args, list, e) < 0) {
			failed = true;
			output_flush(NULL);
			each_print_error(args->ctids[i], e);
		}
	if (list)
		print_json(list, format);
	json_free(list);
	return failed;
}
