/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Traffic control by libnl-route: what a link sends, which is what goes into the container.  A
 * token bucket (tbf): one queue with one rate, where htb would be a tree of a single class.
 */
#ifndef LIB_TC_H
#define LIB_TC_H

struct err;

/* Bytes a second, and how many may pass at once; 0: no limit, which a link that is gone has too. */
int tc_set_rate(const char *link, unsigned long long rate, unsigned burst, struct err *e);

#endif
