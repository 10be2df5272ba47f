/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * prey [-m MODES] [-j N] [-kn] [-t SECONDS] SECRET: run as root of a container, hunt every process
 * that comes to be there, until SIGTERM or the time is over, and say what was found of how many.
 *
 * Numbers of processes follow each other, so the next ones are tried before they exist, by N
 * threads on each processor.  MODES are letters; each new process gets one of them by its number:
 * p: seize it (ptrace(2)) and look at leisure; s: stop it first (SIGSTOP); l: look while it goes
 * on.  -n: go before others on the processor, where the container may.  -k: have what is seized
 * send SIGURG to the group of processes that it is born in.  SECRET is looked for in memory.
 *
 * It prints "ready", and at the end a line "NAME COUNT" for each row of FINDINGS in prey.h, the
 * first of each kind as "# NAME: pid N: TEXT" before that.
 */
#include "tests/hostile/prey.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/elf.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/util.h"

#define AHEAD 3      /* numbers that are tried before the kernel gives them */
#define SYNC 64      /* rounds, after which the kernel is asked where it is */
#define STOP_MS 20
#define END_MS 1000  /* to let go of what is held */

static struct {
	const char *modes;
	long threads, seconds;
	bool first, strikes;
} opt = { .modes = "psl", .threads = 1, .seconds = 600 };

static _Atomic pid_t next;
static _Atomic long ready, busy;
static _Atomic bool over;
static _Atomic uint64_t *findings; /* by number of process */
static _Atomic bool said[N_FINDINGS];

#define FINDING_NAME(id, name) name,
static const char *const names[] = { FINDINGS(FINDING_NAME) };

/* ---- what was found ---- */

void found(pid_t pid, enum finding f, const char *fmt, ...)
{
	char text[256];
	va_list args;

	findings[pid] |= 1ULL << f;
	if (f < F_NOTES || said[f] || atomic_exchange(&said[f], true))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	printf("# %s: pid %d: %s\n", names[f], (int)pid, text);
}

bool was_found(pid_t pid, enum finding f)
{
	return findings[pid] & 1ULL << f;
}

static void print(void)
{
	long count[N_FINDINGS] = { 0 }, harmed = 0;

	for (pid_t pid = 1; pid < MAX_PIDS && pid <= next + AHEAD; pid++) {
		for (int f = 0; f < N_FINDINGS; f++)
			count[f] += findings[pid] >> f & 1;
		harmed += findings[pid] >> (F_NOTES + 1) != 0;
	}
	for (int f = 0; f < N_FINDINGS; f++)
		if (f != F_NOTES)
			printf("%s %ld\n", names[f], count[f]);
	printf("harmed %ld\n", harmed);
	fflush(stdout);
}

/* ---- the hunt ---- */

static bool claim(pid_t pid, enum finding how)
{
	uint64_t bit = 1ULL << how;

	return !(atomic_fetch_or(&findings[pid], bit | 1ULL << F_SEEN) & bit);
}

static void look_at_tracee(pid_t pid)
{
	char registers[1024];
	struct iovec to = { registers, sizeof registers };
	int status, sig = 0;

	if (ptrace(PTRACE_INTERRUPT, pid, 0, 0) < 0 || waitpid(pid, &status, __WALL) != pid ||
	    !WIFSTOPPED(status))
		return;
	/* Any other stop is for a signal, which it is given afterwards. */
	if (status >> 16 != PTRACE_EVENT_STOP)
		sig = WSTOPSIG(status);
	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &to);
	judge(pid, true);
	if (opt.strikes && was_found(pid, F_GROUP))
		strike(pid);
	ptrace(PTRACE_DETACH, pid, 0, sig);
}

/* False: there is none yet. */
static bool seize(pid_t pid)
{
	if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
		claim(pid, F_SEIZED);
		look_at_tracee(pid);
		return true;
	}
	if (errno != EPERM)
		return false;
	if (claim(pid, F_REFUSED) && !was_found(pid, F_SEIZED))
		judge(pid, false);
	return true;
}

static bool stop(pid_t pid)
{
	long long until;
	char state[512];

	if (kill(pid, SIGSTOP) < 0)
		return false;
	/* This one may have come after the other thread has let it go on. */
	if (!claim(pid, F_STOPPED)) {
		while (!was_found(pid, F_LET_GO))
			;
		kill(pid, SIGCONT);
		return true;
	}
	until = now_ms() + STOP_MS;
	while (read_of(pid, "status", state, sizeof state) && !strstr(state, "State:\tT") &&
	       now_ms() < until)
		;
	judge(pid, strstr(state, "State:\tT") != NULL);
	kill(pid, SIGCONT);
	found(pid, F_LET_GO, " ");
	return true;
}

static bool look(pid_t pid)
{
	if (kill(pid, 0) < 0)
		return false;
	if (claim(pid, F_LOOKED))
		judge(pid, false);
	return true;
}

static bool hunt(pid_t pid)
{
	switch (opt.modes[(size_t)pid % strlen(opt.modes)]) {
	case 'p':
		return seize(pid);
	case 's':
		return stop(pid);
	default:
		return look(pid);
	}
}

/* The last number that was given; of a process that may be gone again. */
static pid_t last_given(int fd)
{
	char text[128];
	ssize_t n = pread(fd, text, sizeof text - 1, 0);
	const char *word;

	if (n <= 0)
		return 0;
	text[n] = '\0';
	word = strrchr(text, ' '); /* loadavg has it at its end */
	return (pid_t)strtol(word ? word : text, NULL, 10);
}

static int open_last_given(void)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? open("/proc/loadavg", O_RDONLY | O_CLOEXEC) : fd;
}

/* Two threads see it by turns; who comes later changes nothing. */
static void advance(pid_t to)
{
	pid_t old = next;

	while (old < to && !atomic_compare_exchange_weak(&next, &old, to))
		;
}

static void *run(void *arg)
{
	cpu_set_t cpus;
	int fd = open_last_given();

	CPU_ZERO(&cpus);
	CPU_SET((size_t)(uintptr_t)arg, &cpus);
	sched_setaffinity(0, sizeof cpus, &cpus);
	if (opt.first)
		setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), -20);
	ready++;
	while (next == 0)
		usleep(1000);
	busy++;
	for (unsigned n = 0; !over; n++) {
		pid_t from = next;

		for (pid_t pid = from; pid < from + AHEAD && pid < MAX_PIDS; pid++)
			if (hunt(pid))
				advance(pid + 1);
		if (n % SYNC)
			continue;
		from = next;
		/* The last one may not be born yet. */
		for (pid_t pid = from; pid < last_given(fd); pid++) {
			hunt(pid);
			advance(pid + 1);
		}
	}
	busy--;
	return NULL;
}

static void start_threads(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), n = 0;
	pthread_t thread;
	int fd = open_last_given();

	for (long cpu = 0; cpu < cpus; cpu++)
		for (long i = 0; i < opt.threads; i++)
			n += pthread_create(&thread, NULL, run, (void *)(uintptr_t)cpu) == 0;
	while (ready < n)
		usleep(1000);
	/* What is older is not prey, and these threads are not. */
	next = last_given(fd) + 1;
	close(fd);
}

static bool parse(int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "m:j:knt:")) != -1)
		switch (c) {
		case 'm': opt.modes = optarg; break;
		case 'j': opt.threads = strtol(optarg, NULL, 10); break;
		case 'k': opt.strikes = true; break;
		case 'n': opt.first = true; break;
		case 't': opt.seconds = strtol(optarg, NULL, 10); break;
		default: return false;
		}
	return optind == argc - 1 && *opt.modes;
}

int main(int argc, char *argv[])
{
	sigset_t term;

	if (!parse(argc, argv)) {
		fprintf(stderr, "usage: prey [-m psl] [-j N] [-kn] [-t SECONDS] SECRET\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	findings = mmap(NULL, MAX_PIDS * sizeof *findings, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (findings == MAP_FAILED)
		return 1;
	self_look(argv[optind]);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	start_threads();
	printf("ready %d\n", (int)next);
	sigtimedwait(&term, NULL, &(struct timespec){ .tv_sec = opt.seconds });
	over = true;
	for (int n = 0; n < END_MS && busy; n++)
		usleep(1000);
	print();
	_exit(0);
}
