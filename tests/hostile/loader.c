/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The dynamic loader of a container that is after who started it: whatever program is run through
 * it, it keeps that as descriptor 9 and runs /loaded, which is loaded.c.  Without a C library,
 * whose beginning would take the program's headers for its own.
 */
#include <fcntl.h>
#include <sys/syscall.h>

#define KEPT 9

#if defined(__x86_64__)
static long call(long number, long a, long b, long c)
{
	long r;

	__asm__ volatile("syscall" : "=a"(r) : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return r;
}
#elif defined(__aarch64__)
static long call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c, x3 __asm__("x3") = 0;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}
#endif

void _start(void);
void _start(void)
{
	static const char *const argv[] = { "/loaded", 0 }, *const env[] = { 0 };
	long fd = call(SYS_openat, AT_FDCWD, (long)"/proc/self/exe", O_PATH);

	call(SYS_dup3, fd, KEPT, 0);
	call(SYS_execve, (long)argv[0], (long)argv, (long)env);
	call(SYS_exit_group, 1, 0, 0);
}
