/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

#define BACKGROUND_MS 500
#define CHUNK STDIO_CHUNK

/* ---- opening ---- */

/* If both are the same output, one pipe keeps the order of the data. */
static bool is_same_output(int a, int b)
{
	struct stat first, second;
	int append = fcntl(a, F_GETFL) & fcntl(b, F_GETFL) & O_APPEND;

	if (syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, a, b) == 0)
		return true;
	if (fstat(a, &first) < 0 || fstat(b, &second) < 0)
		return false;
	if (S_ISCHR(first.st_mode) && S_ISCHR(second.st_mode))
		return first.st_rdev == second.st_rdev;
	/* Two descriptors of a file with different offsets are different outputs. */
	return first.st_dev == second.st_dev && first.st_ino == second.st_ino &&
	       (append || !S_ISREG(first.st_mode));
}

static int open_pipe(struct stdio_pipes *r, int n, struct err *e)
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

static enum stdio_source find_source(off_t *ret_start)
{
	socklen_t len = sizeof(int);
	struct stat st;
	int type;

	if (fstat(STDIN_FILENO, &st) < 0)
		return STDIO_TAKEN;
	if (S_ISFIFO(st.st_mode))
		return STDIO_PIPE;
	if (S_ISSOCK(st.st_mode) &&
	    getsockopt(STDIN_FILENO, SOL_SOCKET, SO_TYPE, &type, &len) == 0 && type == SOCK_STREAM)
		return STDIO_SOCKET;
	*ret_start = S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) ? lseek(STDIN_FILENO, 0, SEEK_CUR) :
								   -1;
	return *ret_start >= 0 ? STDIO_FILE : STDIO_TAKEN;
}

/*
 * A pipe for copied input has room for one page.  So there is room again when the command has read
 * all of it, which poll(2) reports.
 */
static int open_input(struct stdio_pipes *r, struct err *e)
{
	r->source = find_source(&r->start);
	if (r->source == STDIO_TAKEN)
		return 0;
	r->input = fcntl(r->child[STDIN_FILENO], F_DUPFD_CLOEXEC, 3);
	if (r->input < 0 ||
	    (r->source != STDIO_FILE && fcntl(r->input, F_SETPIPE_SZ, 1) < 0))
		return err_sys(e, NULL, "set up a pipe");
	return 0;
}

/* A writable pipe has room for PIPE_BUF bytes (pipe(7)); files accept any number. */
static size_t find_step(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? CHUNK : PIPE_BUF;
}

int stdio_open(struct stdio_pipes *ret, struct err *e)
{
	int r = 0, fd;

	*ret = (struct stdio_pipes){ .child = { -1, -1, -1 }, .ours = { -1, -1, -1 }, .input = -1 };
	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return err_sys(e, "/dev/null", "open");
	close(fd);
	ret->said[0].step = find_step(STDOUT_FILENO);
	ret->said[1].step = find_step(STDERR_FILENO);
	for (int n = 0; n <= STDERR_FILENO && r == 0; n++) {
		if (n == STDERR_FILENO && is_same_output(STDOUT_FILENO, n))
			ret->child[n] = ret->child[STDOUT_FILENO];
		else
			r = open_pipe(ret, n, e);
	}
	if (r == 0)
		r = open_input(ret, e);
	if (r < 0) {
		stdio_close_child(ret);
		stdio_close(ret);
	}
	return r;
}

void stdio_close_child(struct stdio_pipes *r)
{
	if (r->child[STDERR_FILENO] == r->child[STDOUT_FILENO])
		r->child[STDERR_FILENO] = -1;
	for (int n = 0; n <= STDERR_FILENO; n++)
		util_closep(&r->child[n]);
}

void stdio_close(struct stdio_pipes *r)
{
	for (int n = 0; n <= STDERR_FILENO; n++)
		util_closep(&r->ours[n]);
	util_closep(&r->input);
}

static void stop(struct stdio_pipes *r, int n)
{
	close(r->ours[n]);
	r->ours[n] = -1;
}

/* ---- output of the command ---- */

bool stdio_write(int fd, const char *data, size_t len)
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

/* If our output cannot be written, close the pipe, so that the command notices. */
static void lose(struct stdio_pipes *r, int n)
{
	if (errno != EPIPE)
		r->failed = errno;
	r->said[n - 1].at = r->said[n - 1].end;
	stop(r, n);
}

/* Read at most max bytes of the command's output; returns their number, 0 at the end. */
static size_t take_said(struct stdio_pipes *r, int n, size_t max)
{
	struct stdio_said *said = &r->said[n - 1];
	size_t size = max < sizeof said->data ? max : sizeof said->data;
	ssize_t len = read(r->ours[n], said->data, size);

	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (len <= 0) {
		stop(r, n);
		return 0;
	}
	said->at = 0;
	said->end = (size_t)len;
	return (size_t)len;
}

/* Write only if poll(2) reports room, so that a blocked output does not block the other. */
static void pass_said(struct stdio_pipes *r, int n)
{
	struct stdio_said *said = &r->said[n - 1];
	size_t left = said->end - said->at;
	ssize_t len = write(n, said->data + said->at, left < said->step ? left : said->step);

	if (len >= 0)
		said->at += (size_t)len;
	else if (errno != EINTR && errno != EAGAIN)
		lose(r, n);
}

/* At the end, pass on the data that is ready; waits for its reader. */
static void flush(struct stdio_pipes *r, int n)
{
	struct stdio_said *said = &r->said[n - 1];
	int ready = 0;
	size_t left;

	if (r->ours[n] < 0 || ioctl(r->ours[n], FIONREAD, &ready) < 0)
		ready = 0;
	left = ready > 0 ? (size_t)ready : 0;
	for (;;) {
		size_t len;

		if (said->at < said->end &&
		    !stdio_write(n, said->data + said->at, said->end - said->at)) {
			lose(r, n);
			return;
		}
		len = left ? take_said(r, n, left) : 0;
		if (!len)
			return;
		left -= len;
	}
}

/* ---- input of the command ---- */

static void take_typed(struct stdio_pipes *r)
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

static void pass_typed(struct stdio_pipes *r)
{
	ssize_t n = write(r->ours[STDIN_FILENO], r->typed + r->typed_at,
			  r->typed_end - r->typed_at);

	if (n >= 0)
		r->typed_at += (size_t)n;
	else if (errno != EINTR && errno != EAGAIN)
		stop(r, STDIN_FILENO);
}

/* Read at our offset, and read data again that does not fit the pipe. */
static void give_from_file(struct stdio_pipes *r)
{
	char data[CHUNK];
	ssize_t n = pread(STDIN_FILENO, data, sizeof data, r->start + (off_t)r->given);

	if (n > 0)
		n = write(r->ours[STDIN_FILENO], data, (size_t)n);
	else if (n == 0)
		errno = EPIPE;
	if (n > 0)
		r->given += (size_t)n;
	else if (errno != EINTR && errno != EAGAIN)
		stop(r, STDIN_FILENO);
}

static ssize_t look_at(const struct stdio_pipes *r)
{
	char data[CHUNK];
	ssize_t n;

	if (r->source == STDIO_PIPE)
		return tee(STDIN_FILENO, r->ours[STDIN_FILENO], sizeof data, SPLICE_F_NONBLOCK);
	n = recv(STDIN_FILENO, data, sizeof data, MSG_PEEK | MSG_DONTWAIT);
	return n > 0 ? write(r->ours[STDIN_FILENO], data, (size_t)n) : n;
}

static void give_copy(struct stdio_pipes *r)
{
	ssize_t n = look_at(r);

	if (n > 0)
		r->given = (size_t)n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		stop(r, STDIN_FILENO);
}

/* At most the given bytes: the pipe's reader may have written to it as well. */
static size_t count_unread(const struct stdio_pipes *r)
{
	int n = 0;

	if (ioctl(r->input, FIONREAD, &n) < 0 || n < 0)
		return 0;
	return (size_t)n < r->given ? (size_t)n : r->given;
}

/* Do not wait: a process that shares standard input may have read the data. */
static ssize_t take_copy(const struct stdio_pipes *r, char *data, size_t size)
{
	struct pollfd ready = { .fd = STDIN_FILENO, .events = POLLIN };

	if (r->source == STDIO_SOCKET)
		return recv(STDIN_FILENO, data, size, MSG_DONTWAIT);
	return poll(&ready, 1, 0) > 0 ? read(STDIN_FILENO, data, size) : 0;
}

/* Consume the part of the copy that the command has read; false: it has read nothing. */
static bool take_read(struct stdio_pipes *r)
{
	size_t left = count_unread(r);
	bool some = r->given > left;
	char data[CHUNK];

	while (r->given > left) {
		size_t size = r->given - left;
		ssize_t n = take_copy(r, data, size < sizeof data ? size : sizeof data);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) { /* another process has read it */
			r->given = left;
			break;
		}
		r->given -= (size_t)n;
	}
	return some;
}

static void give_back(struct stdio_pipes *r)
{
	if (r->source == STDIO_FILE)
		lseek(STDIN_FILENO, r->start + (off_t)(r->given - count_unread(r)), SEEK_SET);
	else if (r->source != STDIO_TAKEN)
		take_read(r);
}

/* ---- both ---- */

/* Without job control, every process counts as in the foreground. */
static bool in_foreground(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);

	return group < 0 || group == getpgrp();
}

/*
 * Choose what to wait for on standard input: data, or room in the pipe.  Returns true if neither is
 * possible now, since pct is in the background.
 */
static bool choose(const struct stdio_pipes *r, bool *ret_data, bool *ret_room)
{
	bool open = r->ours[STDIN_FILENO] >= 0, pending = r->typed_at < r->typed_end;

	*ret_data = *ret_room = false;
	if (!open)
		return false;
	if (r->source == STDIO_TAKEN) {
		*ret_room = pending;
		/*
		 * Reading in the background would stop this process, and the input is for another.
		 */
		*ret_data = !pending && in_foreground();
		return !pending && !*ret_data;
	}
	*ret_room = r->source == STDIO_FILE || r->given;
	*ret_data = !*ret_room;
	return false;
}

static void give_more(struct stdio_pipes *r, bool has_data)
{
	const struct timespec again = { .tv_nsec = 10 * 1000 * 1000 };

	switch (r->source) {
	case STDIO_FILE:
		give_from_file(r);
		break;
	case STDIO_PIPE:
	case STDIO_SOCKET:
		if (!r->given)
			give_copy(r);
		else if (!take_read(r))
			nanosleep(&again, NULL); /* the command has enlarged the pipe */
		break;
	case STDIO_TAKEN:
		if (has_data)
			take_typed(r);
		else
			pass_typed(r);
	}
}

static bool has_said(const struct stdio_pipes *r, int n)
{
	return r->said[n - 1].at < r->said[n - 1].end;
}

static struct pollfd output(const struct stdio_pipes *r, int n)
{
	return has_said(r, n) ? (struct pollfd){ .fd = n, .events = POLLOUT } :
				(struct pollfd){ .fd = r->ours[n], .events = POLLIN };
}

/* Returns whether the process still runs. */
static bool run_once(struct stdio_pipes *r, int pidfd)
{
	bool data, room, background = choose(r, &data, &room);
	struct pollfd polls[] = {
		{ .fd = pidfd, .events = POLLIN },
		{ .fd = data ? STDIN_FILENO : -1, .events = POLLIN },
		{ .fd = r->ours[0], .events = room ? POLLOUT : 0 },
		output(r, STDOUT_FILENO),
		output(r, STDERR_FILENO),
	};

	if (poll(polls, ARRAY_SIZE(polls), background ? BACKGROUND_MS : -1) <= 0)
		return true;
	if (polls[0].revents)
		return false;
	for (int n = STDOUT_FILENO; n <= STDERR_FILENO; n++)
		if (polls[2 + n].revents && has_said(r, n))
			pass_said(r, n);
		else if (polls[2 + n].revents)
			take_said(r, n, CHUNK);
	if (polls[2].revents & POLLERR) /* the reader is gone */
		stop(r, STDIN_FILENO);
	else if (polls[1].revents || polls[2].revents)
		give_more(r, polls[1].revents);
	return true;
}

void stdio_run(struct stdio_pipes *r, int pidfd)
{
	while (run_once(r, pidfd))
		;
	for (int n = STDOUT_FILENO; n <= STDERR_FILENO; n++)
		flush(r, n);
	give_back(r);
}
