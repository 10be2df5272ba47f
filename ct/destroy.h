/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Parts of ct_destroy() that undo a create as well.  What is missing is fine. */
#ifndef CT_DESTROY_H
#define CT_DESTROY_H

struct err;

/* Its folders: that of liblxc, of the run files, of the config.  The last one is gone for good. */
int ct_remove_folders(unsigned ctid, struct err *e);

#endif
