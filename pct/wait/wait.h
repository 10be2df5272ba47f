/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Waits until a started container has addresses, DNS, or has finished booting.  Uses events where
 * they exist, else polls with increasing pauses. */
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

/* The words of this list in turn; NULL: no more. */
const char *wait_word(size_t i);
/* Parse a list like "ip4,dns" to bits of enum wait_for. */
int wait_parse(const char *list, unsigned *ret, struct err *e);
int wait_parse_seconds(const char *text, unsigned *ret, struct err *e); /* NULL: WAIT_SECONDS */

/*
 * Wait until all bits of what (enum wait_for) are true.  -ETIMEDOUT: the error names the missing
 * ones, and the reasons if known.  -ESRCH: the container has stopped.
 */
int ct_wait(unsigned ctid, unsigned what, unsigned seconds, struct err *e);

/* ---- shared by pct/wait/ only ---- */

/* The descriptors to poll(2).  WAIT_FDS is more than all kinds of waiting need. */
#define WAIT_FDS 32
struct wait_fds {
	int v[WAIT_FDS];
	unsigned n;
	int ms; /* look again after this time; -1: only after an event */
};
void wait_add(struct wait_fds *fds, int fd); /* ignores -1 */
void wait_again(struct wait_fds *fds, int ms);

/* The container's init.  pid belongs to it only while wait_is_alive(). */
struct wait_init {
	unsigned ctid;
	int pidfd;
	pid_t pid;
};
bool wait_is_alive(const struct wait_init *init);

/*
 * *_look() returns true once the condition is met.  Else it writes the reason to why, and adds to
 * fds the events to wait for.
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
