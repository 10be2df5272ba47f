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

/* Only take the lock, after 5 seconds of waiting at most; for work on an unattached image. */
int loop_lock(int image_fd, const char *path, struct err *e);

/*
 * Find the loop device that an image is attached to.  Returns a descriptor of the device, which
 * stays attached while the descriptor is open, and writes its name to ret_name.  -ENXIO, without an
 * error in e: the image is not attached.  -EBUSY: it is attached more than once.
 */
int loop_find(int image_fd, const char *path, char ret_name[LOOP_NAME_MAX], struct err *e);

/* Give a loop device the size that its image has now. */
int loop_update_size(int loop_fd, const char *path, struct err *e);

#endif
