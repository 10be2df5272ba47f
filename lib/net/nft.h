/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs rules in nft(8)'s syntax, by libnftables; lib/net/anti-spoof.h makes them. */
#ifndef LIB_NET_NFT_H
#define LIB_NET_NFT_H

#include <stdint.h>

struct err;

/* Run all commands in one transaction. */
int nft_run(const char *rules, struct err *e);
/* Delete a table ("netdev pct") if it has no chains left. */
int nft_drop_empty(const char *table, struct err *e);
/* Print a chain like nft; *ret is NULL if it does not exist.  The caller frees. */
int nft_chain(const char *table, const char *name, char **ret, struct err *e);
/* Read a named counter; 0 if it does not exist. */
int nft_counter(const char *table, const char *name, uint64_t *ret_packets, uint64_t *ret_bytes,
		struct err *e);

#endif
