/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ConnMan, for which pct writes no files: it configures every interface by DHCP. */
#ifndef SETUP_NET_CONNMAN_H
#define SETUP_NET_CONNMAN_H

#include <stdbool.h>

struct setup;

/* Whether ConnMan starts at boot and its configuration does not exclude the interface. */
bool connman_takes(struct setup *s, const char *ifname);

#endif
