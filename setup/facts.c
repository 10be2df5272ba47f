/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "setup/facts.h"

#include "lib/conf/net/setup-plan.h"
#include "setup/setup.h"

void facts_from_plan(const struct setup_plan *plan, struct host_facts *ret)
{
	*ret = (struct host_facts){
		.resolv_conf = plan->resolv_conf,
		.timezone = plan->timezone,
		.now = plan->now,
		.volumes = &plan->volumes,
	};
}
