/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ct/ct.h"
#include "ct/transaction.h"
#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/util.h"

static char a = 'a', b = 'b', c = 'c', undone[8];

static int undo(void *name, struct err *e)
{
	(void)e;
	undone[strlen(undone)] = *(char *)name;
	return 0;
}

/* A second signal must not have a system call return with EINTR. */
static int undo_undisturbed(void *name, struct err *e)
{
	struct sigaction now;

	assert_int_equal(sigaction(SIGINT, NULL, &now), 0);
	assert_ptr_equal(now.sa_handler, SIG_IGN);
	return undo(name, e);
}

static int fail_undo(void *name, struct err *e)
{
	undo(name, e);
	err_set(e, EBUSY, "image", "is in use");
	return err_remedy(e, "end its user");
}

static void begin(struct ct *ct, struct transaction *t)
{
	struct err e = { 0 };

	memset(undone, 0, sizeof undone);
	assert_int_equal(ct_open(105, 0, ct, &e), 0);
	transaction_begin(t, ct);
	transaction_add(t, undo, &a);
}

static void test_done(void **state)
{
	struct transaction t;
	struct err e = { 0 };
	struct ct ct;

	(void)state;
	begin(&ct, &t);
	assert_int_equal(transaction_end(&t, 0, &e), 0);
	assert_string_equal(undone, "");
	ct_close(&ct);
}

static void test_failed(void **state)
{
	struct transaction t;
	struct err e = { 0 };
	struct ct ct;

	(void)state;
	begin(&ct, &t);
	transaction_add(&t, undo, &b);
	transaction_add(&t, undo, &c);
	err_set(&e, ENOSPC, "volume", "no space left");
	assert_int_equal(transaction_end(&t, -ENOSPC, &e), -ENOSPC);
	assert_string_equal(undone, "cba");
	assert_string_equal(e.cause, "no space left");
	assert_null(ct.notes);
	ct_close(&ct);
}

/* What the first step left tells pct destroy where the rest is. */
static void test_not_undone(void **state)
{
	struct transaction t;
	struct err e = { 0 };
	struct ct ct;

	(void)state;
	begin(&ct, &t);
	transaction_add(&t, fail_undo, &b);
	transaction_add(&t, undo, &c);
	assert_int_equal(transaction_end(&t, err_set(&e, EIO, "volume", "gone"), &e), -EIO);
	assert_string_equal(undone, "cb");
	assert_string_equal(e.cause, "gone");
	assert_string_equal(ct.notes[0], "cannot be undone: image: is in use; end its user");
	assert_null(ct.notes[1]);
	ct_close(&ct);
}

/* A signal just after a part, such as create in distro check --boot, must not end the process. */
static void test_part(void **state)
{
	struct transaction t;
	struct err e = { 0 };
	struct ct ct;

	(void)state;
	interrupt_note();
	begin(&ct, &t);
	assert_int_equal(transaction_end(&t, 0, &e), 0);
	assert_true(interrupt_is_noted());
	ct_close(&ct);
	interrupt_default();
	begin(&ct, &t);
	assert_int_equal(transaction_end(&t, 0, &e), 0);
	assert_false(interrupt_is_noted());
	ct_close(&ct);
}

/* The last test: a signal that has come stays noted. */
static void test_interrupted(void **state)
{
	struct transaction t;
	struct err e = { 0 };
	struct ct ct;

	(void)state;
	begin(&ct, &t);
	transaction_add(&t, undo_undisturbed, &b);
	raise(SIGTERM);
	assert_int_equal(interrupt_check(&e), -EINTR);
	assert_int_equal(transaction_end(&t, 0, &e), -EINTR);
	assert_string_equal(undone, "ba");
	ct_close(&ct);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done),
		cmocka_unit_test(test_failed),
		cmocka_unit_test(test_not_undone),
		cmocka_unit_test(test_part),
		cmocka_unit_test(test_interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
