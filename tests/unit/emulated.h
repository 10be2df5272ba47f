/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What qemu-user lacks, and "make arm64" cannot test: a test that needs such a call is skipped, as
 * long as the emulator lacks it.  Without an emulator nothing is.  Include it after cmocka.h.
 */
#ifndef TESTS_UNIT_EMULATED_H
#define TESTS_UNIT_EMULATED_H

#include <errno.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline void skip_where_emulated(bool lacks, const char *what)
{
	if (!lacks)
		return;
	print_message("# %s has no %s\n", getenv("EMULATOR"), what);
	skip();
}

/* The kernel refuses such arguments, by EFAULT or EINVAL. */
static inline void needs_call(long nr, const char *name)
{
	skip_where_emulated(getenv("EMULATOR") && syscall(nr, NULL, 0L) < 0 && errno == ENOSYS,
			    name);
}

/* The kernel would find the filter missing: EFAULT. */
static inline void needs_seccomp(void)
{
	skip_where_emulated(getenv("EMULATOR") &&
				    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL) < 0 &&
				    errno == EINVAL,
			    "seccomp(2)");
}

#endif
