/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Traffic control by libnl-route: limits how much a link sends with a token bucket (tbf), a single
 * queue with one rate.
 *
 * The host's end of the veth limits traffic into the container.  fwln, of the firewall bridge,
 * limits traffic out of it, so a network with a rate has a firewall bridge, too.  Rejected
 * alternatives: htb would be a tree with a single class; nft's "limit" of bytes has a bucket of one
 * second besides its burst, so 3 s of iperf3 were 27 % above the rate; act_police is not in every
 * kernel; frames that return from an ifb device skip nftables' ingress hook, so spoofed frames
 * would pass.
 */
#ifndef LIB_NET_TC_H
#define LIB_NET_TC_H

#include <stdint.h>

struct err;

/* rate in bytes per second; 0: no limit, which succeeds if the link is gone. */
int tc_set_rate(const char *link, uint64_t rate, struct err *e);
/* Number of frames dropped because the queue was full; 0 without a limit. */
int tc_drops(const char *link, uint64_t *ret, struct err *e);

#endif
