/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Images of Ceph as block devices of the kernel, by its files in /sys/bus/rbd
 * (Documentation/ABI/testing/sysfs-bus-rbd): no program of Ceph is needed.
 */
#ifndef LIB_HOST_RBD_H
#define LIB_HOST_RBD_H

#include <stdbool.h>

struct err;

/* Words without blanks and commas; the image's name is that in its pool. */
struct rbd_image {
	const char *monitors;  /* ADDRESS[:PORT],... */
	bool msgr2;            /* the monitors speak version 2 of the protocol only */
	const char *user;      /* without "client." */
	const char *secret;    /* of its keyring; NULL: the cluster asks for none */
	const char *pool;
	const char *namespace; /* NULL: the pool's own */
	const char *name;
};

#define RBD_CLIENT_MAX 32
#define RBD_DEVICE_MAX 32

struct rbd_mapping {
	unsigned id;
	char device[RBD_DEVICE_MAX];
	char client[RBD_CLIENT_MAX]; /* the kernel's number at the cluster; "": unknown */
};

/* -ENODEV if the kernel has no such devices. */
int rbd_check_kernel(struct err *e);

/*
 * Find the device of an image, not that of a snapshot; user, secret and msgr2 are not used.
 * Clusters are told apart by their monitors: one must be in both lists.  Returns false: not mapped.
 */
bool rbd_find(const struct rbd_image *image, struct rbd_mapping *ret);

/*
 * Map an image, which may be mapped already: then it gets one more device.  Waits for the cluster,
 * at most 20 seconds or so.  -ENOENT: there is no such image or pool.  -EHOSTUNREACH: the cluster
 * does not answer.  The error has no object.
 */
int rbd_map(const struct rbd_image *image, struct err *e);

/* 0 or -errno.  -EBUSY: the device is open or mounted. */
int rbd_unmap(unsigned id);

#endif
