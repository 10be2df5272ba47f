/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/console.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/relay.h"
#include "lib/util.h"

struct console {
	int ptx;
	char escape;
	bool escaped; /* the last one typed was that */
	char typed[256];
	size_t n, at; /* not passed on yet: from at on */
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

/* Twice the escape is the escape itself.  False: it was Ctrl-LETTER q. */
static bool take_typed(struct console *c)
{
	char typed[sizeof c->typed];
	ssize_t n = read(STDIN_FILENO, typed, sizeof typed);

	if (n < 0 && errno == EINTR)
		return true;
	c->n = c->at = 0;
	for (ssize_t i = 0; i < n; i++) {
		bool escaped = c->escaped;

		c->escaped = !escaped && typed[i] == c->escape;
		if (escaped && typed[i] == 'q')
			return false;
		if (!c->escaped)
			c->typed[c->n++] = typed[i];
	}
	return n > 0;
}

/* The other end is shared with the monitor, and stays one that blocks: there is room for one. */
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
	return n > 0 && relay_write(STDOUT_FILENO, said, (size_t)n);
}

static bool run_once(struct console *c)
{
	bool pending = c->at < c->n;
	struct pollfd polls[] = {
		{ .fd = pending ? -1 : STDIN_FILENO, .events = POLLIN },
		{ .fd = c->ptx, .events = (short)(POLLIN | (pending ? POLLOUT : 0)) },
	};

	if (resized)
		fit(c->ptx);
	if (ppoll(polls, ARRAY_SIZE(polls), NULL, &c->unblocked) <= 0)
		return true;
	if (polls[1].revents & POLLIN && !pass_said(c))
		return false;
	if (polls[1].revents & POLLOUT && !pass_typed(c))
		return false;
	if (!(polls[1].revents & POLLIN) && polls[1].revents & (POLLHUP | POLLERR))
		return false;
	return !polls[0].revents || take_typed(c);
}

/* As liblxc has it. */
static void greet(int tty, char letter)
{
	autofree char *text = xasprintf("\nConnected to tty %d\nType <Ctrl+%c q> to exit the "
					"console, <Ctrl+%c Ctrl+%c> to enter Ctrl+%c itself\n",
					tty, letter, letter, letter, letter);

	relay_write(STDERR_FILENO, text, strlen(text));
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
