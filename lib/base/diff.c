/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/diff.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

#define SECONDS 5 /* diff(1) can take half a minute for hostile texts of 1 MiB */

static char *disarmed(const char *text)
{
	char *copy = xstrdup(text ? text : "");

	text_sanitize(copy, "\t\n");
	return copy;
}

/* Returns the descriptor of a memfd that holds the text, positioned at its beginning. */
static int make_file(const char *text, struct err *e)
{
	autoclose int fd = memfd_create("diff", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, "diff", "make a file in memory");
	if (file_write_all(fd, text, strlen(text)) < 0 || lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(e, "diff", "write a file in memory");
	return steal_fd(&fd);
}

int diff_unified(const char *path, const char *old, const char *new, char **ret, struct err *e)
{
	autofree char *a = disarmed(old), *b = disarmed(new), *text = NULL;
	autofree char *label_a = old ? xasprintf("a%s", path) : xstrdup("/dev/null");
	autofree char *label_b = new ? xasprintf("b%s", path) : xstrdup("/dev/null");
	autoclose int file_a = make_file(a, e), file_b = file_a < 0 ? -1 : make_file(b, e);
	const char *const argv[] = { "diff", "-u", "--label", label_a, "--label", label_b, "-",
				     RUN_SECOND_INPUT, NULL };
	/* Each line gains a sign, and each change has a heading. */
	size_t max = 8 * (strlen(a) + strlen(b)) + 4096;
	int r;

	if (file_a < 0 || file_b < 0)
		return err_code(e);
	r = run_program_compare(argv, file_a, file_b, SECONDS, max, &text, e);
	if (r < 0)
		return r;
	/* diff(1) prints nothing if an empty file is created or removed. */
	if (!*text && !old != !new)
		*ret = xasprintf("--- %s\n+++ %s\n", label_a, label_b);
	else
		*ret = steal(&text);
	return 0;
}
