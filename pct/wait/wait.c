/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct wait, and pct start --wait: the loop, and the conditions ip4 and ip6. */
#include "pct/wait/wait.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ct/ct.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/startup.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "lib/net/netstate.h"
#include "lib/runtime/guest.h"
#include "lib/runtime/runtime.h"
#include "pct/cmd.h"
#include "pct/each.h"
#include "pct/notes.h"

/* Pause in ms between two looks: container root could cause events without end. */
#define REST_MS 20

const struct option_def wait_options[] = {
	{ "ip4", NULL, "Wait until each network has its IPv4 address or a lease" },
	{ "ip6", NULL, "Wait until each network has a usable IPv6 address" },
	{ "dns", NULL, "Wait until a name server of the container answers" },
	{ "boot", NULL, "Wait until init has started all services" },
	{ "timeout", "SECONDS", "Seconds to wait (60)" },
	{ 0 },
};

static const struct {
	const char *name;
	unsigned bit;
} things[] = {
	{ "ip4", WAIT_IP4 }, { "ip6", WAIT_IP6 }, { "dns", WAIT_DNS }, { "boot", WAIT_BOOT },
};

const char *wait_word(size_t i)
{
	return i < ARRAY_SIZE(things) ? things[i].name : NULL;
}

int wait_parse(const char *list, unsigned *ret, struct err *e)
{
	autostrv char **words = strv_split(list, ",");
	unsigned what = 0;

	for (char **word = words; word && *word; word++) {
		unsigned bit = 0;

		for (size_t i = 0; i < ARRAY_SIZE(things); i++)
			if (str_eq(*word, things[i].name))
				bit = things[i].bit;
		if (!bit)
			return err_set(e, ERR_USAGE, "--wait", "not ip4, ip6, dns or boot: \"%s\"",
				       *word);
		what |= bit;
	}
	if (!what)
		return err_set(e, ERR_USAGE, "--wait", "needs one of ip4, ip6, dns and boot");
	*ret = what;
	return 0;
}

int wait_parse_seconds(const char *text, unsigned *ret, struct err *e)
{
	uint64_t value = WAIT_SECONDS;

	if (text && !parse_uint(text, 0, MAX_TIMEOUT, &value)) {
		err_range(e, " of seconds", false, 0, MAX_TIMEOUT, text);
		return args_blame(err_wrap(e, "--timeout"), e);
	}
	*ret = (unsigned)value;
	return 0;
}

void wait_add(struct wait_fds *fds, int fd)
{
	if (fd >= 0 && fds->n < WAIT_FDS)
		fds->v[fds->n++] = fd;
}

void wait_again(struct wait_fds *fds, int ms)
{
	if (fds->ms < 0 || ms < fds->ms)
		fds->ms = ms < 0 ? 0 : ms;
}

bool wait_is_alive(const struct wait_init *init)
{
	struct pollfd ended = { .fd = init->pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) == 0;
}

/* ---- addresses ---- */

struct wait {
	struct wait_init init;
	const struct conf *conf;
	unsigned what;                 /* conditions that are not met yet */
	struct netlink *watch, *state; /* NULL: not needed */
	struct netstate_link *links;   /* indexed like conf->nets */
	struct dns_wait *dns;
	struct boot_wait *boot;
};

static const struct netstate_address *find_address(const struct netstate_link *link, int family,
						   const struct cidr *wanted)
{
	for (size_t i = 0; i < link->n_addresses; i++) {
		const struct netstate_address *a = &link->address[i];

		if (a->cidr.ip.family != family)
			continue;
		if (wanted ? ip_equal(&a->cidr.ip, &wanted->ip)
			   : a->global && !a->tentative && !a->failed)
			return a;
	}
	return NULL;
}

static bool has_static(const struct netstate_link *link, const struct net_family *f, int family,
		       struct buf *why)
{
	for (size_t i = 0; i < f->n_addresses; i++) {
		const struct netstate_address *a = find_address(link, family, &f->address[i]);
		char text[IP_TEXT_MAX];

		if (a && !a->tentative && !a->failed)
			continue;
		buf_addf(why, "%s %s %s", link->name,
			 !a ? "lacks" : a->failed ? "cannot use" : "does not yet use",
			 ip_format(&f->address[i].ip, text));
		if (a && a->failed)
			buf_add(why, ", which another host has");
		return false;
	}
	return true;
}

static const char *link_trouble(const struct netstate_link *link)
{
	return !link->index ? ", which does not exist" : !link->up ? ", which is down"
	       : !link->carrier ? ", which is not connected" : "";
}

/* Whether netN has the configured addresses of this family. */
static bool net_has(const struct netstate_link *link, const struct net_family *f, int family,
		    struct buf *why)
{
	if (f->method == IP_STATIC)
		return has_static(link, f, family, why);
	if (find_address(link, family, NULL))
		return true;
	buf_addf(why, "no %s on %s%s",
		 f->method == IP_DHCP ? "lease"
		 : f->method == IP_AUTO ? "router prefix" : "address", link->name,
		 link_trouble(link));
	return false;
}

static bool is_expected(const struct net *net, int family)
{
	enum ip_method method = (family == AF_INET ? &net->ip4 : &net->ip6)->method;

	return method == IP_STATIC || method == IP_DHCP || method == IP_AUTO;
}

/* If the config sets no address of this family, any address on any interface is enough. */
static bool has_addresses(const struct wait *w, int family, struct buf *why)
{
	bool expected = false;

	for (size_t i = 0; i < w->conf->n_nets; i++) {
		const struct net *net = &w->conf->nets[i];

		if (!is_expected(net, family))
			continue;
		expected = true;
		if (!net_has(&w->links[i], family == AF_INET ? &net->ip4 : &net->ip6, family, why))
			return false;
	}
	for (size_t i = 0; !expected && i < w->conf->n_nets; i++)
		if (find_address(&w->links[i], family, NULL))
			return true;
	if (!expected)
		buf_add(why, "no address, and the config sets none");
	return expected;
}

static int read_links(struct wait *w, struct err *e)
{
	if (!(w->what & (WAIT_IP4 | WAIT_IP6)))
		return 0;
	return netstate_read(w->state, NETSTATE_ADDRESSES, w->links, w->conf->n_nets, e);
}

/* ---- the loop ---- */

/* Checks the conditions that are not met yet; *why lists those that are still missing. */
static int look(struct wait *w, struct buf *why, struct wait_fds *fds, struct err *e)
{
	int r = read_links(w, e);

	buf_clear(why);
	for (size_t i = 0; r == 0 && i < ARRAY_SIZE(things); i++) {
		autobuf reason = BUF_INIT;
		unsigned bit = things[i].bit;
		bool there = false;

		if (!(w->what & bit))
			continue;
		if (bit == WAIT_DNS)
			there = dns_wait_look(w->dns, &reason, fds);
		else if (bit == WAIT_BOOT)
			there = boot_wait_look(w->boot, &reason, fds);
		else
			there = has_addresses(w, bit == WAIT_IP4 ? AF_INET : AF_INET6, &reason);
		if (there)
			w->what &= ~bit;
		else
			buf_addf(why, "%s%s (%s)", why->len ? ", " : "", things[i].name,
				 buf_str(&reason));
	}
	return r;
}

static int milliseconds(long long until, int at_most)
{
	long long left = until - now_ms();

	left = left < 0 ? 0 : left > INT_MAX ? INT_MAX : left;
	return at_most >= 0 && at_most < left ? at_most : (int)left;
}

/* Sleeps until an event or the end of the timeout. */
static void sleep_for(struct wait *w, const struct wait_fds *fds, long long until)
{
	struct pollfd polls[WAIT_FDS + 2];
	nfds_t n = 0;

	polls[n++] = (struct pollfd){ .fd = w->init.pidfd, .events = POLLIN };
	if (w->watch)
		polls[n++] = (struct pollfd){ .fd = netstate_fd(w->watch), .events = POLLIN };
	for (unsigned i = 0; i < fds->n; i++)
		polls[n++] = (struct pollfd){ .fd = fds->v[i], .events = POLLIN };
	if (poll(polls, n, milliseconds(until, fds->ms)) <= 0 || polls[0].revents)
		return;
	poll(polls, 1, milliseconds(until, REST_MS));
	if (w->watch)
		netstate_forget(w->watch);
}

static int wait_for(struct wait *w, unsigned seconds, struct err *e)
{
	autofree char *object = xasprintf("container %u", w->init.ctid);
	long long until = now_ms() + seconds * 1000LL;
	autobuf why = BUF_INIT;

	for (;;) {
		struct wait_fds fds = { .ms = -1 };
		int r = look(w, &why, &fds, e);

		if (r < 0 || !w->what)
			return r;
		if (!wait_is_alive(&w->init))
			return err_set(e, ESRCH, object, "has stopped; still missing: %s",
				       buf_str(&why));
		if (now_ms() >= until)
			return err_set(e, ETIMEDOUT, object, "after %u s still missing: %s",
				       seconds, buf_str(&why));
		sleep_for(w, &fds, until);
	}
}

static int open_wait(struct wait *w, struct err *e)
{
	const struct conf *conf = w->conf;
	int r = 0;

	w->init.pidfd = runtime_init_pidfd(w->init.ctid, e);
	if (w->init.pidfd < 0)
		return w->init.pidfd;
	w->init.pid = guest_pid(w->init.pidfd);
	w->links = xcalloc(conf->n_nets + 1, sizeof *w->links);
	for (size_t i = 0; i < conf->n_nets; i++)
		snprintf(w->links[i].name, sizeof w->links[i].name, "%s", conf->nets[i].name);
	/* Watch before the first look, so that no change is missed. */
	if (w->what & (WAIT_IP4 | WAIT_IP6 | WAIT_DNS))
		r = netns_open_pidfd(w->init.pidfd, &w->watch, e);
	if (r == 0 && w->watch)
		r = netstate_watch(w->watch, e);
	if (r == 0 && (w->what & (WAIT_IP4 | WAIT_IP6)))
		r = netns_open_pidfd(w->init.pidfd, &w->state, e);
	if (w->what & WAIT_DNS)
		w->dns = dns_wait_new(&w->init);
	if (w->what & WAIT_BOOT)
		w->boot = boot_wait_new(&w->init);
	return r;
}

int ct_wait(unsigned ctid, unsigned what, unsigned seconds, struct err *e)
{
	struct wait w = { .init = { .ctid = ctid, .pidfd = -1 }, .what = what };
	struct ct ct;
	int r = ct_open(ctid, CT_LOAD, &ct, e);

	if (r == 0) {
		w.conf = conf_values(ct.file);
		r = open_wait(&w, e);
		if (r == 0)
			r = wait_for(&w, seconds, e);
		netstate_done(w.links, w.links ? w.conf->n_nets : 0);
	}
	dns_wait_free(w.dns);
	boot_wait_free(w.boot);
	netlink_close(w.watch);
	netlink_close(w.state);
	util_closep(&w.init.pidfd);
	free(w.links);
	return finish_ct(&ct, r);
}

static unsigned asked(const struct args *args)
{
	unsigned what = 0;

	for (size_t i = 0; i < ARRAY_SIZE(things); i++)
		if (args_flag(args, things[i].name))
			what |= things[i].bit;
	return what;
}

static int wait_for_ct(const struct args *args, const struct startup_ct *ct, struct err *e)
{
	unsigned seconds;
	int r = wait_parse_seconds(args_option(args, "timeout"), &seconds, e);

	if (r == 0)
		r = require_running(ct->ctid, e);
	return r < 0 ? r : ct_wait(ct->ctid, asked(args), seconds, e);
}

int cmd_wait(const struct args *args, struct err *e)
{
	unsigned seconds;
	int r;

	if (!asked(args))
		return args_usage(args, e, "wait for what? --ip4, --ip6, --dns or --boot");
	r = wait_parse_seconds(args_option(args, "timeout"), &seconds, e);
	return r < 0 ? r : each_given(args, wait_for_ct, e);
}
