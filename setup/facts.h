/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host facts out of a setup plan (lib/conf/setup-plan.h). */
#ifndef SETUP_FACTS_H
#define SETUP_FACTS_H

struct host_facts;
struct setup_plan;

/* The facts borrow from the plan and are not freed. */
void facts_from_plan(const struct setup_plan *plan, struct host_facts *ret);

#endif
