/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Traffic control by libnl-route: how much a link sends, by a token bucket (tbf): one queue with
 * one rate, where htb would be a tree of a single class.
 *
 * Into a container it is the host's end of the veth that sends.  Out of it, it is fwln, of the
 * firewall bridge, which a network with a rate therefore has as well.  What else was tried: nft's
 * "limit" of bytes has a bucket of one second beside its burst, so that 3 s of iperf3 were 27 %
 * above the rate; act_police is not in every kernel; and what an ifb device gives back passes no
 * ingress hook of nftables any more, so that nothing would look for spoofed frames.
 */
#ifndef LIB_NET_TC_H
#define LIB_NET_TC_H

#include <stdint.h>

struct err;

/* Bytes a second; 0: no limit, which a link that is gone has too. */
int tc_set_rate(const char *link, uint64_t rate, struct err *e);
/* Frames that a limited link has dropped, as too many waited; 0 without a limit. */
int tc_drops(const char *link, uint64_t *ret, struct err *e);

#endif
