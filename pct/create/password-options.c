/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/create/password-options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/password.h"
#include "lib/base/util.h"
#include "pct/cmd.h"

#define MAX_LINE 1024
#define MAX_KEYS (1024 * 1024)

/* ---- password ---- */

/* Reads one line without its newline; byte by byte, to leave the rest of the input. */
static int read_line(char line[MAX_LINE], struct err *e)
{
	size_t len = 0;

	for (;;) {
		char c;
		ssize_t n = read(STDIN_FILENO, &c, 1);

		if (n < 0)
			return err_sys(e, "--password", "read standard input");
		if (n == 0 || c == '\n')
			break;
		if (len == MAX_LINE - 1)
			return err_set(e, EINVAL, "--password", "the line is too long");
		line[len++] = c;
	}
	if (len && line[len - 1] == '\r')
		len--;
	line[len] = '\0';
	return 0;
}

static int ask(const char *prompt, char line[MAX_LINE], struct err *e)
{
	fprintf(stderr, "%s: ", prompt);
	fflush(stderr);
	return read_line(line, e);
}

static int ask_twice(char line[MAX_LINE], struct err *e)
{
	struct termios old, quiet;
	char again[MAX_LINE];
	int r;

	if (tcgetattr(STDIN_FILENO, &old) < 0)
		return err_sys(e, "--password", "read the terminal's modes");
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	quiet.c_lflag |= ECHONL;
	/* A fatal signal would leave the terminal without echo. */
	quiet.c_lflag &= ~(tcflag_t)ISIG;
	quiet.c_cc[VEOF] = old.c_cc[VINTR];
	if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) < 0)
		return err_sys(e, "--password", "turn off the terminal's echo");
	r = ask("New password", line, e);
	if (r == 0 && line[0])
		r = ask("Retype new password", again, e);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	if (r == 0 && line[0] && !str_eq(line, again))
		r = err_set(e, EINVAL, "--password", "the two passwords differ");
	explicit_bzero(again, sizeof again);
	return r;
}

/* ---- from pct to pct-create ---- */

#define HANDED_FD "PCT_PASSWORD_FD"

static char handed[MAX_LINE];

int secret_hand_over(const struct args *args, struct err *e)
{
	const char *value = args_option(args, "password");
	char number[16];
	int fd;

	if (!value || !*value || str_eq(value, "-"))
		return 0;
	if (strlen(value) >= sizeof handed)
		return err_set(e, ERR_USAGE, "--password", "is too long");
	fd = memfd_create("password", 0);
	snprintf(number, sizeof number, "%d", fd);
	if (fd < 0 || pwrite(fd, value, strlen(value), 0) < 0 || setenv(HANDED_FD, number, 1) < 0)
		return err_sys(e, "--password", "pass it to pct-create");
	return 0;
}

void secret_receive(void)
{
	const char *number = getenv(HANDED_FD);
	uint64_t fd;

	if (number && parse_uint(number, 3, INT32_MAX, &fd) &&
	    pread((int)fd, handed, sizeof handed - 1, 0) < 0)
		explicit_bzero(handed, sizeof handed);
	unsetenv(HANDED_FD);
}

/* ---- taking the password ---- */

bool secret_is_read(const struct args *args)
{
	const char *value = args_option(args, "password");

	return value && (str_eq(value, "-") || (!*value && !*handed));
}

int secret_password(const struct args *args, char **ret_hash, struct err *e)
{
	const char *value = args_option(args, "password");
	char line[MAX_LINE] = "";
	int r = 0;

	if (!value)
		return 0;
	if (!*value)
		value = handed;
	if (secret_is_read(args)) {
		r = isatty(STDIN_FILENO) ? ask_twice(line, e) : read_line(line, e);
		value = line;
	}
	if (r == 0)
		r = password_hash(value, ret_hash, e);
	if (value != line)
		r = args_blame(r, e);
	explicit_bzero(line, sizeof line);
	explicit_bzero(handed, sizeof handed);
	return r;
}

/* ---- keys, sshd(8) "AUTHORIZED_KEYS FILE FORMAT" ---- */

static bool is_key_type(const char *word)
{
	static const char *const prefixes[] = { "ssh-", "ecdsa-sha2-", "sk-ssh-",
						"sk-ecdsa-sha2-" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_after(word, prefixes[i]))
			return true;
	return false;
}

/* The wire format begins with a length below 2^24, so its base64 begins with "AAAA". */
static bool is_blob(const char *word)
{
	size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
	size_t pad = strspn(word + n, "=");

	return str_after(word, "AAAA") && n >= 40 && pad <= 2 && word[n + pad] == '\0' &&
	       (n + pad) % 4 == 0;
}

/* [OPTIONS] TYPE BLOB [COMMENT] */
static bool is_key_line(const char *line)
{
	autostrv char **word = strv_split(line, " \t");

	for (size_t i = 0; word[i]; i++)
		if (is_key_type(word[i]))
			return word[i + 1] && is_blob(word[i + 1]);
	return false;
}

int secret_ssh_keys(const struct args *args, char **ret, struct err *e)
{
	const char *path = args_option(args, "ssh-public-keys");
	autofree char *text = NULL;
	autobuf keys = BUF_INIT;
	unsigned number = 0;
	size_t len;
	int r;

	if (!path)
		return 0;
	r = file_read(path, MAX_KEYS, &text, &len, e);
	if (r < 0)
		return r;
	if (memchr(text, '\0', len))
		return err_set(e, EINVAL, path, "is not a text file");
	for (char *line = text, *next; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		line[strcspn(line, "\r")] = '\0';
		line += strspn(line, " \t");
		if (!*line || *line == '#')
			continue;
		for (char *tab = line; (tab = strchr(tab, '\t'));)
			*tab = ' ';
		if (has_control(line) || !is_key_line(line)) {
			autofree char *where = xasprintf("%s:%u", path, number);

			err_set(e, EINVAL, where, "is not a public key");
			return err_remedy(e, "a line must be like that of ~/.ssh/id_ed25519.pub");
		}
		buf_addf(&keys, "%s\n", line);
	}
	if (keys.len == 0)
		return err_set(e, EINVAL, path, "contains no key");
	*ret = buf_detach(&keys);
	return 0;
}
