/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/doctor/doctor.h"

#include <stdio.h>

#include "lib/base/json.h"
#include "lib/base/util.h"
#include "pct/cmd.h"

const struct option_def doctor_options[] = {
	{ "fix", "[0|1]",
	  "Remove leftovers of killed or lost containers; repair networks" },
	OPTION_FORMAT,
	{ 0 },
};

static const struct {
	const char *name;
	void (*run)(struct doctor *d);
} checks[] = {
	{ "kernel", doctor_kernel },
	{ "cgroups", doctor_cgroups },
	{ "liblxc", doctor_liblxc },
	{ "programs", doctor_programs },
	{ "lxcfs", doctor_lxcfs },
	{ "idmap", doctor_idmap },
	{ "apparmor", doctor_apparmor },
	{ "storages", doctor_storages },
	{ "configs", doctor_configs },
	{ "stale", doctor_stale },
	{ "folders", doctor_folders },
	{ "loops", doctor_loops },
	{ "networks", doctor_networks },
};

static const char *const levels[DOCTOR_LEVELS] = { "error", "warning", "fixed" };

void doctor_add(struct doctor *d, enum doctor_level level, const struct err *e)
{
	struct json_t *row;

	d->n[level]++;
	if (!d->rows) {
		printf("%s: %s%s%s%s%s\n", levels[level], e->object, *e->object ? ": " : "",
		       e->cause, *e->remedy ? "; " : "", e->remedy);
		return;
	}
	row = json_new_object();
	json_put_string(row, "level", levels[level]);
	json_put_string(row, "check", d->check);
	json_put_string(row, "object", e->object);
	json_put_string(row, "text", e->cause);
	json_put_string(row, "remedy", e->remedy);
	json_push(d->rows, row);
}

int cmd_doctor(const struct args *args, struct err *e)
{
	enum format format = args_format(args);
	struct doctor d = { .fix = args_flag(args, "fix") };

	(void)e;
	if (format != FORMAT_TEXT)
		d.rows = json_new_array();
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++) {
		d.check = checks[i].name;
		checks[i].run(&d);
	}
	if (d.rows)
		print_json(d.rows, format);
	else
		printf("%zu errors, %zu warnings, %zu fixed\n", d.n[DOCTOR_ERROR],
		       d.n[DOCTOR_WARNING], d.n[DOCTOR_FIXED]);
	json_free(d.rows);
	return d.n[DOCTOR_ERROR] > 0;
}
