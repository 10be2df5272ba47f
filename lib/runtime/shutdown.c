/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asks a container's init to shut down. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/runtime.h"

#define STATUS_MAX (1024 * 1024)
#define PAUSE_MS 20

static uint64_t bit(int signal)
{
	return 1ULL << (signal - 1);
}

/* Parse a set of signals in /proc/PID/status (proc(5)). */
static uint64_t signals(const char *status, const char *name)
{
	const char *line = strstr(status, name);

	return line ? strtoull(line + strlen(name), NULL, 16) : 0;
}

/* Whether init sleeps in sigtimedwait(2), in one of 64 or of 32 bits. */
static bool waits_for_signals(pid_t init)
{
	static const long calls[] = { SYS_rt_sigtimedwait, 177, 421 };
	autofree char *path = xasprintf("/proc/%d/syscall", (int)init), *text = NULL;
	long call;

	if (file_read(path, STATUS_MAX, &text, NULL, NULL) < 0 || sscanf(text, "%ld", &call) != 1)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (call == calls[i])
			return true;
	return false;
}

/*
 * The signal that shuts init down; *ret_handled tells whether init visibly handles it.  The kernel
 * drops a signal without a handler in process 1, unless it is blocked.  A program that uses
 * signalfd(2), like systemd, blocks the signals it waits for.  While a program sleeps in
 * sigtimedwait(2), like busybox init, the kernel keeps the signals, but its status does not show
 * them.
 */
static int halt_signal(int configured, pid_t init, bool *ret_handled)
{
	autofree char *path = xasprintf("/proc/%d/status", (int)init), *status = NULL;
	uint64_t blocked = 0, caught = 0;
	int number = configured;

	if (file_read(path, STATUS_MAX, &status, NULL, NULL) == 0) {
		blocked = signals(status, "\nSigBlk:");
		caught = signals(status, "\nSigCgt:");
	}
	if (!number)
		number = blocked & bit(SIGRTMIN + 3) ? SIGRTMIN + 3 : SIGPWR;
	*ret_handled = (blocked | caught) & bit(number) || waits_for_signals(init);
	return number;
}

/* Returns true once init has ended, false if the time is over. */
static bool wait_end(int init, long long until)
{
	struct pollfd ended = { .fd = init, .events = POLLIN };
	long long left = until - now_ms();

	return poll(&ended, 1, left < 0 ? 0 : (int)left) > 0;
}

/*
 * Send the signal at once, and again when init handles it visibly: right after a start it does not
 * yet.
 */
static bool send_halt(unsigned ctid, int init, long long until)
{
	int configured = runtime_signal(ctid, "lxc.signal.halt");
	bool handled = false, tried = false;

	do {
		pid_t pid = guest_pid(init);
		int number = pid ? halt_signal(configured, pid, &handled) : 0;

		if (number && (handled || !tried))
			syscall(SYS_pidfd_send_signal, init, number, NULL, 0);
		tried = true;
		if (handled || wait_end(init, now_ms() + PAUSE_MS))
			return true;
	} while (now_ms() < until);
	return false;
}

/* After a reboot, init has ended, but the container's name is in use again. */
static bool has_ended(unsigned ctid, int init, long long until)
{
	do {
		if (wait_end(init, until)) {
			if (!runtime_is_running(ctid))
				return true;
			nanosleep(&(struct timespec){ .tv_nsec = PAUSE_MS * 1000 * 1000 }, NULL);
		}
	} while (now_ms() < until);
	return false;
}

int runtime_shutdown(unsigned ctid, unsigned seconds, struct err *e)
{
	autofree char *object = xasprintf("container %u", ctid);
	long long until = now_ms() + seconds * 1000LL;
	autoclose int init = runtime_init_pidfd(ctid, e);
	bool sent;

	if (init < 0)
		return init;
	sent = send_halt(ctid, init, until);
	if (sent && has_ended(ctid, init, until))
		return 0;
	err_set(e, ETIMEDOUT, object, sent ? "did not shut down within %u s" :
		"did not shut down within %u s, as its init does not handle the signal", seconds);
	return err_remedy(e, "give --timeout more, or --forceStop 1, or run pct stop %u", ctid);
}
