/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Units of images that call udev and fail without it.  Whether udev runs in a container depends on
 * its mounts: it needs a writable /sys.
 */
#ifndef SETUP_NET_UDEV_CALLS_H
#define SETUP_NET_UDEV_CALLS_H

struct err;
struct setup;

/*
 * netplan-configure.service, which netplan has since 1.2 and which runs with each consumer: write a
 * drop-in with which a failure of its calls of udevadm is no failure of the unit.
 */
int udev_calls_allow_failure(struct setup *s, struct err *e);

#endif
