/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * once [-x openat2|landlock]... : run commands, one after the other, and say how each ended.
 *
 * A request is a line of fields that end in tabs: an output file, "-" or "u" (as root of a user
 * namespace with the usual map), environment as NAME=VALUE, the command and its arguments.  The
 * answer is a line "STATUS MILLISECONDS KIB": what a shell calls the status (128 + signal; 124 for
 * one that hangs), the processor time, which a busy machine does not stretch, and the most memory
 * that it or a child of its had at a time.  With -x the kernel lacks that system call.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/host/idmap.h"

#define HANGS_MS 20000 /* long enough on the busiest machine */
#define MAX_FIELDS 64
#define FIELDS_BEFORE 2

static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "openat2", SYS_openat2 },
	{ "landlock", SYS_landlock_create_ruleset },
	{ "landlock", SYS_landlock_add_rule },
	{ "landlock", SYS_landlock_restrict_self },
};

static int take_away(long number)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static bool forbid(const char *name)
{
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (str_eq(calls[i].name, name)) {
			if (take_away(calls[i].number) < 0)
				return false;
			known = true;
		}
	return known;
}

static void __attribute__((noreturn)) run(char **field, int userns)
{
	int out = open(field[0], O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	if (out < 0 || null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
		_exit(125);
	/* Descriptor 9 stays: /proc/self/fd/9 leads out. */
	close(out);
	close(null);
	if (field[1][0] == 'u' && (setns(userns, CLONE_NEWUSER) < 0 || setgroups(0, NULL) < 0 ||
				   setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0))
		_exit(125);
	for (field += FIELDS_BEFORE; *field && strchr(*field, '='); field++)
		putenv(*field);
	execv(*field, field);
	_exit(127);
}

static long ms(const struct timeval *a, const struct timeval *b)
{
	return (a->tv_sec + b->tv_sec) * 1000 + (a->tv_usec + b->tv_usec) / 1000;
}

static void serve(char **field, int userns)
{
	struct rusage usage;
	struct pollfd wait;
	bool late;
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0)
		run(field, userns);
	wait = (struct pollfd){ .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	late = poll(&wait, 1, HANGS_MS) == 0;
	if (late)
		kill(-pid, SIGKILL);
	close(wait.fd);
	if (wait4(pid, &status, 0, &usage) < 0)
		exit(1);
	printf("%d %ld %ld\n",
	       late ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	       ms(&usage.ru_utime, &usage.ru_stime), usage.ru_maxrss);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	const struct idmap map = { { { 0, 100000, 65536 } }, { { 0, 100000, 65536 } }, 1, 1 };
	static char line[65536];
	struct err e = { 0 };
	int userns = idmap_userns(&map, &e), opt;

	if (userns < 0) {
		err_print(&e, "once", stderr);
		return 1;
	}
	while ((opt = getopt(argc, argv, "x:")) >= 0)
		if (opt != 'x' || !forbid(optarg)) {
			fprintf(stderr, "usage: once [-x openat2|landlock]...\n");
			return 2;
		}
	while (fgets(line, sizeof line, stdin)) {
		char *field[MAX_FIELDS + 1] = { NULL }, *at = line, *tab;

		for (size_t n = 0; n < MAX_FIELDS && (tab = strchr(at, '\t')); at = tab + 1) {
			*tab = '\0';
			field[n++] = at;
		}
		if (!field[FIELDS_BEFORE])
			return 2;
		serve(field, userns);
	}
	return 0;
}
