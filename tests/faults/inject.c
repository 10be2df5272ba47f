/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/faults/inject.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)

static int poke(pid_t pid, size_t offset, long value)
{
	return ptrace(PTRACE_POKEUSER, pid, offset, value) < 0 ? -errno : 0;
}

int inject_skip(pid_t pid)
{
	return poke(pid, offsetof(struct user_regs_struct, orig_rax), -1);
}

int inject_error(pid_t pid, int number)
{
	return poke(pid, offsetof(struct user_regs_struct, rax), -number);
}

#elif defined(__aarch64__)

#ifndef NT_ARM_SYSTEM_CALL
#define NT_ARM_SYSTEM_CALL 0x404
#endif

int inject_skip(pid_t pid)
{
	int none = -1;
	struct iovec set = { &none, sizeof none };

	return ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &set) < 0 ? -errno : 0;
}

int inject_error(pid_t pid, int number)
{
	struct user_regs_struct regs;
	struct iovec set = { &regs, sizeof regs };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &set) < 0)
		return -errno;
	regs.regs[0] = (uint64_t)-number;
	return ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &set) < 0 ? -errno : 0;
}

#else

/* Linux 6.16; other machines' registers are not written down here. */
#define SET_SYSCALL_INFO 0x4212

int inject_skip(pid_t pid)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) < 0)
		return -errno;
	info.entry.nr = (uint64_t)-1;
	return ptrace(SET_SYSCALL_INFO, pid, sizeof info, &info) < 0 ? -errno : 0;
}

int inject_error(pid_t pid, int number)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) < 0)
		return -errno;
	info.exit.rval = -number;
	info.exit.is_error = 1;
	return ptrace(SET_SYSCALL_INFO, pid, sizeof info, &info) < 0 ? -errno : 0;
}

#endif
