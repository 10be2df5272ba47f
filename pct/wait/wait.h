/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waiting for what a container becomes after its start.  Told, where somebody tells; never asking
 * at a fixed pace. */
#ifndef PCT_WAIT_WAIT_H
#define PCT_WAIT_WAIT_H

#include <stdbool.h>
#include <sys/types.h>

struct buf;
struct conf;
struct err;

enum wait_for {
	WAIT_IP4 = 1,
	WAIT_IP6 = 2,
	WAIT_DNS = 4,
	WAIT_BOOT = 8,
};

#define WAIT_SECONDS 60

/* "ip4,dns": bits of enum wait_for. */
int wait_parse(const char *list, unsigned *ret, struct err *e);
int wait_parse_seconds(const char *text, unsigned *ret, struct err *e); /* NULL: WAIT_SECONDS */

/*
 * Wait until all of it is there.  -ETIMEDOUT says what is missing, and why as far as it is known;
 * -ESRCH: the container has stopped.
 */
int ct_wait(unsigned ctid, unsigned what, unsigned seconds, struct err *e);

/* ---- for pct/wait/{boot,dns}.c ---- */

/* What to poll(2) for; the limit is never reached. */
#define WAIT_FDS 32
struct wait_fds {
	int v[WAIT_FDS];
	unsigned n;
	int ms; /* ask again after this time; -1: no need to */
};
void wait_add(struct wait_fds *fds, int fd); /* -1 is fine */
void wait_again(struct wait_fds *fds, int ms);

/* The container's init, while the descriptor says that it lives. */
struct wait_init {
	unsigned ctid;
	int pidfd;
	pid_t pid;
};
bool wait_is_alive(const struct wait_init *init);

/*
 * Each of these looks whether its thing is there, else says in why what is missing and in fds what
 * to wait for.
 */
struct dns_wait;
struct dns_wait *dns_wait_new(const struct wait_init *init);
bool dns_wait_look(struct dns_wait *w, struct buf *why, struct wait_fds *fds);
void dns_wait_free(struct dns_wait *w);

struct boot_wait;
struct boot_wait *boot_wait_new(const struct wait_init *init);
bool boot_wait_look(struct boot_wait *w, struct buf *why, struct wait_fds *fds);
void boot_wait_free(struct boot_wait *w);

#endif
