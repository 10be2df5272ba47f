/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the files of ct/. */
#ifndef CT_CT_INTERNAL_H
#define CT_CT_INTERNAL_H

#include <stdbool.h>

struct conf_file;
struct ct;
struct err;

#define MONITOR_WAIT 30 /* seconds; an unmount may have to write back */

/* -ESRCH with a remedy when it does not run, with a monitor or without. */
int ct_require_processes(struct ct *ct, struct err *e);

/* The text of the runtime config; the caller frees. */
int ct_lower_text(const struct conf_file *f, char **ret, struct err *e);
int ct_write_lowered(unsigned ctid, const char *text, struct err *e);
/* Whether the kernel has the controllers that a runtime config needs. */
int ct_check_controllers(const char *lowered, struct err *e);
/* Write this runtime config and save f, as ct_commit() does. */
int ct_commit_lowered(const struct conf_file *f, const char *lowered, struct err *e);

/* Give each network that has no hardware address one; *ret_changed: some had none. */
int ct_complete_hwaddrs(struct conf_file *f, bool *ret_changed, struct err *e);

#endif
