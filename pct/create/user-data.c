/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cloud-init runs what it knows of the user-data and passes over the rest with a line in its log,
 * so a format that it does not know is an error here.
 */
#include "pct/create/user-data.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "pct/cmd.h"
#include "pct/create/password-options.h"

#define OPTION "--user-data"
#define MAX_DATA (1024 * 1024) /* setup reads no larger file */
#define MAX_HEADERS 4096

const struct user_data_format user_data_formats[] = {
	{ "#cloud-config", "YAML; also #cloud-config-archive and #cloud-config-jsonp" },
	{ "#!", "a script, which runs at the first boot" },
	{ "#include", "a list of addresses to fetch user-data from; also #include-once" },
	{ "#cloud-boothook", "a script, which runs early at each boot" },
	{ "#part-handler", "a handler for further formats, in Python" },
	{ "## template: jinja", "a template of one of these formats" },
	{ 0 },
};

/* The rules of cloud-init: blanks before the first line and capitals do not matter. */
static bool is_known(const char *text)
{
	static const char mime[] = "mime-version:";
	const char *start = text + strspn(text, " \t\r\n");

	for (const struct user_data_format *f = user_data_formats; f->begin; f++)
		if (strncasecmp(start, f->begin, strlen(f->begin)) == 0)
			return true;
	for (size_t i = 0; text[i] && i < MAX_HEADERS; i++)
		if (strncasecmp(text + i, mime, strlen(mime)) == 0)
			return true;
	return false;
}

static int read_input(const struct args *args, char **ret, size_t *ret_len, struct err *e)
{
	const char *other = str_eq(args->positional[0], "-") ? "the template"
			    : secret_is_read(args)	     ? "the password"
							     : NULL;

	if (other) {
		err_set(e, ERR_USAGE, OPTION, "standard input is %s", other);
		return err_remedy(e, "give the user-data as a file");
	}
	if (isatty(STDIN_FILENO))
		return err_set(e, EINVAL, OPTION, "standard input is a terminal");
	return file_read_fd(STDIN_FILENO, "standard input", MAX_DATA, ret, ret_len, e);
}

int user_data_read(const struct args *args, char **ret, struct err *e)
{
	const char *path = args_option(args, "user-data");
	autofree char *text = NULL;
	size_t len;
	int r;

	if (!path)
		return 0;
	r = str_eq(path, "-") ? read_input(args, &text, &len, e)
			      : file_read(path, MAX_DATA, &text, &len, e);
	if (r < 0)
		return r;
	if (memchr(text, '\0', len)) {
		err_set(e, EINVAL, OPTION, "%s is not a text file", path);
		return err_remedy(e, "unpack it, if it is compressed");
	}
	if (!is_known(text)) {
		err_set(e, EINVAL, OPTION, "cloud-init does not know the format of %s", path);
		return err_remedy(e, "let its first line be #cloud-config, or #! and an "
				     "interpreter; pct(1) lists the formats");
	}
	*ret = steal(&text);
	return 0;
}
