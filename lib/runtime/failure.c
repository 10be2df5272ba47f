/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/failure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/runfile.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

#define RECORD_MAX 4096

static const enum runfile records[] = { RUNFILE_FAILURE, RUNFILE_GUEST_FAILURE };

int failure_write(unsigned ctid, bool guest, const char *stage, const struct err *e)
{
	autofree char *path = runfile(ctid, records[guest]);
	autofree char *dir = guest ? path_ct_guest(ctid) : path_ct_run(ctid);
	autobuf text = BUF_INIT;
	int r;

	/* Keep the first record: later failures are usually consequences. */
	if (faccessat(AT_FDCWD, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	buf_addf(&text, "stage: %s\nobject: %s\ncause: %s\nerrno: %d\nremedy: %s\n", stage,
		 e->object, e->cause, e->num, e->remedy);
	/* Mode 0600: the record may quote a line of the config. */
	r = file_mkdirs(dir, 0755, NULL);
	return r < 0 ? r : file_write_volatile(path, text.s, text.len, 0600, NULL);
}

static void take_line(char *line, char stage[32], struct err *e)
{
	const char *value;
	uint64_t num;

	if ((value = str_after(line, "stage: ")))
		snprintf(stage, 32, "%s", value);
	else if ((value = str_after(line, "object: ")))
		snprintf(e->object, sizeof e->object, "%s", value);
	else if ((value = str_after(line, "cause: ")))
		snprintf(e->cause, sizeof e->cause, "%s", value);
	else if ((value = str_after(line, "remedy: ")))
		snprintf(e->remedy, sizeof e->remedy, "%s", value);
	else if ((value = str_after(line, "errno: ")) && parse_uint(value, 1, 4095, &num))
		e->num = (int)num;
}

static int read_record(const char *path, char ret_stage[32], struct err *e)
{
	autofree char *text = NULL;
	char stage[32] = "", *save = NULL;
	struct err found = { .num = EIO };

	if (file_read_hostile(path, RECORD_MAX, &text, NULL) < 0)
		return 0;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(line, stage, &found);
	if (!found.cause[0])
		return 0;
	text_sanitize(stage, "");
	if (ret_stage)
		snprintf(ret_stage, 32, "%s", stage);
	err_take(e, &found);
	return 1;
}

int failure_read(unsigned ctid, char ret_stage[32], struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(records) && r == 0; i++) {
		autofree char *path = runfile(ctid, records[i]);

		r = read_record(path, ret_stage, e);
	}
	return r;
}

void failure_clear(unsigned ctid)
{
	for (size_t i = 0; i < ARRAY_SIZE(records); i++) {
		autofree char *path = runfile(ctid, records[i]);

		file_remove(path, NULL);
	}
}
