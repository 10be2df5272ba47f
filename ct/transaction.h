/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An operation of several steps that is done as a whole or not at all.  Each step that makes
 * something adds how to undo it; when the operation fails, these are run, the last one first.
 *
 *	transaction_begin(&t, ct);
 *	r = make_a(...);
 *	if (r == 0)
 *		transaction_add(&t, undo_a, a);
 *	...
 *	return transaction_end(&t, r, e);
 *
 * A process can be killed at any point, and then undoes nothing.  So the first step leaves on disk,
 * by pve.lock and the names in a config, what pct destroy needs to remove the rest.
 */
#ifndef CT_TRANSACTION_H
#define CT_TRANSACTION_H

#include <stddef.h>

#define TRANSACTION_MAX 32

struct ct;
struct err;

struct transaction {
	struct ct *ct;
	struct {
		int (*undo)(void *arg, struct err *e);
		void *arg;
	} step[TRANSACTION_MAX];
	size_t n;
};

/*
 * From here to the end SIGINT, SIGTERM and SIGHUP are only noted: steps that take long ask
 * interrupt_check().  ct gets the notes.
 */
void transaction_begin(struct transaction *t, struct ct *ct);

/* arg has to live until the end. */
void transaction_add(struct transaction *t, int (*undo)(void *arg, struct err *e), void *arg);

/*
 * r: how the operation ended.  0: it stays, unless one of the signals has come.  Else all steps are
 * undone, and no signal stops that.  When a step cannot be undone, that is noted, and the steps
 * before it stay, as they tell pct destroy where it is.  Returns r, or -EINTR.
 */
int transaction_end(struct transaction *t, int r, struct err *e);

#endif
