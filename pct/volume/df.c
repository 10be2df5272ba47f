/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "ct/ct.h"
#include "ct/volume/volumes.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "pct/amount.h"
#include "pct/cmd.h"
#include "pct/notes.h"
#include "pct/output.h"

/* "-": not known. */
static const char *amount(const struct ct_volume *v, uint64_t bytes, char to[AMOUNT_MAX])
{
	if (v->result == CT_VOLUME_KNOWN)
		return amount_text(bytes, to);
	snprintf(to, AMOUNT_MAX, "-");
	return to;
}

/* Of what the container can use, as df(1) counts. */
static double percent(const struct ct_volume *v)
{
	uint64_t all = v->used + v->available;

	return all ? 100.0 * (double)v->used / (double)all : 0;
}

static void print_text(const struct ct_volumes *volumes)
{
	static const char row[] = "%-8s %-40s %8s %8s %8s %6s  %s\n";

	printf(row, "MP", "Volume", "Size", "Used", "Avail", "Use%", "Path");
	for (size_t i = 0; i < volumes->n; i++) {
		const struct ct_volume *v = &volumes->v[i];
		char size[AMOUNT_MAX], used[AMOUNT_MAX], available[AMOUNT_MAX],
			part[AMOUNT_MAX] = "-";

		if (v->result == CT_VOLUME_KNOWN)
			snprintf(part, sizeof part, "%.1f%%", percent(v));
		printf(row, v->slot, v->id, amount(v, v->size, size), amount(v, v->used, used),
		       amount(v, v->available, available), part, v->mount_point);
	}
}

static void print_rows(const struct ct_volumes *volumes, enum format format)
{
	struct json_t *rows = json_new_array();

	for (size_t i = 0; i < volumes->n; i++) {
		const struct ct_volume *v = &volumes->v[i];
		struct json_t *row = json_new_object();

		json_put_string(row, "mp", v->slot);
		json_put_string(row, "volume", v->id);
		if (v->result == CT_VOLUME_KNOWN) {
			json_put_int(row, "size_bytes", (int64_t)v->size);
			json_put_int(row, "used_bytes", (int64_t)v->used);
			json_put_int(row, "available_bytes", (int64_t)v->available);
		}
		json_put_string(row, "path", v->mount_point);
		json_push(rows, row);
	}
	print_json(rows, format);
	json_free(rows);
}

int cmd_df(const struct args *args, struct err *e)
{
	enum format format = args_format(args);
	struct ct_volumes volumes = { 0 };
	bool failed = false;
	struct ct ct;
	/* Nothing that a container can delay may hold its lock. */
	int r = ct_open(args->ctid, ct_is_running(args->ctid) ? 0 : CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_df(&ct, &volumes, e);
	if (r == 0 && format == FORMAT_TEXT)
		print_text(&volumes);
	else if (r == 0)
		print_rows(&volumes, format);
	for (size_t i = 0; i < volumes.n; i++)
		failed |= volumes.v[i].result == CT_VOLUME_FAILED;
	ct_volumes_done(&volumes);
	output_flush(NULL);
	return finish_ct(&ct, r == 0 ? failed : r);
}
