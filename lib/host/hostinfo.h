/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What setup and the store are told of the host.  The caller frees; NULL: not known. */
#ifndef LIB_HOST_HOSTINFO_H
#define LIB_HOST_HOSTINFO_H

#include <time.h>

char *hostinfo_resolv_conf(void); /* text of /etc/resolv.conf */
char *hostinfo_timezone(void);    /* Europe/Vienna, from the link /etc/localtime */
char *hostinfo_node(void);        /* host name without its domain, as a node of a cluster has it */
time_t hostinfo_now(void);        /* SOURCE_DATE_EPOCH where it is set, else the clock */

#endif
