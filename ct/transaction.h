/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * An operation of several steps that succeeds as a whole or changes nothing.  Each step that
 * creates something adds an undo function; if the operation fails, they run, the last one first.
 *
 *	transaction_begin(&t, ct);
 *	r = make_a(...);
 *	if (r == 0)
 *		transaction_add(&t, undo_a, a);
 *	...
 *	return transaction_end(&t, r, e);
 *
 * A killed process undoes nothing.  So the first step saves a config with pve.lock and the names of
 * the objects, from which pct destroy can remove the rest.
 */
#ifndef CT_TRANSACTION_H
#define CT_TRANSACTION_H

#include <stdbool.h>
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
	bool is_part; /* of a longer operation, for which signals stay only recorded afterwards */
};

/*
 * Until transaction_end(), SIGINT, SIGTERM and SIGHUP are only recorded; long steps must call
 * interrupt_check().  Failures to undo become notes of ct.
 */
void transaction_begin(struct transaction *t, struct ct *ct);

/* arg must stay valid until transaction_end(). */
void transaction_add(struct transaction *t, int (*undo)(void *arg, struct err *e), void *arg);

/*
 * r: the result of the operation.  If it is 0 and no signal has arrived, the changes stay.
 * Otherwise all steps are undone; further signals are ignored.  If a step cannot be undone, a note
 * says so, and the steps before it stay, because pct destroy needs them to find it.  Returns r, or
 * -EINTR.
 */
int transaction_end(struct transaction *t, int r, struct err *e);

#endif
