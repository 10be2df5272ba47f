/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/output.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"

static int failure; /* the first errno */
static bool is_told;

static ssize_t put(void *cookie, const char *text, size_t len)
{
	int r = failure ? -failure : file_write_all(STDOUT_FILENO, text, len);

	(void)cookie;
	failure = -r;
	return r < 0 ? 0 : (ssize_t)len;
}

void output_open(void)
{
	FILE *stream = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = put });

	if (!stream)
		return;
	setvbuf(stream, NULL, isatty(STDOUT_FILENO) ? _IOLBF : _IOFBF, BUFSIZ);
	stdout = stream;
}

int output_flush(struct err *e)
{
	if (fflush(stdout) != 0 && !failure)
		failure = errno;
	if (!failure || !e)
		return -failure;
	is_told = true;
	return err_set(e, failure, "standard output", "cannot write: %s", strerror(failure));
}

int output_close(struct err *e)
{
	if (is_told)
		return 0;
	output_flush(NULL);
	/* NFS reports a full disk only at close(). */
	if (close(STDOUT_FILENO) < 0 && !failure)
		failure = errno;
	return failure ? output_flush(e) : 0;
}
