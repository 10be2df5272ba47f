/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/net/setup-plan.c"

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	autostrv char **servers = NULL, **search = NULL;
	struct ip ip;

	resolv_conf_parse(text, &servers, &search);
	fuzz_assert(strv_len(servers) <= MAX_SERVERS);
	for (char **server = servers; server && *server; server++)
		fuzz_assert(ip_parse(*server, AF_UNSPEC, &ip, NULL) == 0);
	for (char **domain = search; domain && *domain; domain++)
		fuzz_assert(name_check(*domain, NAME_DOMAIN, NULL) == 0);
	return 0;
}
