/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waits until a name server of the container's /etc/resolv.conf answers a query for the root name
 * servers, sent from its network namespace.  SERVFAIL does not count: a resolver in the container
 * answers so as long as it has no upstream server.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/netaddr.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/net/netns.h"
#include "lib/rootfs/rootfs.h"
#include "pct/wait/wait.h"

#define MAX_SERVERS 3 /* MAXNS of resolv.conf(5) */
#define FIRST_MS 500  /* pause before the next query; doubles each time */
#define LAST_MS 16000
#define REST_MS 100   /* shortest pause between two queries */
#define STUCK_MS 1000 /* after this time, a hanging read is mentioned in the error */
#define READ_WAIT 1   /* seconds from the first byte of resolv.conf to its last */

struct dns_server {
	struct ip ip;
	char zone[ZONE_SIZE];
	int fd; /* -1: the query could not be sent */
	const char *why;
};

struct dns_wait {
	const struct wait_init *init;
	struct dns_server server[MAX_SERVERS];
	unsigned n;
	int inotify;
	uint16_t id;
	long long asked; /* time of the last query; 0: never */
	int pause;
	bool changed; /* /etc has changed: query again after REST_MS */
	struct run_child reader;
	bool reading;
};

/* ---- resolv.conf ---- */

/* Opens top, a path below the container's root, without following links. */
static struct rootfs *open_top(const struct wait_init *init, const char *top)
{
	autofree char *whole = xasprintf("/proc/%d/root/%s", (int)init->pid, top);
	struct rootfs *root = NULL;

	return rootfs_open(whole, &root, NULL) < 0 ? NULL : root;
}

/*
 * lib/rootfs/rootfs.h does not cross mounts, but resolv.conf may be a link to /run, which is
 * another mount.
 */
static char *read_below(struct rootfs *root, struct rootfs *run, struct err *e)
{
	static const char *const runs[] = { "/run", "../run", "/var/run", "../var/run" };
	autofree char *target = NULL;
	const char *in_run = NULL;
	char *text = NULL;
	int r;

	if (run && rootfs_readlink(root, "/etc/resolv.conf", &target, e) == 0)
		for (size_t i = 0; !in_run && i < ARRAY_SIZE(runs); i++)
			in_run = str_after(target, runs[i]);
	if (in_run && *in_run == '/')
		r = rootfs_read(run, in_run, &text, NULL, e);
	else
		r = rootfs_read(root, "/etc/resolv.conf", &text, NULL, e);
	return r < 0 ? NULL : text;
}

/*
 * Runs in a child, because container root can block each access to its files (fanotify(7), FUSE).
 * Opens both tops first, because Landlock then denies access to /proc/PID/root.
 */
static int read_resolv_conf(void *arg, int out_fd, struct err *e)
{
	const struct dns_wait *w = arg;
	autofree char *etc = xasprintf("/proc/%d/root/etc", (int)w->init->pid), *text = NULL;
	struct rootfs *root = open_top(w->init, "."), *run = open_top(w->init, "run");

	inotify_add_watch(w->inotify, etc, IN_MOVED_TO | IN_CREATE | IN_CLOSE_WRITE | IN_ONLYDIR |
					   IN_DONT_FOLLOW);
	/* If init has ended, its pid may be that of another process. */
	if (!root || !wait_is_alive(w->init))
		return -ESRCH;
	if (rootfs_confine(root, NULL, e) < 0)
		return err_code(e);
	text = read_below(root, run, e);
	return text ? file_write_all(out_fd, text, strlen(text)) : -ENOENT;
}

static void forget_servers(struct dns_wait *w)
{
	for (unsigned i = 0; i < w->n; i++)
		util_closep(&w->server[i].fd);
	w->n = 0;
}

/* The text is hostile: only valid addresses are taken from it. */
static void take_servers(struct dns_wait *w, const char *text)
{
	autostrv char **lines = strv_split(text, "\r\n");

	for (char **line = lines; line && *line && w->n < MAX_SERVERS; line++) {
		autostrv char **words = strv_split(*line, " \t");
		struct dns_server server = { .fd = -1 };

		if (words && str_eq(words[0], "nameserver") && words[1] &&
		    ip_parse_zone(words[1], &server.ip, server.zone, NULL) == 0)
			w->server[w->n++] = server;
	}
}

/* ---- queries ---- */

/* The index of the zone in the socket's namespace; 0: no zone, or no such interface. */
static unsigned zone_index(int fd, const char *zone)
{
	struct ifreq request = { 0 };

	if (!*zone)
		return 0;
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", zone);
	return ioctl(fd, SIOCGIFINDEX, &request) < 0 ? 0 : (unsigned)request.ifr_ifindex;
}

static socklen_t make_address(const struct dns_server *server, struct sockaddr_storage *ret)
{
	const struct ip *ip = &server->ip;

	memset(ret, 0, sizeof *ret);
	if (ip->family == AF_INET) {
		struct sockaddr_in *in = (void *)ret;

		in->sin_family = AF_INET;
		in->sin_port = htons(53);
		memcpy(&in->sin_addr, ip->byte, 4);
		return sizeof *in;
	}
	struct sockaddr_in6 *in6 = (void *)ret;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(53);
	memcpy(&in6->sin6_addr, ip->byte, 16);
	in6->sin6_scope_id = zone_index(server->fd, server->zone);
	return sizeof *in6;
}

static void ask(struct dns_wait *w, struct dns_server *server)
{
	/* Recursion desired, one question: NS of the root in class IN (RFC 1035, 4.1). */
	unsigned char question[17] = { 0, 0, 1, 0, 0, 1, [12] = 0, 0, 2, 0, 1 };
	struct sockaddr_storage address;
	socklen_t len;

	question[0] = (unsigned char)(w->id >> 8);
	question[1] = (unsigned char)w->id;
	server->fd = netns_socket(w->init->pidfd, server->ip.family, SOCK_DGRAM, 0, NULL);
	len = make_address(server, &address);
	server->why = "does not answer";
	if (server->fd < 0)
		server->why = "cannot be queried";
	else if (connect(server->fd, (void *)&address, len) < 0 ||
		 send(server->fd, question, sizeof question, MSG_NOSIGNAL) < 0)
		server->why = errno == ENETUNREACH ? "is unreachable: no route"
			      : errno == ECONNREFUSED ? "refuses" : "cannot be reached";
	else
		return;
	util_closep(&server->fd);
	server->fd = -1;
}

static void start_reading(struct dns_wait *w)
{
	w->reading = run_start(-1, read_resolv_conf, w, &w->reader, NULL) == 0;
	w->asked = now_ms();
	w->changed = false;
}

/* The reader writes only after it has read the whole file, so finishing it does not block long. */
static void ask_all(struct dns_wait *w)
{
	autofree char *text = NULL;

	w->reading = false;
	forget_servers(w);
	if (run_finish_within(&w->reader, READ_WAIT, &text, ROOTFS_MAX_READ, NULL) == 0)
		take_servers(w, text);
	if (getrandom(&w->id, sizeof w->id, 0) < 0)
		w->id++;
	for (unsigned i = 0; i < w->n; i++)
		ask(w, &w->server[i]);
}

static bool has_read(const struct dns_wait *w)
{
	struct pollfd ready = { .fd = w->reader.out, .events = POLLIN };

	return w->reading && poll(&ready, 1, 0) > 0;
}

static bool has_answered(struct dns_wait *w, struct dns_server *server)
{
	unsigned char answer[512];
	ssize_t n;

	if (server->fd < 0)
		return false;
	n = recv(server->fd, answer, sizeof answer, MSG_DONTWAIT);
	if (n < 0) {
		if (errno == EAGAIN)
			return false;
		server->why = errno == ECONNREFUSED ? "refuses" : "cannot be reached";
	} else if (n < 12 || !(answer[2] & 0x80) || answer[0] != w->id >> 8 ||
		   answer[1] != (w->id & 0xff)) {
		return false;
	} else if ((answer[3] & 15) != 2) {
		return true;
	} else {
		server->why = "answers SERVFAIL";
	}
	util_closep(&server->fd);
	server->fd = -1;
	return false;
}

/* ---- functions of pct/wait/wait.h ---- */

struct dns_wait *dns_wait_new(const struct wait_init *init)
{
	struct dns_wait *w = xcalloc(1, sizeof *w);

	w->init = init;
	w->pause = FIRST_MS;
	w->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	return w;
}

static void take_events(struct dns_wait *w)
{
	char data[4096];

	while (w->inotify >= 0 && read(w->inotify, data, sizeof data) > 0)
		w->changed = true;
}

bool dns_wait_look(struct dns_wait *w, struct buf *why, struct wait_fds *fds)
{
	long long since = now_ms() - w->asked;

	take_events(w);
	for (unsigned i = 0; i < w->n; i++)
		if (has_answered(w, &w->server[i]))
			return true;
	if (has_read(w))
		ask_all(w);
	/* Query again after the pause, or soon after a change of /etc. */
	if (!w->reading &&
	    (!w->asked || since >= w->pause || (w->changed && since >= REST_MS))) {
		if (w->asked && since >= w->pause)
			w->pause = w->pause * 2 < LAST_MS ? w->pause * 2 : LAST_MS;
		start_reading(w);
		since = 0;
	}
	if (w->reading)
		wait_add(fds, w->reader.out);
	else
		wait_again(fds, (int)((w->changed ? REST_MS : w->pause) - since));
	wait_add(fds, w->inotify);
	for (unsigned i = 0; i < w->n; i++) {
		char text[IP_TEXT_MAX];

		wait_add(fds, w->server[i].fd);
		buf_addf(why, "%s%s%s%s %s", i ? ", " : "", ip_format(&w->server[i].ip, text),
			 *w->server[i].zone ? "%" : "", w->server[i].zone, w->server[i].why);
	}
	if (w->reading && (!w->n || since >= STUCK_MS))
		buf_addf(why, "%sits /etc/resolv.conf is still being read", w->n ? ", " : "");
	else if (!w->n)
		buf_add(why, "its /etc/resolv.conf names no server");
	return false;
}

void dns_wait_free(struct dns_wait *w)
{
	if (!w)
		return;
	forget_servers(w);
	if (w->reading)
		run_abandon(&w->reader);
	util_closep(&w->inotify);
	free(w);
}
