/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The setup plan: what pre-start, which may read the host, leaves in RUN/pct/CTID/plan for the
 * mount hook, which runs as the container's root and may not.  A config reduced to what setup
 * reads, and plan.* lines for what setup takes from the host.  It holds no secrets.
 */
#ifndef LIB_CONF_SETUP_PLAN_H
#define LIB_CONF_SETUP_PLAN_H

#include <stddef.h>
#include <time.h>

struct conf;
struct conf_file;
struct err;

struct setup_plan {
	struct conf_file *conf; /* conf_values(plan.conf) is the config, ctid included */
	char *resolv_conf;      /* the host's name servers and search list; NULL: not known */
	char *timezone;         /* the host's, Europe/Vienna; NULL: not known */
	time_t now;
};
void setup_plan_done(struct setup_plan *p);

/*
 * The plan's text; the caller frees.  resolv_conf is the text of the host's file, timezone its
 * zone; both may be NULL.
 */
char *setup_plan_text(const struct conf *conf, const char *resolv_conf, const char *timezone,
		      time_t now);
int setup_plan_parse(const char *text, size_t len, struct setup_plan *ret, struct err *e);

/*
 * resolv.conf(5): the first three name servers, and the search list of the last "search" or
 * "domain" line.  Words that are no address, or no domain name, are dropped.  The caller frees both
 * vectors (strv_free), which are NULL when there is nothing.
 */
void resolv_conf_parse(const char *text, char ***ret_servers, char ***ret_search);

#endif
