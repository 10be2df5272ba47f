/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part of ct_destroy() that undoes a create, too. */
#ifndef CT_DESTROY_H
#define CT_DESTROY_H

struct err;

/* Remove liblxc's folder, the run folder and the config.  Missing ones are no error. */
int ct_remove_folders(unsigned ctid, struct err *e);

#endif
