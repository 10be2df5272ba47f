/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Preloaded into a program, it takes the flags of openat2(2) away that hold a path inside the root,
 * as if lib/rootfs/rootfs.c had been written without them: "/etc/x" is "etc/x" from the root on,
 * and links lead wherever they like.
 */
#include <dlfcn.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

long syscall(long number, ...)
{
	long (*next)(long, ...) = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	struct open_how how;
	const char *path;
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number != SYS_openat2)
		return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	how = *(const struct open_how *)a[2];
	how.resolve = 0;
	for (path = (const char *)a[1]; *path == '/'; path++)
		;
	return next(number, a[0], *path ? path : ".", &how, a[3]);
}
