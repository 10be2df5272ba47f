/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/util.h"
#include "lib/runtime/stdio.h"

#define CHUNK 4096
#define LAST_CHUNKS 256 /* of final output: the command's children may go on writing forever */

/* The window size changed, or the shell has returned the terminal. */
static volatile sig_atomic_t changed;

static void note(int number)
{
	(void)number;
	changed = 1;
}

bool terminal_is_ours(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
}

struct lent {
	int ptmx;
	bool known; /* own is valid */
	struct termios own;
	bool listening;
	sigset_t unblocked;
	char typed[CHUNK];
	size_t at, end; /* part not passed on yet */
};

static void lend(struct lent *l)
{
	struct termios raw = l->own;
	struct winsize size;

	changed = 0;
	cfmakeraw(&raw);
	if (l->known)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(l->ptmx, TIOCSWINSZ, &size);
}

static void give_back(const struct lent *l)
{
	if (l->known)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &l->own);
}

/* Returns > 0: there may be more; 0: nothing now; < 0: end of output. */
static int pass_said(struct lent *l)
{
	char said[CHUNK];
	ssize_t n = read(l->ptmx, said, sizeof said);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return errno == EINTR;
	return n > 0 && stdio_write(STDOUT_FILENO, said, (size_t)n) ? 1 : -1;
}

static void take_typed(struct lent *l)
{
	ssize_t n = read(STDIN_FILENO, l->typed, sizeof l->typed);

	l->at = 0;
	l->end = n > 0 ? (size_t)n : 0;
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		l->listening = false; /* hung up: hang up the command's terminal, too */
}

static void pass_typed(struct lent *l)
{
	ssize_t n = write(l->ptmx, l->typed + l->at, l->end - l->at);

	if (n > 0)
		l->at += (size_t)n;
	else if (n < 0 && errno != EINTR && errno != EAGAIN)
		l->at = l->end;
}

/* Returns true while the process runs and the caller's terminal exists. */
static bool run_once(struct lent *l, int pidfd)
{
	bool pending = l->at < l->end;
	struct pollfd polls[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = l->listening && !pending ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = l->ptmx, .events = (short)(POLLIN | (pending ? POLLOUT : 0)) },
	};

	if (changed)
		lend(l);
	if (ppoll(polls, ARRAY_SIZE(polls), NULL, &l->unblocked) <= 0)
		return true;
	if (polls[0].revents)
		return false;
	if (polls[2].revents & POLLOUT)
		pass_typed(l);
	if (polls[1].revents)
		take_typed(l);
	/* If the command has closed its terminal, still wait for its end. */
	if (polls[2].revents & (POLLIN | POLLHUP) && pass_said(l) < 0) {
		give_back(l); /* so that Ctrl-C interrupts pct again */
		while (poll(polls, 1, -1) < 0)
			;
		return false;
	}
	return l->listening;
}

void terminal_run(int ptmx, int pidfd)
{
	const struct sigaction action = { .sa_handler = note };
	struct lent l = { .ptmx = ptmx, .listening = true };
	sigset_t noted;

	/* Signals are blocked except while ppoll() waits. */
	sigemptyset(&noted);
	sigaddset(&noted, SIGWINCH);
	sigaddset(&noted, SIGCONT);
	sigprocmask(SIG_BLOCK, &noted, &l.unblocked);
	l.known = tcgetattr(STDIN_FILENO, &l.own) == 0;
	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
	lend(&l);
	while (run_once(&l, pidfd))
		;
	for (int n = 0; n < LAST_CHUNKS && pass_said(&l) > 0; n++)
		;
	sigprocmask(SIG_SETMASK, &l.unblocked, NULL);
	give_back(&l);
}
