/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loop devices (loop(4)) that go with their last user. */
#ifndef LIB_HOST_LOOP_H
#define LIB_HOST_LOOP_H

#include <stddef.h>

struct err;

#define LOOP_NAME_MAX 32

/*
 * Attach an image to a free loop device: autoclear, direct I/O where the file system below can.
 * Returns a descriptor of the device, whose name goes to ret_name; the device detaches itself when
 * that descriptor and every mount of it are gone.
 *
 * The image is locked by flock(2) first, on image_fd: the device keeps that open file, and so the
 * lock for as long as it is attached.  -EBUSY: somebody has attached it already.
 */
int loop_attach(int image_fd, const char *path, char ret_name[LOOP_NAME_MAX], struct err *e);

/* Take the lock alone, without waiting long; for removing an image. */
int loop_lock(int image_fd, const char *path, struct err *e);

#endif
