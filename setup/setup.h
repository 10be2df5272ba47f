/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Configure what lies in a rootfs from a container's config.  Pure in its inputs: nothing of the
 * host is read here; needs neither liblxc nor netlink nor root.
 */
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct conf;
struct err;
struct hostkey;
struct rootfs;

enum phase {
	PHASE_CREATE, /* once, after unpacking */
	PHASE_CLONE,
	PHASE_START,  /* before every start */
	PHASE_LIVE,   /* after a change of the config, while it runs */
};

/* What setup takes from the host, made beforehand. */
struct host_facts {
	char *resolv_conf;       /* the host's; NULL: none */
	char *timezone;          /* Europe/Vienna; NULL: not known */
	time_t now;              /* for shadow's day */
	char *password_hash;     /* crypt(5); NULL: none given, root is locked at create */
	char *ssh_keys;          /* authorized_keys lines; NULL: none */
	const struct hostkey *host_keys; /* lib/rootfs/ssh-host-keys.h */
	size_t n_host_keys;
};

/* What setup found and did. */
enum note_level { NOTE_INFO, NOTE_WARNING };
struct note {
	enum note_level level;
	char *step, *text, *remedy; /* remedy may be NULL */
	bool failed; /* a step could not do its work, and the others went on */
};
struct change {
	char *step, *path;
	char *old_text, *new_text; /* NULL: did not, or does not, exist */
	bool secret, large;        /* contents are not shown, and empty here */
};

/* A file that a step wants in some way, and that is not changed. */
enum file_state {
	FILE_SAME,    /* it holds already what is written */
	FILE_KEPT,    /* changed in the container since it was written: setup/managed.h */
	FILE_IGNORED, /* .pve-ignore.NAME lies beside it */
};
struct file_found {
	char *step, *path;
	enum file_state state;
};

/* A program that could read network files, for --explain. */
struct found_consumer {
	char *name, *why;
	bool enabled; /* the boot runs it */
};

/* What the network files say of an interface, as texts (setup/net/read-back.h). */
#define FOUND_NET_FIELDS 5
struct found_net {
	char *name, *path;
	char *field[FOUND_NET_FIELDS]; /* by enum net_field */
};

struct report {
	char *os;                  /* PRETTY_NAME, else ID; NULL: not said */
	char *init;                /* "systemd", "openrc" ...; NULL: not known */
	char *family, *family_why;
	char *consumer, *consumer_why; /* the one that is written for */
	char *resolver, *resolver_why; /* who is told the name servers; NULL: the file itself */
	struct found_consumer *consumers; /* every one that is there, the chosen one included */
	size_t n_consumers;
	char *include;             /* debian.common.conf: LXC include file of the family */
	struct note *notes;
	size_t n_notes;
	struct change *changes;
	size_t n_changes;
	struct file_found *files;
	size_t n_files;
	struct found_net *nets; /* of those of the config, where files say something */
	size_t n_nets;
	bool nets_are_read;     /* else nobody knows how, and there are none */
};
void report_done(struct report *r);

enum setup_flags {
	SETUP_DRY = 1,   /* nothing is written, the report's changes are what would be */
	SETUP_READ_BACK = 4, /* fill the report's nets with what is there before */
	SETUP_ADOPT = 2, /* take over files of ours that somebody changed since (setup/managed.h) */
	SETUP_KEEP_DNS = 8, /* the name servers are a lease's, whose client goes on */
	SETUP_RUNNING = 16, /* the tree's container runs: it can keep us from an end */
};

/*
 * Run the steps of a phase.  0 also when the distribution is not known: the report says so.
 */
int setup_run(enum phase phase, const struct conf *conf, struct rootfs *root,
	      const struct host_facts *facts, unsigned flags, struct report *report,
	      struct err *e);

bool phase_parse(const char *name, enum phase *ret);

#endif
