/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes host facts from a setup plan (lib/conf/net/setup-plan.h). */
#ifndef SETUP_FACTS_H
#define SETUP_FACTS_H

struct host_facts;
struct setup_plan;

/* *ret points into the plan; the caller does not free it. */
void facts_from_plan(const struct setup_plan *plan, struct host_facts *ret);

#endif
