/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/interrupt.h"

#include <errno.h>
#include <signal.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

static volatile sig_atomic_t noted;
static bool is_noted;

static void note(int number)
{
	noted = number;
}

/* No SA_RESTART: a signal must end a system call that waits. */
static void handle(void (*handler)(int))
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	static bool known, ignored[ARRAY_SIZE(numbers)]; /* when the program started */
	const struct sigaction action = { .sa_handler = handler };
	struct sigaction old;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		if (!known)
			ignored[i] = sigaction(numbers[i], NULL, &old) < 0 ||
				     old.sa_handler == SIG_IGN;
		if (!ignored[i])
			sigaction(numbers[i], &action, NULL);
	}
	known = true;
	is_noted = handler == note;
}

void interrupt_note(void)
{
	handle(note);
}

void interrupt_ignore(void)
{
	handle(SIG_IGN);
}

void interrupt_default(void)
{
	handle(SIG_DFL);
}

bool interrupt_is_noted(void)
{
	return is_noted;
}

int interrupt_signal(void)
{
	return noted;
}

int interrupt_check(struct err *e)
{
	return noted ? err_set(e, EINTR, NULL, "interrupted; nothing was made") : 0;
}
