/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What setup is told of the host.  The caller frees; NULL: not known. */
#ifndef LIB_HOST_HOSTINFO_H
#define LIB_HOST_HOSTINFO_H

#include <time.h>

char *hostinfo_resolv_conf(void); /* text of /etc/resolv.conf */
char *hostinfo_timezone(void);    /* Europe/Vienna, from the link /etc/localtime */
time_t hostinfo_now(void);        /* SOURCE_DATE_EPOCH where it is set, else the clock */

#endif
