/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Loop devices (loop(4)) that detach themselves when unused. */
#ifndef LIB_HOST_LOOP_H
#define LIB_HOST_LOOP_H

#include <stddef.h>

struct err;

#define LOOP_NAME_MAX 32

/*
 * Attach an image to a free loop device: autoclear, direct I/O if the file system below supports
 * it.  Returns a descriptor of the device and writes its name to ret_name.  The device detaches
 * itself once this descriptor is closed and it is no longer mounted.
 *
 * The image is locked by flock(2) on image_fd first.  The device keeps that open file, and so holds
 * the lock while it is attached.  -EBUSY: the image is already attached.
 */
int loop_attach(int image_fd, const char *path, char ret_name[LOOP_NAME_MAX], struct err *e);

/* Only take the lock, after 5 seconds of waiting at most; for removing an image. */
int loop_lock(int image_fd, const char *path, struct err *e);

#endif
