/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The setup plan RUN/pct/CTID/plan: pre-start, which may read the host, writes it for the mount
 * hook, which runs as container root and may not.  It has the config's settings that setup reads,
 * and plan.* lines with facts of the host.  It contains no secrets.
 */
#ifndef LIB_CONF_NET_SETUP_PLAN_H
#define LIB_CONF_NET_SETUP_PLAN_H

#include <stddef.h>
#include <time.h>

#include "lib/base/own-volumes.h"

struct conf;
struct conf_file;
struct err;

struct setup_plan {
	struct conf_file *conf; /* conf_values(plan.conf) is the config, including ctid */
	char *resolv_conf;      /* name servers and search list of the host; NULL: unknown */
	char *timezone;         /* time zone of the host, Europe/Vienna; NULL: unknown */
	time_t now;
	struct own_volumes volumes;
};
void setup_plan_done(struct setup_plan *p);

/*
 * Returns the plan's text; the caller frees.  resolv_conf is the text of the host's file, timezone
 * its zone; both may be NULL.
 */
char *setup_plan_text(const struct conf *conf, const char *resolv_conf, const char *timezone,
		      time_t now, const struct own_volumes *volumes);
int setup_plan_parse(const char *text, size_t len, struct setup_plan *ret, struct err *e);

/*
 * Parse resolv.conf(5): the first three name servers, and the search list of the last "search" or
 * "domain" line.  Invalid addresses and domain names are dropped.  Free both vectors with
 * strv_free(); they are NULL if empty.
 */
void resolv_conf_parse(const char *text, char ***ret_servers, char ***ret_search);

#endif
