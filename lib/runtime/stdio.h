/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Connects a command to standard input, output and error by pipes.
 *
 * A process with a descriptor of the host can do more than read and write: reopen the file
 * (proc(5), /proc/PID/fd), truncate it, move the offset that it shares with the caller, type into a
 * terminal (TIOCSTI).  So an untrusted command gets pipes instead, and this process passes on the
 * data.
 *
 * It consumes only as much of standard input as the command has read, so that commands in a loop of
 * "while read" leave the rest of the list.  Only a line typed at a terminal cannot be given back.
 * Two commands that read one pipe at the same time may both get the same bytes.
 */
#ifndef LIB_RUNTIME_STDIO_H
#define LIB_RUNTIME_STDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

enum stdio_source {
	STDIO_TAKEN,  /* reading consumes it: a terminal, a device */
	STDIO_FILE,   /* read with an offset of our own, which is set at the end */
	STDIO_PIPE,   /* copied by tee(2), consumed once the command has read it */
	STDIO_SOCKET, /* the same with MSG_PEEK */
};

#define STDIO_CHUNK 65536

/* Output of the command that is not passed on yet, for standard output or error. */
struct stdio_said {
	char data[STDIO_CHUNK];
	size_t at, end;
	size_t step; /* number of bytes that fit if poll(2) reports room */
};

struct stdio_pipes {
	int child[3]; /* the command's descriptors 0, 1 and 2 */
	int ours[3];  /* the other ends; -1: none, or closed */
	enum stdio_source source;
	int input;    /* the command's end, to measure unread data; -1 with STDIO_TAKEN */
	off_t start;  /* STDIO_FILE: the initial offset */
	size_t given; /* STDIO_FILE: bytes given so far; else bytes still to consume */
	struct stdio_said said[2];
	int failed;   /* errno of a failed write to standard output or error */
	char typed[4096]; /* STDIO_TAKEN */
	size_t typed_at, typed_end; /* part not passed on yet */
};

/*
 * Open the pipes.  Closed descriptors become /dev/null.  Standard output and error share a pipe if
 * they are the same file.
 */
int stdio_open(struct stdio_pipes *ret, struct err *e);
/* After the fork, close the command's ends in this process. */
void stdio_close_child(struct stdio_pipes *r);
/*
 * Pass on data until the process ends, then only data that is ready, since its children may keep
 * the pipes open forever.  SIGPIPE must be ignored.
 */
void stdio_run(struct stdio_pipes *r, int pidfd);
void stdio_close(struct stdio_pipes *r);

/* Write all of data, waiting for room; false: it cannot be written. */
bool stdio_write(int fd, const char *data, size_t len);

#endif
