/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/runtime/stdio.h"

#define LAST_MS 500 /* time for the last input to be accepted */

struct console {
	int ptx;
	char escape;
	bool escaped; /* the last character was the escape */
	bool leaves;  /* leave once the earlier input is passed on */
	char typed[256];
	size_t n, at; /* input not passed on yet: from at on */
	sigset_t unblocked;
};

static volatile sig_atomic_t resized;

static void note(int number)
{
	(void)number;
	resized = 1;
}

static void fit(int ptx)
{
	struct winsize size;

	resized = 0;
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0)
		ioctl(ptx, TIOCSWINSZ, &size);
}

/*
 * The escape typed twice is passed on once.  If the container does not read, input beyond the
 * buffer is lost, so that it cannot keep the user from leaving.
 */
static void take_typed(struct console *c)
{
	char typed[sizeof c->typed];
	ssize_t n = read(STDIN_FILENO, typed, sizeof typed);

	memmove(c->typed, c->typed + c->at, c->n - c->at);
	c->n -= c->at;
	c->at = 0;
	c->leaves = n == 0 || (n < 0 && errno != EINTR);
	for (ssize_t i = 0; i < n && !c->leaves; i++) {
		bool escaped = c->escaped;

		c->escaped = !escaped && typed[i] == c->escape;
		c->leaves = escaped && typed[i] == 'q';
		if (!c->escaped && !c->leaves && c->n < sizeof c->typed)
			c->typed[c->n++] = typed[i];
	}
}

/* The descriptor is shared with the monitor and stays blocking, so write one byte at a time. */
static bool pass_typed(struct console *c)
{
	ssize_t n = write(c->ptx, c->typed + c->at, 1);

	if (n > 0)
		c->at++;
	return n > 0 || errno == EINTR || errno == EAGAIN;
}

static bool pass_said(struct console *c)
{
	char said[4096];
	ssize_t n = read(c->ptx, said, sizeof said);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	return n > 0 && stdio_write(STDOUT_FILENO, said, (size_t)n);
}

static bool run_once(struct console *c)
{
	const struct timespec last = { .tv_nsec = LAST_MS * 1000 * 1000 };
	bool pending = c->at < c->n;
	struct pollfd polls[] = {
		{ .fd = c->leaves ? -1 : STDIN_FILENO, .events = POLLIN },
		{ .fd = c->ptx, .events = (short)((c->leaves ? 0 : POLLIN) |
						  (pending ? POLLOUT : 0)) },
	};

	if (c->leaves && !pending)
		return false;
	if (resized)
		fit(c->ptx);
	if (ppoll(polls, ARRAY_SIZE(polls), c->leaves ? &last : NULL, &c->unblocked) <= 0)
		return !c->leaves;
	if (polls[1].revents & POLLIN && !pass_said(c))
		return false;
	if (polls[1].revents & POLLOUT && !pass_typed(c))
		return false;
	if (!(polls[1].revents & POLLIN) && polls[1].revents & (POLLHUP | POLLERR))
		return false;
	if (polls[0].revents)
		take_typed(c);
	return true;
}

/* The same text as liblxc's. */
static void greet(int tty, char letter)
{
	autofree char *text = xasprintf("\nConnected to tty %d\nType <Ctrl+%c q> to exit the "
					"console, <Ctrl+%c Ctrl+%c> to enter Ctrl+%c itself\n",
					tty, letter, letter, letter, letter);

	stdio_write(STDERR_FILENO, text, strlen(text));
}

int console_run(int ptx, int tty, char letter, struct err *e)
{
	const struct sigaction action = { .sa_handler = note };
	struct console c = { .ptx = ptx, .escape = (char)(letter & 0x1f) };
	struct termios own, raw;
	sigset_t noted;

	if (tcgetattr(STDIN_FILENO, &own) < 0)
		return err_sys(e, "standard input", "use as a terminal");
	greet(tty, letter);
	raw = own;
	cfmakeraw(&raw);
	sigemptyset(&noted);
	sigaddset(&noted, SIGWINCH);
	sigprocmask(SIG_BLOCK, &noted, &c.unblocked);
	sigaction(SIGWINCH, &action, NULL);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	fit(ptx);
	while (run_once(&c))
		;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &own);
	sigprocmask(SIG_SETMASK, &c.unblocked, NULL);
	return 0;
}
