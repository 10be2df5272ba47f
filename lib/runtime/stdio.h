/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Pipes in place of standard input, output and error.
 *
 * A process that holds one of the host's descriptors can do more than read and write: open the
 * file behind it anew (proc(5), /proc/PID/fd), truncate it, move the offset that it shares with the
 * caller, type into a terminal (TIOCSTI).  So a command that is not trusted has a pipe in place of
 * each, and this process passes on the data.
 *
 * It takes no more of standard input than the command has read: a shell that runs commands in a
 * loop of "while read" finds the rest of its list.  Only a line typed at a terminal cannot be given
 * back.  Two commands that read one pipe at the same time may both get the same bytes.
 */
#ifndef LIB_RUNTIME_STDIO_H
#define LIB_RUNTIME_STDIO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;

enum stdio_source {
	STDIO_TAKEN,  /* what is read is gone: a terminal, a device */
	STDIO_FILE,   /* read at an offset of our own, and set to that at the end */
	STDIO_PIPE,   /* looked at by tee(2), and read when the command has done so */
	STDIO_SOCKET, /* the same by MSG_PEEK */
};

#define STDIO_CHUNK 65536

/* What the command has said and nobody has taken yet, of standard output or error. */
struct stdio_said {
	char data[STDIO_CHUNK];
	size_t at, end;
	size_t step; /* at most so much fits where poll(2) says that there is room */
};

struct stdio_pipes {
	int child[3]; /* what the command is to have as 0, 1 and 2 */
	int ours[3];  /* the other ends; -1: there is none, or not any more */
	enum stdio_source source;
	int input;    /* the command's end, to see what it has not read; -1 with STDIO_TAKEN */
	off_t start;  /* STDIO_FILE: the offset of what comes first */
	size_t given; /* STDIO_FILE: from there; else what is still to be read for good */
	struct stdio_said said[2];
	int failed;   /* errno of what could not be written to standard output or error */
	char typed[4096]; /* STDIO_TAKEN */
	size_t typed_at, typed_end; /* not passed on yet */
};

/* /dev/null for what is closed.  Standard output and error that are one have one pipe. */
int stdio_open(struct stdio_pipes *ret, struct err *e);
/* After the fork: only the command holds its ends. */
void stdio_close_child(struct stdio_pipes *r);
/*
 * Until the process ends, and then what is ready: what it left running may hold the pipes for ever.
 * SIGPIPE has to be ignored.
 */
void stdio_run(struct stdio_pipes *r, int pidfd);
void stdio_close(struct stdio_pipes *r);

/* All of data, waiting for room; false: it cannot be written. */
bool stdio_write(int fd, const char *data, size_t len);

#endif
