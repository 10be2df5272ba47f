/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The contract of a step: one idempotent task of setup, in one file.
 *
 * A step reads and writes only through s->tree, and takes everything else from s->conf and
 * s->facts.  A second run changes nothing.  It reports findings by report_note().  It returns 0, or
 * -errno with e filled; setup.c decides what a failure means.  A new step is one file, one
 * declaration here and one row in setup.c.
 */
#ifndef SETUP_STEP_H
#define SETUP_STEP_H

#include <stdbool.h>

#include "setup/net/renderer.h"
#include "setup/os-release.h"
#include "setup/report.h"
#include "setup/setup.h"
#include "setup/tree.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define HOSTNAME "/etc/hostname"

struct conf;
struct family;
struct ledger;

enum init_kind {
	INIT_UNKNOWN,
	INIT_SYSTEMD,
	INIT_SYSVINIT, /* reads /etc/inittab; services may be those of OpenRC: services.h */
	INIT_BUSYBOX,  /* reads /etc/inittab, too */
	INIT_OPENRC,   /* openrc-init */
	INIT_RUNIT,
	INIT_UPSTART,
	INIT_PROCD,    /* OpenWrt */
};

/* Checked name servers and search list, from the config, else from the host. */
struct dns {
	char **servers; /* NULL: none; a link-local IPv6 address has a zone, as in fe80::1%eth0 */
	char **search; /* setup.domains, or NULL */
	bool ignored;  /* .pve-ignore.resolv.conf exists: both are NULL, and DNS stays as it is */
};

struct setup {
	enum phase phase;
	unsigned flags; /* SETUP_* */
	const struct conf *conf;  /* without host-managed networks */
	const struct conf *whole; /* the whole config */
	const struct host_facts *facts;
	struct tree *tree;
	const char *step; /* name of the running step */
	struct report *report;
	struct os_release os;
	struct dns dns;
	char **domains; /* the search list, also if DNS is ignored; NULL: none */
	struct ledger *ledger; /* cached by setup/managed.c */
	bool ledger_is_lost;   /* not read, because the budget was used up */
	char **wants_dirs;     /* cached by setup/services.c */
	enum init_kind init;
	const struct family *family;     /* never NULL */
	const struct renderer *renderer; /* NULL: no known consumer */
	enum consumer_state consumer_state;
};

typedef int step_fn(struct setup *s, struct err *e);

struct step {
	const char *name;
	unsigned phases;  /* a bit for each enum phase, and STEP_REQUIRED */
	step_fn *run;
	const char *help; /* one line for users */
};
#define STEP_REQUIRED 256u /* a failure aborts the run: the user has asked for this step */
extern const struct step step_list[]; /* in the order of running, ends with name NULL: setup.c */

step_fn step_machine_id, step_identity, step_snakeoil, step_template, step_crontab, step_password,
	step_ssh_keys, step_host_keys, step_dropbear, step_user_data, step_cloud_init,
	step_fastboot, step_getty, step_presets, step_dhcp_name, step_network,
	step_nesting, step_hostname, step_hosts, step_resolv_conf, step_timezone;

/* The kind of /sbin/init, from its name behind all links (setup/init.c). */
enum init_kind init_probe(struct tree *t);

/* "systemd"; NULL for INIT_UNKNOWN. */
const char *init_name(enum init_kind kind);

/* The major version; 0: unknown (setup/step/nesting.c). */
unsigned systemd_version(struct tree *t);

/* The container's name up to the first dot; *ret_full is the whole name.  The caller frees both
 * (setup/step/hostname.c). */
char *hostname_short(const struct setup *s, char **ret_full);

/*
 * The name that a DHCP client sends, so that the server registers it; NULL: none, as pct leaves the
 * host name alone, or as it is "localhost".  The caller frees (setup/step/hostname.c).
 */
char *hostname_for_dhcp(const struct setup *s);

/* Fill s->dns and s->domains (setup/dns.c). */
void dns_find(struct setup *s);

/*
 * The name servers for a program that keeps a list for each interface, and itself adds the zone to
 * a link-local address: without zones, and without the servers on other interfaces.  NULL: none.
 * The caller frees (setup/dns.c).
 */
char **dns_servers_on(const struct setup *s, const char *name);
bool dns_has_zone(const struct setup *s); /* whether a name server has a zone (setup/dns.c) */

/*
 * Whether name servers may come from a lease, as the config has none, or as pct leaves DNS alone
 * (setup/dns.c).
 */
bool dns_comes_from_lease(const struct setup *s);

/*
 * Whether the config has name servers, and pct writes them.  They override those of leases and
 * advertisements.
 */
bool dns_is_of_config(const struct setup *s);

/* Whether the config has a search list, and pct writes it.  It overrides that of a lease. */
bool dns_search_is_of_config(const struct setup *s);

#endif
