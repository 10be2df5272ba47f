/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What others than netplan's renderer have to know of netplan. */
#ifndef SETUP_NETPLAN_H
#define SETUP_NETPLAN_H

struct err;
struct setup;

/* At creation: take away "DHCP on eth0", which LXC's own images of Ubuntu come with. */
int netplan_clear_template(struct setup *s, struct err *e);

#endif
