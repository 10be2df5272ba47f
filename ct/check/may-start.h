/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a config must not have at a start.  Hooks use it, too, so it needs no liblxc. */
#ifndef CT_CHECK_MAY_START_H
#define CT_CHECK_MAY_START_H

struct conf_file;
struct err;

int ct_check_lock(const struct conf_file *f, struct err *e);
int ct_check_template(const struct conf_file *f, struct err *e);
/*
 * Fails if the config is locked or a template, has no root volume, or has a hookscript that cannot
 * be run.  path is the config's, for messages.
 */
int ct_may_start(const struct conf_file *f, const char *path, struct err *e);

#endif
