/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's view of a cluster: the monitors' addresses, and a user's secret. */
#ifndef LIB_STORAGE_TYPE_RBD_CLUSTER_H
#define LIB_STORAGE_TYPE_RBD_CLUSTER_H

#include <stdbool.h>

struct err;
struct storage;

struct rbd_cluster {
	char *monitors; /* as in struct rbd_image */
	bool msgr2;
	char *secret;   /* NULL: none */
};

void rbd_cluster_done(struct rbd_cluster *c);
#define autorbd __attribute__((cleanup(rbd_cluster_done)))

/* Find the monitors: the key monhost, else /etc/ceph/ceph.conf. */
int rbd_cluster_find(const struct storage *s, struct rbd_cluster *ret, struct err *e);
/* Add the secret, if a keyring of the user is there. */
int rbd_cluster_secret(const struct storage *s, struct rbd_cluster *c, struct err *e);

#endif
