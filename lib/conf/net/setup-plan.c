/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/conf/net/setup-plan.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/name-check.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

#define MAX_SERVERS 3 /* MAXNS of resolv.conf(5) */

void setup_plan_done(struct setup_plan *p)
{
	conf_free(p->conf);
	free(p->resolv_conf);
	free(p->timezone);
	own_volumes_done(&p->volumes);
	*p = (struct setup_plan){ 0 };
}

/* The domains behind the first word; NULL: none. */
static char **take_search(char **words)
{
	char **search = xcalloc(strv_len(words), sizeof *search);
	size_t n = 0;

	for (char **word = words + 1; *word; word++)
		if (name_check(*word, NAME_DOMAIN, NULL) == 0)
			search[n++] = xstrdup(*word);
	if (n == 0)
		strv_clear(&search);
	return search;
}

void resolv_conf_parse(const char *text, char ***ret_servers, char ***ret_search)
{
	autostrv char **lines = strv_split(text ? text : "", "\n");
	char **servers = NULL, **search = NULL;

	for (char **line = lines; *line; line++) {
		autostrv char **words = strv_split(*line, " \t\r");
		char zone[ZONE_SIZE];
		struct ip ip;

		if (!words[0] || !words[1])
			continue;
		if (str_eq(words[0], "nameserver") && strv_len(servers) < MAX_SERVERS &&
		    ip_parse_zone(words[1], &ip, zone, NULL) == 0)
			strv_push(&servers, words[1]);
		if (!str_eq(words[0], "search") && !str_eq(words[0], "domain"))
			continue;
		strv_free(search);
		search = take_search(words);
	}
	*ret_servers = servers;
	*ret_search = search;
}

/* Skip values with control characters; a parsed config has none. */
static void add_line(struct buf *b, const char *key, const char *value)
{
	if (value && *value && !has_control(value))
		buf_addf(b, "%s = %s\n", key, value);
}

/* Add a line for each value of a list. */
static void add_lines(struct buf *b, const char *key, const char *values, const char *separators)
{
	autostrv char **list = strv_split(values, separators);

	for (char **value = list; *value; value++)
		add_line(b, key, *value);
}

static void add_net(struct buf *b, unsigned ctid, const struct net *net)
{
	buf_addf(b, "lxc.network.type = veth\nlxc.network.veth.pair = veth%u.%u\n", ctid,
		 net->index);
	for (const struct conf_net_word *w = conf_net_words; w->name; w++) {
		autofree char *text = conf_net_word_text(w, net);
		autofree char *key = xasprintf("%s%s", w->prefix, w->name);

		if (text && w->concerns & CONF_NET_PLAN)
			add_lines(b, key, text, w->many ? ";" : "");
	}
}

static void add_facts(struct buf *b, const char *resolv_conf, const char *zone, time_t now)
{
	autostrv char **servers = NULL, **search = NULL;
	autofree char *joined = NULL;

	resolv_conf_parse(resolv_conf, &servers, &search);
	for (char **server = servers; server && *server; server++)
		add_line(b, "plan.nameserver", *server);
	joined = strv_join(search, " ");
	add_line(b, "plan.search", joined);
	add_line(b, "plan.timezone", zone);
	buf_addf(b, "plan.time = %llu\n", (unsigned long long)now);
}

char *setup_plan_text(const struct conf *conf, const char *resolv_conf, const char *zone,
		      time_t now, const struct own_volumes *volumes)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "plan.ctid = %u\n", conf->ctid);
	add_facts(&b, resolv_conf, zone, now);
	add_line(&b, "lxc.utsname", conf->hostname);
	add_line(&b, "lxc.arch", conf->arch);
	buf_addf(&b, "lxc.tty = %u\n", conf->tty);
	add_line(&b, "pve.ostype", conf->ostype);
	add_line(&b, "pve.nameserver", conf->nameserver);
	add_line(&b, "pve.searchdomain", conf->searchdomain);
	add_line(&b, "pve.timezone", conf->timezone);
	if (conf->mapped)
		buf_add(&b, "pve.unprivileged = 1\n");
	if (conf->features.nesting)
		buf_add(&b, "pve.features = nesting=1\n");
	for (size_t i = 0; i < volumes->n; i++) {
		autofree char *volume = own_volume_text(&volumes->v[i]);

		add_line(&b, "plan.volume", volume);
	}
	for (size_t i = 0; i < conf->n_devices; i++)
		buf_addf(&b, "pve.%s = %s\n", conf->devices[i].slot, conf->devices[i].path);
	for (size_t i = 0; i < conf->n_nets; i++)
		add_net(&b, conf->ctid, &conf->nets[i]);
	return buf_detach(&b);
}

/* Take one plan.* line. */
static int read_fact(const char *key, const char *value, unsigned *ctid, struct setup_plan *p,
		     struct buf *resolv, struct err *e)
{
	uint64_t n;

	if (str_eq(key, "plan.ctid") && (str_eq(value, "0") || parse_ctid(value, ctid)))
		return 0;
	if (str_eq(key, "plan.time") && parse_uint(value, 0, INT64_MAX, &n)) {
		p->now = (time_t)n;
		return 0;
	}
	if (str_eq(key, "plan.timezone")) {
		free(p->timezone);
		p->timezone = xstrdup(value);
		return 0;
	}
	if (str_eq(key, "plan.nameserver") || str_eq(key, "plan.search")) {
		buf_addf(resolv, "%s %s\n", str_after(key, "plan."), value);
		return 0;
	}
	if (str_eq(key, "plan.volume") && own_volumes_parse(&p->volumes, value))
		return 0;
	return err_set(e, EINVAL, "setup plan", "bad line \"%s = %s\"", key, value);
}

static int parse_lines(char **lines, struct buf *conf, struct buf *resolv, unsigned *ctid,
		       struct setup_plan *p, struct err *e)
{
	for (char **line = lines; *line; line++) {
		char *equals = strstr(*line, " = ");
		int n;

		if (!str_after(*line, "plan.")) {
			buf_addf(conf, "%s\n", *line);
			continue;
		}
		if (!equals || has_control(*line))
			return err_set(e, EINVAL, "setup plan", "bad line \"%s\"", *line);
		*equals = '\0';
		n = read_fact(*line, equals + 3, ctid, p, resolv, e);
		if (n < 0)
			return n;
	}
	return 0;
}

int setup_plan_parse(const char *text, size_t len, struct setup_plan *ret, struct err *e)
{
	autostrv char **lines = NULL;
	autobuf conf = BUF_INIT, resolv = BUF_INIT;
	struct setup_plan p = { 0 };
	unsigned ctid = 0;
	int n;

	if (strlen(text) != len)
		return err_set(e, EINVAL, "setup plan", "holds a NUL byte");
	lines = strv_split(text, "\n");
	n = parse_lines(lines, &conf, &resolv, &ctid, &p, e);
	if (n == 0)
		n = conf_parse(buf_str(&conf), conf.len, "setup plan", ctid, &p.conf, e);
	if (n < 0) {
		setup_plan_done(&p);
		return n;
	}
	if (resolv.len)
		p.resolv_conf = buf_detach(&resolv);
	*ret = p;
	return 0;
}
