/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * grab WHAT [N [VALUE]]: what a command can do to the descriptor N that it was given; run as
 * root of a container.  What it reads, it prints after what it is to /grabbed.  On the host,
 * "grab show N" prints what of N such a command could have changed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/util.h"

#define PLANTED "planted\n"

static void say(const char *fmt, ...)
{
	FILE *f = fopen("/grabbed", "ae");
	va_list args;

	if (!f)
		return;
	va_start(args, fmt);
	vfprintf(f, fmt, args);
	va_end(args);
	fclose(f);
}

/* The file behind it, not the descriptor. */
static int reopen(int n, int flags)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/self/fd/%d", n);
	return open(path, flags | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void say_read(const char *how, ssize_t len, const char *data)
{
	if (len > 0)
		say("%s: %.*s\n", how, (int)len, data);
}

static void do_read(int n, long value)
{
	char data[4096];
	int fd = reopen(n, O_RDONLY);

	(void)value;
	say_read("at the descriptor's start", pread(n, data, sizeof data, 0), data);
	if (fd >= 0)
		say_read("opened anew", read(fd, data, sizeof data), data);
}

static void do_truncate(int n, long value)
{
	int fd = reopen(n, O_RDWR);

	(void)ftruncate(n, value);
	if (fd >= 0)
		(void)ftruncate(fd, value);
}

static void do_write(int n, long value)
{
	int fd = reopen(n, O_RDWR);

	(void)pwrite(n, PLANTED, strlen(PLANTED), value);
	if (lseek(n, value, SEEK_SET) >= 0)
		(void)write(n, PLANTED, strlen(PLANTED));
	if (fd >= 0)
		(void)write(fd, PLANTED, strlen(PLANTED));
}

static void do_seek(int n, long value)
{
	lseek(n, value, SEEK_SET);
}

static void do_flags(int n, long value)
{
	(void)value;
	fcntl(n, F_SETFL, (fcntl(n, F_GETFL) ^ O_APPEND) | O_NONBLOCK | O_NOATIME);
	fcntl(n, F_SETFL, fcntl(n, F_GETFL) | O_ASYNC);
	fcntl(n, F_SETPIPE_SZ, 4096);
}

static void do_mode(int n, long value)
{
	(void)value;
	(void)fchmod(n, 0666);
	(void)fchown(n, 1234, 1234);
	(void)futimens(n, (struct timespec[2]){ { .tv_sec = 1 }, { .tv_sec = 1 } });
}

/* Held as long as a process that stays behind. */
static void do_lock(int n, long value)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	flock(n, LOCK_EX | LOCK_NB);
	fcntl(n, F_OFD_SETLK, &lock);
	if (fork() == 0) {
		sleep((unsigned)value);
		_exit(0);
	}
}

static void do_shutdown(int n, long value)
{
	int small = 1;

	(void)value;
	setsockopt(n, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	shutdown(n, SHUT_RDWR);
}

/* ---- the caller's keys ---- */

static void do_keys(int n, long value)
{
	static const char *const name = "prey:host";
	char data[256];
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0);

	(void)n;
	if (key < 0)
		key = syscall(SYS_request_key, "user", name, NULL, 0);
	/* The number, which any process may guess. */
	say_read("the key by its name",
		 key < 0 ? -1 : syscall(SYS_keyctl, KEYCTL_READ, key, data, sizeof data), data);
	say_read("the key by its number",
		 syscall(SYS_keyctl, KEYCTL_READ, value, data, sizeof data), data);
	if (syscall(SYS_keyctl, KEYCTL_LINK, value, KEY_SPEC_PROCESS_KEYRING) == 0)
		say("linked the key by its number\n");
	if (syscall(SYS_add_key, "user", "prey:planted", "x", 1, KEY_SPEC_SESSION_KEYRING) >= 0)
		say("own keys work\n");
}

/* ---- on the host ---- */

static void do_show(int n, long value)
{
	struct stat st = { 0 };
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	(void)value;
	fstat(n, &st);
	fcntl(n, F_OFD_GETLK, &lock);
	printf("flags %o pipe %d mode %o owner %u locked %d offset %ld\n",
	       (unsigned)fcntl(n, F_GETFL), fcntl(n, F_GETPIPE_SZ), st.st_mode, st.st_uid,
	       lock.l_type != F_UNLCK, (long)lseek(n, 0, SEEK_CUR));
}

static const struct {
	const char *name;
	void (*run)(int n, long value);
} attacks[] = {
	{ "read", do_read },   { "truncate", do_truncate }, { "write", do_write },
	{ "seek", do_seek },   { "flags", do_flags },	     { "mode", do_mode },
	{ "lock", do_lock },   { "shutdown", do_shutdown }, { "keys", do_keys },
	{ "show", do_show },
};

int main(int argc, char *argv[])
{
	int n = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 0;
	long value = argc > 3 ? strtol(argv[3], NULL, 10) : 0;

	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(attacks); i++)
		if (str_eq(argv[1], attacks[i].name)) {
			attacks[i].run(n, value);
			return 0;
		}
	return 2;
}
