/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rules by libnftables, in nft(8)'s own syntax: lib/net/anti-spoof.h makes them. */
#ifndef LIB_NET_NFT_H
#define LIB_NET_NFT_H

#include <stdint.h>

struct err;

/* One transaction: all of it, or nothing. */
int nft_run(const char *rules, struct err *e);
/* Delete a table ("netdev pct") that has no chain any more. */
int nft_drop_empty(const char *table, struct err *e);
/* As nft prints it; *ret is NULL where there is none.  The caller frees. */
int nft_chain(const char *table, const char *name, char **ret, struct err *e);
/* Of a named counter; 0 where there is none. */
int nft_counter(const char *table, const char *name, uint64_t *ret_packets, uint64_t *ret_bytes,
		struct err *e);

#endif
