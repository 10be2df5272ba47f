/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded into a program, it has the GAP_AT-th connect(2) to a container's command socket wait:
 * GAP_DIR/waits appears, and the call goes on once there is GAP_DIR/go.  What the program has asked
 * before may be true no more by then.
 *
 * An open(2) of a path that ends in GAP_OPEN never returns: of a process's command line, which may
 * be in memory that does not come.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Of all processes that come of one. */
static int *count;

static void __attribute__((constructor)) share(void)
{
	count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		     0);
}

static int is_command(const struct sockaddr *address, socklen_t size)
{
	static const char end[] = "/command";
	const struct sockaddr_un *un = (const void *)address;
	const char *name = un->sun_path + 1;
	size_t len = size - offsetof(struct sockaddr_un, sun_path) - 1;

	if (un->sun_family != AF_UNIX || size < sizeof un->sun_family + 2 || un->sun_path[0])
		return 0;
	len = strnlen(name, len);
	return len > strlen(end) && memcmp(name + len - strlen(end), end, strlen(end)) == 0;
}

static void wait_for_go(const char *dir)
{
	char path[512];
	int fd;

	snprintf(path, sizeof path, "%s/waits", dir);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	close(fd);
	snprintf(path, sizeof path, "%s/go", dir);
	for (int i = 0; i < 1000 && access(path, F_OK) < 0; i++)
		usleep(10000);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
	int (*next)(int, const struct sockaddr *, socklen_t) =
		(int (*)(int, const struct sockaddr *, socklen_t))dlsym(RTLD_NEXT, "connect");
	const char *at = getenv("GAP_AT"), *dir = getenv("GAP_DIR");

	if (at && dir && is_command(address, size) &&
	    __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) == strtol(at, NULL, 10))
		wait_for_go(dir);
	return next(fd, address, size);
}

int open(const char *path, int flags, ...)
{
	int (*next)(const char *, int, ...) =
		(int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
	const char *end = getenv("GAP_OPEN");
	size_t len = strlen(path), n = end ? strlen(end) : 0;
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	while (n && len >= n && strcmp(path + len - n, end) == 0)
		pause();
	return next(path, flags, mode);
}
