/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/net/nft.h"

#include <errno.h>
#include <inttypes.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

/* *ret_said (unless NULL) is nft's output; the caller frees. */
static int run(const char *commands, char **ret_said, struct err *e)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	const char *why;
	int r = 0;

	if (!nft)
		return err_set(e, ENOMEM, "nftables", "cannot be opened");
	nft_ctx_buffer_output(nft);
	nft_ctx_buffer_error(nft);
	if (nft_run_cmd_from_buffer(nft, commands) != 0) {
		/* The text is "INPUT:LINE:COLUMN: Error: ...", then the line that is wrong. */
		why = nft_ctx_get_error_buffer(nft);
		r = err_set(e, EIO, "nftables", "%.*s", (int)strcspn(why, "\n"), why);
	} else if (ret_said) {
		*ret_said = xstrdup(nft_ctx_get_output_buffer(nft));
	}
	nft_ctx_free(nft);
	return r;
}

int nft_run(const char *rules, struct err *e)
{
	return run(rules, NULL, e);
}

int nft_drop_empty(const char *table, struct err *e)
{
	autofree char *list = xasprintf("list table %s\n", table);
	autofree char *delete = xasprintf("delete table %s\n", table), *said = NULL;

	if (run(list, &said, NULL) < 0 || !said || strstr(said, "\tchain "))
		return 0;
	return run(delete, NULL, e);
}

int nft_chain(const char *table, const char *name, char **ret, struct err *e)
{
	autofree char *list = xasprintf("list chain %s %s\n", table, name), *said = NULL;
	struct err why;

	/* libnftables returns no error number. */
	if (run(list, &said, &why) < 0 && !strstr(why.cause, "No such file"))
		return err_take(e, &why);
	*ret = steal(&said);
	return 0;
}

int nft_counter(const char *table, const char *name, uint64_t *ret_packets, uint64_t *ret_bytes,
		struct err *e)
{
	autofree char *list = xasprintf("list counter %s %s\n", table, name), *said = NULL;
	const char *at = run(list, &said, NULL) == 0 && said ? strstr(said, "packets ") : NULL;

	*ret_packets = *ret_bytes = 0;
	if (at && sscanf(at, "packets %" SCNu64 " bytes %" SCNu64, ret_packets, ret_bytes) != 2)
		return err_set(e, EIO, name, "is not a readable counter");
	return 0;
}
