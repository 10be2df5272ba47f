/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/net/setup-plan.c"

#include "tests/fuzz/fuzz.h"

/* Of what the mount hook takes out of a plan, the same plan can be made. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = xstrndup((const char *)data, size), *again = NULL;
	struct setup_plan p = { 0 }, second = { 0 };
	struct err e = { 0 };

	if (setup_plan_parse(text, size, &p, &e) < 0)
		return 0;
	again = setup_plan_text(conf_values(p.conf), p.resolv_conf, p.timezone, p.now, &p.volumes);
	fuzz_assert(setup_plan_parse(again, strlen(again), &second, &e) == 0);
	setup_plan_done(&second);
	setup_plan_done(&p);
	return 0;
}
