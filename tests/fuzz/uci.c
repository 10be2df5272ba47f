/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/net/uci.c"

#include "tests/fuzz/fuzz.h"

/* Sections put together again are the file, line by line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = fuzz_text(data, size);
	struct uci u = { 0 };
	autobuf b = BUF_INIT;

	uci_parse(&u, text);
	for (size_t i = 0; i < u.n; i++) {
		has_device(&u.v[i], "eth0");
		has_port(&u.v[i], "eth0");
		buf_add(&b, u.v[i].text);
	}
	fuzz_assert(strncmp(buf_str(&b), text, strlen(text)) == 0);
	uci_done(&u);
	return 0;
}
