/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Keeps the DHCP client of a host-managed network running; lib/net/host-managed.c starts it.
 *
 *	pct-dhcp CTID N IFNAME
 *		descriptor 3 is a pidfd of the container's init, 4 the locked record
 *	pct-dhcp EVENT
 *		run by the client as its script: sends the event's variables through a pipe
 *
 * The client is udhcpc, since it keeps no files, needs no config, and runs a program of ours for
 * each event.  It reads packets of anybody on the network.  So it runs with the rights of container
 * root in the container's network namespace, and Landlock allows it only its program, script and
 * libraries.  Its output is hostile: this program checks it, and applies it from outside.  The
 * client ends with this program, and this program with the container.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/own-volumes.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/runfile.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/conf/net/setup-plan.h"
#include "lib/conf/store.h"
#include "lib/host/idmap.h"
#include "lib/host/landlock.h"
#include "lib/net/host-managed.h"
#include "lib/net/netconf.h"
#include "lib/net/netlink-inet.h"
#include "lib/net/netlink.h"
#include "lib/net/netns.h"
#include "setup/confined.h"

#define INIT_FD 3
#define RECORD_FD 4
#define PIPE_FD 10     /* used by client and script; udhcpc uses 3 and 4 itself */
#define EVENT_MAX 4096 /* PIPE_BUF: an event is one atomic write */
#define AGAIN 5000     /* milliseconds before a client that ended is restarted */
#define RELEASE_WAIT 2000
#define LOCK_WAIT 100
#define MAX_ROUTES 16

/* ---- the client's script ---- */

static int send_event(const char *event)
{
	static const char *const wanted[] = { "ip", "mask", "router", "staticroutes", "dns",
					      "domain", "search", "lease" };
	autobuf text = BUF_INIT;

	buf_addf(&text, "event %s\n", event);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		const char *value = getenv(wanted[i]);

		if (value && !has_control(value) && text.len + strlen(value) < EVENT_MAX - 32)
			buf_addf(&text, "%s %s\n", wanted[i], value);
	}
	return write(PIPE_FD, buf_str(&text), text.len) == (ssize_t)text.len ? 0 : 1;
}

/* ---- a lease ---- */

struct lease {
	struct cidr address; /* AF_UNSPEC: none */
	uint32_t seconds;
	struct route route[MAX_ROUTES];
	size_t n_routes;
	char *resolv_conf; /* NULL: no servers */
};

static void lease_done(struct lease *lease)
{
	free(lease->resolv_conf);
	*lease = (struct lease){ 0 };
}

static void add_route(struct lease *lease, const struct cidr *to, const struct ip *via)
{
	struct route route = { .to = *to, .via = *via };

	if (lease->n_routes == MAX_ROUTES)
		return;
	if (ip_equal(via, &(struct ip){ .family = AF_INET }))
		route.via.family = AF_UNSPEC;
	route.onlink = route.via.family && !cidr_contains(&lease->address, via);
	lease->route[lease->n_routes++] = route;
}

/* "TO/PREFIX VIA TO/PREFIX VIA"; they replace the router (RFC 3442). */
static void read_routes(struct lease *lease, const char *text)
{
	autostrv char **words = strv_split(text, " ");

	for (char **word = words; word[0] && word[1]; word += 2) {
		struct cidr to;
		struct ip via;

		if (cidr_parse(word[0], AF_INET, &to, NULL) == 0 &&
		    ip_parse(word[1], AF_INET, &via, NULL) == 0)
			add_route(lease, &to, &via);
	}
}

static void read_router(struct lease *lease, const char *text)
{
	autostrv char **words = strv_split(text, " ");
	struct cidr everything = { .ip.family = AF_INET };
	struct ip via;

	if (words[0] && ip_parse(words[0], AF_INET, &via, NULL) == 0)
		add_route(lease, &everything, &via);
}

/* Format as in the host's resolv.conf, which setup reads; setup checks each word. */
static void read_servers(struct lease *lease, const char *dns, const char *search)
{
	autostrv char **servers = strv_split(dns, " ");
	autobuf text = BUF_INIT;

	for (char **server = servers; *server; server++)
		buf_addf(&text, "nameserver %s\n", *server);
	if (text.len && *search)
		buf_addf(&text, "search %s\n", search);
	if (text.len)
		lease->resolv_conf = buf_detach(&text);
}

static const char *value_of(char *const *lines, const char *key)
{
	for (; *lines; lines++) {
		const char *rest = str_after(*lines, key);

		if (rest && *rest == ' ')
			return rest + 1;
	}
	return "";
}

/* Returns false if the event has no usable address. */
static bool lease_read(char *const *lines, struct lease *ret)
{
	autofree char *text = xasprintf("%s/%s", value_of(lines, "ip"), value_of(lines, "mask"));
	const char *search = value_of(lines, "search");
	struct lease lease = { 0 };
	uint64_t seconds;

	if (cidr_parse(text, AF_INET, &lease.address, NULL) < 0 ||
	    !parse_uint(value_of(lines, "lease"), 1, UINT32_MAX, &seconds))
		return false;
	lease.seconds = (uint32_t)seconds;
	read_routes(&lease, value_of(lines, "staticroutes"));
	if (lease.n_routes == 0)
		read_router(&lease, value_of(lines, "router"));
	read_servers(&lease, value_of(lines, "dns"),
		     *search ? search : value_of(lines, "domain"));
	*ret = lease;
	return true;
}

/* ---- applying it ---- */

struct keeper {
	unsigned ctid;
	const char *ifname;
	struct netlink *nl;
	int link;
	int pipe; /* receives events from the script */
	pid_t client;
	struct lease lease;
	bool due;    /* routes are not set yet as the config wants them */
	bool untold; /* the name servers are not written yet */
};

static void complain(const struct keeper *k, const struct err *e)
{
	autofree char *path = runfile(k->ctid, RUNFILE_DHCP_LOG);
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	FILE *log = NULL;

	/* The log may quote a line of the config. */
	if (fd >= 0 && fchmod(fd, 0600) == 0)
		log = fdopen(fd, "w");
	if (!log)
		return;
	steal_fd(&fd);
	err_print(e, "pct-dhcp", log);
	fclose(log);
}

static void withdraw(struct keeper *k)
{
	for (size_t i = k->lease.n_routes; i-- > 0;)
		netlink_del_route(k->nl, k->link, &k->lease.route[i], NULL);
	if (k->lease.address.ip.family)
		netlink_del_address(k->nl, k->link, &k->lease.address, NULL);
	lease_done(&k->lease);
}

/*
 * Have setup write /etc/resolv.conf in the container.  Servers of the config precede the lease's.
 */
static int tell_servers(const struct conf *conf, const char *resolv_conf, struct err *e)
{
	autofree char *text = xstrdup(resolv_conf);
	autovolumes volumes = { 0 };
	struct host_facts facts = { .resolv_conf = text, .volumes = &volumes };
	struct report report = { 0 };
	struct idmap map;
	int r = 0;

	if (conf->nameserver)
		return 0;
	ct_own_volumes(conf->ctid, &volumes);
	if (conf->mapped)
		r = conf_idmap(conf, &map, e);
	if (r == 0)
		r = setup_running(PHASE_LIVE, conf, INIT_FD,
				  conf->mapped ? &map : NULL, &facts, 0, &report, e);
	if (r == 0)
		report_done(&report);
	return r;
}

/*
 * Add the config's routes, which the kernel removed with the last lease; they override the lease's.
 * Another network may have a route of the lease, or get it now that the lease is gone.
 */
static int add_routes(const struct keeper *k, const struct conf *conf, struct err *e)
{
	const struct net *net = conf_net_named(conf, k->ifname);
	int r = 0;

	if (net && net->host_managed && net->ip4.method == IP_DHCP) {
		for (size_t i = 0; i < k->lease.n_routes && r == 0; i++)
			r = netconf_add_lease_route(k->nl, conf, net, &k->lease.route[i], e);
		if (r == 0 && k->lease.address.ip.family)
			r = netconf_add_routes(k->nl, conf, net, AF_INET, e);
	}
	return r < 0 ? r : netconf_fill_gaps(k->nl, conf, e);
}

static int follow_config(const struct keeper *k, struct err *e)
{
	const char *servers = k->untold ? k->lease.resolv_conf : NULL;
	struct conf_file *file = NULL;
	int r = store()->load(k->ctid, &file, e);

	if (r == 0)
		r = add_routes(k, conf_values(file), e);
	if (r == 0 && servers)
		r = tell_servers(conf_values(file), servers, e);
	conf_free(file);
	return r;
}

/* Do nothing while a command has the lock: it sets the same from the new config. */
static void try_to_follow(struct keeper *k)
{
	struct err e = { 0 };
	autoclose int lock = store()->lock(k->ctid, 0, &e);

	if (lock == -EBUSY)
		return;
	if (lock < 0 || follow_config(k, &e) < 0)
		complain(k, &e);
	k->due = k->untold = false;
}

static bool has_route(const struct lease *lease, const struct route *route)
{
	for (size_t i = 0; i < lease->n_routes; i++)
		if (lease->route[i].to.prefix == route->to.prefix &&
		    ip_equal(&lease->route[i].to.ip, &route->to.ip) &&
		    ip_equal(&lease->route[i].via, &route->via))
			return true;
	return false;
}

/* Remove parts of the old lease that a new lease of the same address lacks. */
static void drop_old(const struct keeper *k, const struct lease *new)
{
	const struct lease *old = &k->lease;

	for (size_t i = old->n_routes; i-- > 0;)
		if (!has_route(new, &old->route[i]))
			netlink_del_route(k->nl, k->link, &old->route[i], NULL);
	if (old->address.ip.family && old->address.prefix != new->address.prefix)
		netlink_del_address(k->nl, k->link, &old->address, NULL);
}

/*
 * Add the new parts first, so that nothing is missing in between; routes that another network has,
 * too, are for try_to_follow().
 */
static int take_lease(struct keeper *k, struct lease *new, struct err *e)
{
	bool told = str_eq(k->lease.resolv_conf, new->resolv_conf);
	int r;

	if (!ip_equal(&new->address.ip, &k->lease.address.ip))
		withdraw(k);
	r = netlink_add_address(k->nl, k->link, &new->address, new->seconds, e);
	for (size_t i = 0; i < new->n_routes && r == 0; i++)
		r = netlink_add_route(k->nl, k->link, &new->route[i],
				      ROUTE_UNLESS, e);
	drop_old(k, new);
	lease_done(&k->lease);
	k->lease = *new;
	k->due = true;
	k->untold = k->untold || !told;
	return r;
}

static void take_event(struct keeper *k)
{
	char text[EVENT_MAX + 1];
	autostrv char **lines = NULL;
	ssize_t n = read(k->pipe, text, sizeof text - 1);
	struct lease lease;
	const char *event;
	struct err e = { 0 };

	if (n <= 0)
		return;
	text[n] = '\0';
	lines = strv_split(text, "\n");
	event = value_of(lines, "event");
	if (str_eq(event, "deconfig")) {
		k->due = k->due || k->lease.address.ip.family;
		withdraw(k);
	} else if ((str_eq(event, "bound") || str_eq(event, "renew")) &&
		   lease_read(lines, &lease) && take_lease(k, &lease, &e) < 0)
		complain(k, &e);
}

/* ---- the client ---- */

/* In the host's user namespace, keep only the capabilities for raw sockets. */
static bool drop_rights(void)
{
	for (unsigned cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (cap != CAP_NET_RAW && cap != CAP_NET_ADMIN && cap != CAP_NET_BIND_SERVICE &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return false;
	return true;
}

/* Enter the container's network namespace, and its user namespace if it has one. */
static bool enter(void)
{
	if (setgroups(0, NULL) < 0 || run_leave_keyring() < 0)
		return false;
	if (setns(INIT_FD, CLONE_NEWUSER | CLONE_NEWNET) == 0)
		return setresgid(0, 0, 0) == 0 && setresuid(0, 0, 0) == 0;
	return errno == EINVAL && setns(INIT_FD, CLONE_NEWNET) == 0 && drop_rights();
}

/* The option of udhcpc with the container's name; NULL: none.  The caller frees. */
static char *name_option(const struct keeper *k)
{
	struct conf_file *file = NULL;
	autofree char *name = NULL;

	if (store()->load(k->ctid, &file, NULL) < 0)
		return NULL;
	name = conf_values(file)->hostname ? xstrdup(conf_values(file)->hostname)
					   : xasprintf("CT%u", k->ctid);
	conf_free(file);
	name[strcspn(name, ".")] = '\0';
	return str_eq(name, "localhost") ? NULL : xasprintf("hostname:%s", name);
}

static void become_client(const struct keeper *k, int pipe)
{
	const char *const *client = hostnet_client();
	const char *program = client ? client[0] : NULL;
	autofree char *name = name_option(k);
	autofree char *script = xasprintf("%s/pct-dhcp", path_hooks());
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char *const environment[] = { path, NULL };
	const char *argv[24];
	size_t n = 0;
	const char *const rest[] = { "-f", "-R", "-i", k->ifname, "-s", script, "-t", "4", "-T",
				     "2", "-A", "5", "-O", "staticroutes", "-O", "search", NULL };
	const char *const programs[] = { program, script, NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Confine afterwards, since entering accesses a process outside. */
	if (!program || !enter() || landlock_run_only(programs, NULL) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ||
	    dup2(pipe, PIPE_FD) < 0 || fcntl(PIPE_FD, F_SETFD, 0) < 0)
		_exit(1);
	close_range(3, PIPE_FD - 1, 0);
	close_range(PIPE_FD + 1, ~0U, 0);
	for (size_t i = 0; client[i]; i++)
		argv[n++] = client[i];
	if (name) {
		argv[n++] = "-x";
		argv[n++] = name;
	}
	memcpy(argv + n, rest, sizeof rest);
	execve(program, (char *const *)argv, environment);
	_exit(127);
}

static void close_pipe(struct keeper *k)
{
	if (k->pipe >= 0)
		close(k->pipe);
	k->pipe = -1;
}

static void start_client(struct keeper *k)
{
	int ends[2];

	close_pipe(k);
	k->client = 0;
	if (pipe2(ends, O_CLOEXEC | O_DIRECT | O_NONBLOCK) < 0)
		return;
	k->client = fork();
	if (k->client == 0)
		become_client(k, ends[1]);
	close(ends[1]);
	k->pipe = ends[0];
}

static void end_client(struct keeper *k, int signals)
{
	struct pollfd fds[] = { { signals, POLLIN, 0 }, { INIT_FD, POLLIN, 0 } };
	pid_t client = k->client;

	if (client <= 0)
		return;
	kill(client, SIGTERM);
	/* Wait for SIGCHLD, or for the end of the container's network. */
	poll(fds, ARRAY_SIZE(fds), RELEASE_WAIT);
	kill(client, SIGKILL);
	waitpid(client, NULL, 0);
}

/* Returns true once the container has ended, false on a request to stop. */
static bool keep(struct keeper *k, int signals)
{
	for (;;) {
		struct pollfd fds[] = { { INIT_FD, POLLIN, 0 }, { signals, POLLIN, 0 },
					{ k->pipe, POLLIN, 0 } };
		struct signalfd_siginfo info;

		int wait = k->due ? LOCK_WAIT : k->client > 0 ? -1 : AGAIN;

		if (poll(fds, ARRAY_SIZE(fds), wait) == 0 && !k->due)
			start_client(k);
		if (fds[0].revents)
			return true;
		if (fds[2].revents & POLLIN)
			take_event(k);
		else if (fds[2].revents)
			close_pipe(k);
		if (k->due)
			try_to_follow(k);
		if (!(fds[1].revents & POLLIN) || read(signals, &info, sizeof info) < 0)
			continue;
		if (info.ssi_signo == SIGTERM)
			return false;
		if (waitpid(k->client, NULL, WNOHANG) == k->client) {
			k->client = 0;
			close_pipe(k);
		}
	}
}

static int open_net(struct keeper *k, struct err *e)
{
	struct link link;
	int r = netns_open_pidfd(INIT_FD, &k->nl, e);

	if (r == 0)
		r = netlink_get(k->nl, k->ifname, &link, e);
	if (r == 0)
		k->link = link.index;
	return r;
}

static int serve(struct keeper *k)
{
	struct err e = { 0 };
	sigset_t wanted;
	int signals;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	signals = signalfd(-1, &wanted, SFD_CLOEXEC);
	if (signals < 0 || open_net(k, &e) < 0) {
		complain(k, &e);
		return 1;
	}
	start_client(k);
	if (keep(k, signals) && k->client > 0)
		kill(k->client, SIGKILL);
	end_client(k, signals);
	withdraw(k);
	return 0;
}

int main(int argc, char *argv[])
{
	struct keeper keeper = { .pipe = -1 };

	if (argc == 2 && getenv("interface"))
		return send_event(argv[1]);
	if (argc != 4 || !parse_ctid(argv[1], &keeper.ctid) ||
	    fcntl(INIT_FD, F_SETFD, FD_CLOEXEC) < 0 || fcntl(RECORD_FD, F_SETFD, FD_CLOEXEC) < 0) {
		fputs("usage: run by lib/net/host-managed.c where host-managed=1\n", stderr);
		return 2;
	}
	keeper.ifname = argv[3];
	return serve(&keeper);
}
