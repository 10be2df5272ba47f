/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configures the files of a rootfs by a container's config.  Depends on its arguments only: reads
 * no file of the host, and needs no liblxc, netlink or root.
 */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct conf;
struct err;
struct hostkey;
struct own_volumes;
struct rootfs;

enum phase {
	PHASE_CREATE, /* once, after unpacking */
	PHASE_CLONE,
	PHASE_START,  /* before every start */
	PHASE_LIVE,   /* after a change of the config of a running container */
};

/* Facts of the host, and secrets of the user, which the caller collects. */
struct host_facts {
	char *resolv_conf;       /* text of the host's /etc/resolv.conf; NULL: none */
	char *timezone;          /* Europe/Vienna; NULL: unknown */
	time_t now;              /* for the day of the last change in shadow(5) */
	char *password_hash;     /* crypt(5); NULL: the phase create locks root's password */
	char *ssh_keys;          /* authorized_keys lines; NULL: none */
	char *user_data;         /* for cloud-init, in the phase create; NULL: none */
	const struct hostkey *host_keys; /* lib/rootfs/ssh-host-keys.h */
	size_t n_host_keys;
	const struct own_volumes *volumes; /* below the root volume; NULL: none */
};

/* A finding of setup. */
enum note_level { NOTE_INFO, NOTE_WARNING };
struct note {
	enum note_level level;
	char *step, *text, *remedy; /* remedy may be NULL */
	bool failed; /* the step failed; other steps went on */
};
struct change {
	char *step, *path;
	char *old_text, *new_text; /* NULL: the file did not, or does not, exist */
	bool secret, large;        /* the contents are not shown: the texts are empty */
};

/* The state of a file that a step writes, and that was not changed. */
enum file_state {
	FILE_SAME,    /* the contents were already right */
	FILE_KEPT,    /* changed in the container since it was written: setup/managed.h */
	FILE_IGNORED, /* .pve-ignore.NAME exists beside it */
};
struct file_found {
	char *step, *path;
	enum file_state state;
};

/* A program that could read network files, for --explain. */
struct found_consumer {
	char *name, *why;
	bool enabled; /* started at boot, after the phase has run */
};

/* An interface in the network files, as texts (setup/net/read-back.h). */
#define FOUND_NET_FIELDS 5
struct found_net {
	char *name, *path;
	char *field[FOUND_NET_FIELDS]; /* by enum net_field */
};

struct report {
	char *os;                  /* PRETTY_NAME, else ID; NULL: unknown */
	char *init;                /* "systemd", "openrc" ...; NULL: unknown */
	char *family, *family_why;
	char *consumer, *consumer_why; /* the chosen consumer of network files; NULL: none */
	char *resolver, *resolver_why; /* the program that gets the name servers; NULL: none */
	char *hostname; /* the name that the init sets; NULL: none, or another */
	struct found_consumer *consumers; /* all installed ones */
	size_t n_consumers;
	char *include;             /* debian.common.conf: LXC include file of the family */
	struct note *notes;
	size_t n_notes;
	struct change *changes;
	size_t n_changes;
	struct file_found *files;
	size_t n_files;
	struct found_net *nets; /* networks of the config that are in the files */
	size_t n_nets;
	bool nets_are_read;     /* false: the files cannot be read back, and nets is empty */
};
void report_done(struct report *r);

enum setup_flags {
	SETUP_DRY = 1,   /* write nothing; the report has the changes that would be made */
	SETUP_READ_BACK = 4, /* fill the report's nets from the files, before any change */
	SETUP_ADOPT = 2, /* overwrite managed files that a user has changed (setup/managed.h) */
	SETUP_KEEP_DNS = 8, /* leave resolv.conf alone: a running DHCP client has written it */
	SETUP_RUNNING = 16, /* the container runs, and may block accesses to its files */
};

/* Run the steps of a phase.  An unknown distribution is no error, but a finding. */
int setup_run(enum phase phase, const struct conf *conf, struct rootfs *root,
	      const struct host_facts *facts, unsigned flags, struct report *report,
	      struct err *e);

bool phase_parse(const char *name, enum phase *ret);

#endif
