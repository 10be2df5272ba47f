/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct push and pull */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/ct.h"
#include "ct/transfer.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/notes.h"

#define CLEAR "\r\033[K"
#define SHOW_AFTER_MS 1000
#define SHOW_EACH_MS 250

const struct option_def push_options[] = {
	{ "user", "USER",
	  "Owner, a name or number of the container (that of the replaced file, "
	  "else root)" },
	{ "group", "GROUP", "Group, a name or number of the container (as for --user)" },
	{ "perms", "MODE",
	  "Mode of the file, octal (that of the replaced file, else 0666 without "
	  "the umask)" },
	{ 0 },
};
const struct option_def pull_options[] = {
	{ "user", "USER",
	  "Owner, a name or number of the host (that of the replaced file, else "
	  "root)" },
	{ "group", "GROUP", "Group, a name or number of the host (as for --user)" },
	{ "perms", "MODE",
	  "Mode of the file, octal (that of the replaced file, else 0666 without "
	  "the umask)" },
	{ 0 },
};

struct progress {
	long long began, shown; /* of now_ms() */
};

static void show(void *arg, uint64_t bytes, uint64_t of)
{
	struct progress *p = arg;
	long long now = now_ms();

	if (now - p->began < SHOW_AFTER_MS || now - p->shown < SHOW_EACH_MS)
		return;
	p->shown = now;
	if (of)
		fprintf(stderr, CLEAR "pct: copying: %" PRIu64 " %%",
			bytes < of ? 100 * bytes / of : 100);
	else
		fprintf(stderr, CLEAR "pct: copying: %" PRIu64 " MiB", bytes >> 20);
	fflush(stderr);
}

static int take_perms(const char *text, int *ret, struct err *e)
{
	char *end;
	unsigned long mode;

	*ret = -1;
	if (!text)
		return 0;
	mode = strtoul(text, &end, 8);
	if (!*text || *end || text[strspn(text, "01234567")] || mode > 07777)
		return err_set(e, ERR_USAGE, "--perms", "not an octal mode such as 0644: \"%s\"",
			       text);
	*ret = (int)mode;
	return 0;
}

static int take_name(const struct args *args, const char *option, const char **ret, struct err *e)
{
	autofree char *object = xasprintf("--%s", option);

	*ret = args_option(args, option);
	if (*ret && (!**ret || has_control(*ret) || strchr(*ret, ':')))
		return err_set(e, ERR_USAGE, object, "not a name or a number: \"%s\"", *ret);
	return 0;
}

static int copy(const struct args *args, bool push, struct err *e)
{
	int (*run)(struct ct *, const struct ct_transfer *, struct err *) =
		push ? ct_push : ct_pull;
	struct progress progress = { .began = now_ms() };
	struct ct_transfer x = { .host = args->positional[push ? 0 : 1],
				 .path = args->positional[push ? 1 : 0],
				 .moved = isatty(STDERR_FILENO) ? show : NULL,
				 .arg = &progress };
	mode_t mask = umask(022);
	struct ct ct;
	int r = take_perms(args_option(args, "perms"), &x.perms, e);

	umask(mask);
	x.fresh_mode = 0666 & ~mask;
	if (r == 0)
		r = take_name(args, "user", &x.user, e);
	if (r == 0)
		r = take_name(args, "group", &x.group, e);
	if (r == 0 && (!*x.host || !*x.path))
		r = args_usage(args, e, "a path is empty");
	if (r < 0)
		return r;
	r = ct_open(args->ctid, 0, &ct, e);
	if (r == 0)
		r = run(&ct, &x, e);
	if (progress.shown)
		fputs(CLEAR, stderr);
	return finish_ct(&ct, r);
}

int cmd_push(const struct args *args, struct err *e)
{
	return copy(args, true, e);
}

int cmd_pull(const struct args *args, struct err *e)
{
	return copy(args, false, e);
}
