/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copies a file or a folder between host and container: one process sends, another receives; one of
 * them is in the container, and its bytes are hostile.  A file arrives completely or not at all,
 * under a random name (.pct-*) until it is complete.  Links are copied as links; devices, FIFOs,
 * sockets and other mounts in a folder are skipped, with a message.
 */
#ifndef LIB_ROOTFS_TRANSFER_H
#define LIB_ROOTFS_TRANSFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct room;

#define TRANSFER_KEEP (-1) /* of struct transfer_owner */
#define TRANSFER_DATA_MAX 65536

/* The two pipes to the other process.  Set the members before the first call. */
struct transfer {
	int in, out;	   /* with stall_ms, O_NONBLOCK */
	unsigned stall_ms; /* -ETIMEDOUT when the other process is slower; 0: waits forever */
	struct room *room; /* how much may be received; NULL: no limit */
	void (*moved)(void *arg, uint64_t bytes); /* the sum, after each piece; may be NULL */
	/* An entry of a folder was skipped.  NULL, at the sender: the receiver tells. */
	void (*skipped)(void *arg, const char *path, const char *why);
	void *arg;
	bool refused;	     /* the other process has sent TRANSFER_FAIL */
	uint64_t bytes;	     /* sent or received */
	long long waited_ms; /* for the other process, since renewed_at */
	uint64_t renewed_at; /* of bytes */
};

enum transfer_type {
	TRANSFER_FILE = 1, /* mode; data: the name, "" at the top */
	TRANSFER_FOLDER,   /* mode; data: the name */
	TRANSFER_LINK,	   /* data: the name, NUL, the target */
	TRANSFER_DATA,	   /* data: contents of the file */
	TRANSFER_HOLE,	   /* number: bytes of the file that are zero */
	TRANSFER_SKIPPED,  /* data: the path, NUL, the reason */
	TRANSFER_END,	   /* of a file, or of a folder; at last: all has arrived */
	TRANSFER_FAIL,	   /* data: a struct err */
};

struct transfer_record {
	uint32_t type, mode, len; /* bytes of data that follow */
	uint32_t zero;
	uint64_t number;
};

int transfer_put(struct transfer *t, const struct transfer_record *record, const void *data,
		 struct err *e);
/* data has room for TRANSFER_DATA_MAX + 1 bytes, and ends in NUL.  A TRANSFER_FAIL is an error. */
int transfer_get(struct transfer *t, struct transfer_record *ret, char *data, struct err *e);
/* Raw bytes, with the same time limit. */
int transfer_write(struct transfer *t, const void *data, size_t len, struct err *e);
int transfer_read(struct transfer *t, void *data, size_t len, struct err *e);
/* The last record of a process: TRANSFER_END if r is 0, else e. */
void transfer_finish(struct transfer *t, int r, const struct err *e);

/* ---- the two ends ---- */

/*
 * root is the container's root folder, inside which path is resolved; -1: path is the host's.  Both
 * follow links, since the user named the path.
 */

/* Open a regular file or a folder for reading. */
int transfer_open(int root, const char *path, struct err *e);
/* Send it; fd may also be a pipe or terminal of the host.  The caller closes fd. */
int transfer_send(struct transfer *t, int fd, const char *path, struct err *e);

/* A place for a new file: an open folder, and a name in it. */
struct transfer_place {
	int dir;
	char *name, *path; /* path is for messages */
	mode_t mode;	   /* of the file that is there; 0: none */
	uid_t uid;
	gid_t gid;
};
#define TRANSFER_PLACE_INIT                                                                        \
	{                                                                                          \
		.dir = -1                                                                          \
	}
void transfer_place_done(struct transfer_place *place);
int transfer_place_open(int root, const char *path, struct transfer_place *ret, struct err *e);

/* TRANSFER_KEEP: the owner and mode of the file that is replaced; else the caller's, and mode. */
struct transfer_owner {
	long long uid, gid;
	int mode;
	mode_t fresh_mode; /* of a new file */
};

/* Receive a file or a folder, and put it at the place.  A failure leaves nothing. */
int transfer_receive(struct transfer *t, const struct transfer_place *place,
		     const struct transfer_owner *owner, struct err *e);
/* Receive a file, and write it to an open file such as standard output. */
int transfer_receive_to(struct transfer *t, int fd, const char *path, struct err *e);

#endif
