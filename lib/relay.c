/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/util.h"

#define BACKGROUND_MS 500

static bool is_same_terminal(int a, int b)
{
	struct stat first, second;

	return isatty(a) && isatty(b) && fstat(a, &first) == 0 && fstat(b, &second) == 0 &&
	       first.st_rdev == second.st_rdev;
}

static int open_pipe(struct relay *r, int n, struct err *e)
{
	bool in = n == STDIN_FILENO;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return err_sys(e, NULL, "make a pipe");
	r->child[n] = ends[in ? 0 : 1];
	r->ours[n] = ends[in ? 1 : 0];
	if (fcntl(r->ours[n], F_SETFL, O_NONBLOCK) < 0)
		return err_sys(e, NULL, "set up a pipe");
	return 0;
}

int relay_open(struct relay *ret, struct err *e)
{
	int r = 0, fd;

	*ret = (struct relay){ .child = { 0, 1, 2 }, .ours = { -1, -1, -1 } };
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return err_sys(e, "/dev/null", "open");
	close(fd);
	for (int n = 0; n <= STDERR_FILENO && r == 0; n++) {
		/* In one pipe, what the command says to both stays in its order. */
		if (n == STDERR_FILENO && is_same_terminal(STDOUT_FILENO, n))
			ret->child[n] = ret->child[STDOUT_FILENO];
		else if (isatty(n))
			r = open_pipe(ret, n, e);
	}
	if (r < 0) {
		relay_close_child(ret);
		relay_close(ret);
	}
	return r;
}

void relay_close_child(struct relay *r)
{
	for (int n = 0; n <= STDERR_FILENO; n++) {
		bool shared = n == STDERR_FILENO && r->child[n] == r->child[STDOUT_FILENO];

		if (r->child[n] > STDERR_FILENO && !shared)
			close(r->child[n]);
	}
}

void relay_close(struct relay *r)
{
	for (int n = 0; n <= STDERR_FILENO; n++)
		util_closep(&r->ours[n]);
}

static void stop(struct relay *r, int n)
{
	close(r->ours[n]);
	r->ours[n] = -1;
}

static bool put(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);
		struct pollfd room = { .fd = fd, .events = POLLOUT };

		if (n < 0 && errno == EAGAIN)
			poll(&room, 1, -1);
		else if (n < 0 && errno != EINTR)
			return false;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return true;
}

/* At most max bytes of what the command says; how many there were, 0 at the end. */
static size_t take_said(struct relay *r, int n, size_t max)
{
	char said[4096];
	ssize_t len = read(r->ours[n], said, max < sizeof said ? max : sizeof said);

	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	/* Without the terminal, the command gets to know of it as of any reader that is gone. */
	if (len <= 0 || !put(n, said, (size_t)len)) {
		stop(r, n);
		return 0;
	}
	return (size_t)len;
}

static void take_typed(struct relay *r)
{
	ssize_t n = read(STDIN_FILENO, r->typed, sizeof r->typed);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		stop(r, STDIN_FILENO);
		return;
	}
	r->typed_at = 0;
	r->typed_end = (size_t)n;
}

static void pass_typed(struct relay *r)
{
	ssize_t n = write(r->ours[STDIN_FILENO], r->typed + r->typed_at,
			  r->typed_end - r->typed_at);

	if (n >= 0)
		r->typed_at += (size_t)n;
	else if (errno != EINTR && errno != EAGAIN)
		stop(r, STDIN_FILENO);
}

/* Where there is no job control, everybody is. */
static bool in_foreground(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	return group < 0 || group == getpgrp();
}

/* Whether the process still runs. */
static bool run_once(struct relay *r, int pidfd)
{
	bool pending = r->typed_at < r->typed_end;
	/* In the background a read would stop this process, and the line is for somebody else. */
	bool listening = r->ours[0] >= 0 && !pending && in_foreground();
	bool background = r->ours[0] >= 0 && !pending && !listening;
	struct pollfd polls[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = listening ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = r->ours[0], .events = pending ? POLLOUT : 0 },
		{ .fd = r->ours[1], .events = POLLIN },
		{ .fd = r->ours[2], .events = POLLIN },
	};

	if (poll(polls, ARRAY_SIZE(polls), background ? BACKGROUND_MS : -1) <= 0)
		return true;
	if (polls[0].revents)
		return false;
	for (int n = STDOUT_FILENO; n <= STDERR_FILENO; n++)
		if (polls[2 + n].revents)
			take_said(r, n, sizeof r->typed);
	if (polls[2].revents & POLLERR) /* nobody reads it any more */
		stop(r, STDIN_FILENO);
	else if (polls[2].revents)
		pass_typed(r);
	else if (polls[1].revents)
		take_typed(r);
	return true;
}

void relay_run(struct relay *r, int pidfd)
{
	while (run_once(r, pidfd))
		;
	for (int n = STDOUT_FILENO; n <= STDERR_FILENO; n++) {
		int ready = 0;

		if (r->ours[n] < 0 || ioctl(r->ours[n], FIONREAD, &ready) < 0)
			continue;
		for (size_t left = ready > 0 ? (size_t)ready : 0, len; left; left -= len) {
			len = take_said(r, n, left);
			if (!len)
				break;
		}
	}
}
