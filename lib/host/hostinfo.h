/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Facts about the host, for setup and the store.  The caller frees; NULL: unknown. */
#ifndef LIB_HOST_HOSTINFO_H
#define LIB_HOST_HOSTINFO_H

#include <stdbool.h>
#include <time.h>

char *hostinfo_resolv_conf(void); /* text of /etc/resolv.conf */
char *hostinfo_timezone(void);    /* Europe/Vienna, from the link /etc/localtime */
char *hostinfo_node(void);        /* host name without domain: the name of the cluster node */
time_t hostinfo_now(void);        /* SOURCE_DATE_EPOCH if set, else the current time */
bool hostinfo_has_lxcfs(void);    /* lxcfs is mounted on path_lxcfs(), and answers */

#endif
