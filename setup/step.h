/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contract of a step: one idempotent thing that setup does, one file.
 *
 * A step reads and writes through s->tree alone and takes everything else from s->conf and
 * s->facts.  Run twice, the second run changes nothing.  What it finds out goes to s->report by
 * report_note().  It returns 0, or -errno with e filled; the driver decides what a failure means.
 * A new step is one file, one declaration here and one row in setup.c.
 */
#ifndef SETUP_STEP_H
#define SETUP_STEP_H

#include <stdbool.h>

#include "setup/net/renderer.h"
#include "setup/os-release.h"
#include "setup/report.h"
#include "setup/setup.h"
#include "setup/tree.h"

struct conf;
struct family;
struct ledger;

enum init_kind {
	INIT_UNKNOWN,
	INIT_SYSTEMD,
	INIT_SYSVINIT, /* reads /etc/inittab; who starts services is for services.h to say */
	INIT_BUSYBOX,  /* reads /etc/inittab, too */
	INIT_OPENRC,   /* openrc-init */
	INIT_RUNIT,
	INIT_UPSTART,
	INIT_PROCD,    /* OpenWrt */
};

/* What resolvers are told: of the config, else of the host, checked and ready to be written. */
struct dns {
	char **servers, **search; /* NULL: none */
};

struct setup {
	enum phase phase;
	unsigned flags; /* SETUP_* */
	const struct conf *conf;  /* without networks that are managed from the host */
	const struct conf *whole; /* with them */
	const struct host_facts *facts;
	struct tree *tree;
	const char *step; /* the one that runs */
	struct report *report;
	struct os_release os;
	struct dns dns;
	struct ledger *ledger; /* of setup/managed.c */
	bool ledger_is_lost;   /* the budget was used up before it was read */
	char **wants_dirs;     /* of setup/services.c */
	enum init_kind init;
	const struct family *family;     /* never NULL */
	const struct renderer *renderer; /* NULL: nothing in there reads what we could write */
	enum consumer_state consumer_state;
};

typedef int step_fn(struct setup *s, struct err *e);

struct step {
	const char *name;
	unsigned phases;  /* a bit for each enum phase, and STEP_REQUIRED */
	step_fn *run;
	const char *help; /* what it sees to, for people */
};
#define STEP_REQUIRED 256u /* a failure is the whole run's: the user asked for exactly this */
extern const struct step step_list[]; /* in the order of running, ends with name NULL: setup.c */

step_fn step_machine_id, step_identity, step_snakeoil, step_template, step_crontab, step_password,
	step_ssh_keys, step_host_keys, step_fastboot, step_getty, step_presets, step_network,
	step_nesting, step_hostname, step_hosts, step_resolv_conf, step_timezone;

/* What /sbin/init is, through its links (setup/init.c). */
enum init_kind init_probe(struct tree *t);

/* "systemd"; NULL for INIT_UNKNOWN. */
const char *init_name(enum init_kind kind);

/* 0: not known (setup/step/nesting.c). */
unsigned systemd_version(struct tree *t);

/* The container's name up to the first dot; *ret_full is the whole name.  The caller frees both
 * (setup/step/hostname.c). */
char *hostname_short(const struct setup *s, char **ret_full);

/* Fill s->dns (setup/dns.c). */
void dns_find(struct setup *s);

/* The config names no servers, and some interface has a lease that may (setup/dns.c). */
bool dns_comes_from_lease(const struct setup *s);

/* The config names servers, which are asked alone, whatever a lease or an advertisement says. */
bool dns_is_of_config(const struct setup *s);

/* The config has a search list, which takes the place of a lease's. */
bool dns_search_is_of_config(const struct setup *s);

#endif
