/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copies the contents of a volume to another one, of any types. */
#ifndef LIB_STORAGE_COPY_H
#define LIB_STORAGE_COPY_H

struct err;
struct volume;

/*
 * Copy an image block by block, and sync it.  from is not attached, and stays as it is; to is new,
 * and not smaller.  Zeros become holes where the storage has them.  -EINTR: interrupt_check().
 * After a failure, to is worthless.
 */
int volume_copy(const struct volume *from, const struct volume *to, struct err *e);

#endif
