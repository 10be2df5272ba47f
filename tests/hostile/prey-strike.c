/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A process that can be traced does what its tracer wants, with all that it has. */
#include "tests/hostile/prey.h"

#include <elf.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#if defined(__x86_64__)
static const unsigned char syscall_code[] = { 0x0f, 0x05 };

static bool read_memory(pid_t pid, uint64_t at, void *to, size_t size)
{
	struct iovec local = { to, size }, remote = { (void *)(uintptr_t)at, size };

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)size;
}

/* Where it has the instruction: it mostly comes from a system call. */
static uint64_t find_syscall(pid_t pid, uint64_t ip)
{
	unsigned char code[4096], *at;
	uint64_t page = ip & ~4095ULL;

	if (read_memory(pid, ip - 2, code, 2) && memcmp(code, syscall_code, 2) == 0)
		return ip - 2;
	at = read_memory(pid, page, code, sizeof code) ?
		     memmem(code, sizeof code, syscall_code, 2) : NULL;
	return at ? page + (uint64_t)(at - code) : 0;
}

/* SIGURG, which is ignored where nobody waits for it. */
void strike(pid_t pid)
{
	struct user_regs_struct old, regs;
	struct iovec get = { &old, sizeof old }, set = { &regs, sizeof regs };
	int status;

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &get) < 0)
		return;
	regs = old;
	regs.rip = find_syscall(pid, old.rip);
	regs.rax = SYS_kill;
	regs.orig_rax = ~0ULL; /* not a call that would be begun anew */
	regs.rdi = 0;
	regs.rsi = SIGURG;
	if (regs.rip && ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &set) == 0 &&
	    ptrace(PTRACE_SINGLESTEP, pid, 0, 0) == 0 && waitpid(pid, &status, __WALL) == pid &&
	    WIFSTOPPED(status))
		found(pid, F_STRUCK, " ");
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &get);
}
#else
void strike(pid_t pid)
{
	(void)pid;
}
#endif
