/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/transaction.h"

#include <stdlib.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/interrupt.h"

void transaction_begin(struct transaction *t, struct ct *ct)
{
	*t = (struct transaction){ .ct = ct, .is_part = interrupt_is_noted() };
	interrupt_note();
}

void transaction_add(struct transaction *t, int (*undo)(void *arg, struct err *e), void *arg)
{
	if (t->n == TRANSACTION_MAX)
		abort();
	t->step[t->n].undo = undo;
	t->step[t->n++].arg = arg;
}

static void undo_all(struct transaction *t)
{
	struct err e = { 0 };

	while (t->n > 0) {
		t->n--;
		if (t->step[t->n].undo(t->step[t->n].arg, &e) == 0)
			continue;
		ct_note(t->ct, "cannot be undone: %s: %s%s%s", e.object, e.cause,
			*e.remedy ? "; " : "", e.remedy);
		return;
	}
}

int transaction_end(struct transaction *t, int r, struct err *e)
{
	if (r == 0)
		r = interrupt_check(e);
	if (r < 0) {
		/* A second Ctrl-C must not interrupt the undoing. */
		interrupt_ignore();
		undo_all(t);
	}
	if (t->is_part)
		interrupt_note();
	else
		interrupt_default();
	return r;
}
