/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's config in the format of 2015: "lxc.KEY = VALUE" and "pve.KEY = VALUE" lines.  The
 * format of Proxmox VE 4 and later ("KEY: VALUE", netN: name=eth0,..., [SNAPSHOT]) is read as well:
 * it is turned into the former, and written never.
 *
 * struct conf_file keeps the lines as they are, comments and unknown keys included; struct conf is
 * the typed view that the rest of the suite reads.  One table, conf_options[], says for every
 * option what it is called on the command line, which key holds it, its type, default and help.
 */
#ifndef LIB_CONF_CONF_H
#define LIB_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/netaddr.h"

struct buf;
struct err;
struct net_lines;

#define CONF_MAX_NETS 32
#define CONF_MAX_ADDRESSES 16 /* of one family of one network, and its routes */
#define CONF_MAX_SIZE (1024 * 1024)
#define CONF_MODE 0640 /* of what holds its values: one may be a password */
#define CONF_NO_LIMIT UINT32_MAX

enum ip_method {
	IP_NONE, /* the key is missing */
	IP_STATIC,
	IP_DHCP,
	IP_AUTO, /* IPv6 only: stateless autoconfiguration */
	IP_MANUAL,
};

/* One address family of a network. */
struct net_family {
	enum ip_method method;
	struct cidr address[CONF_MAX_ADDRESSES]; /* IP_STATIC: at least one, the main one first */
	size_t n_addresses;
	struct ip gateway;   /* AF_UNSPEC: none; it counts with IP_STATIC only */
	struct ip token;     /* IPv6, IP_AUTO: the interface identifier; AF_UNSPEC: none */
};

/* pve.network.route = TO via GATEWAY */
struct net_route {
	struct cidr to;
	struct ip via; /* AF_UNSPEC: on the link */
};

/* VLANs, both ends among them. */
struct vlan_range {
	uint16_t first, last;
};

struct net {
	unsigned index;   /* N of netN */
	char *name;       /* interface inside, at most 15 characters; never NULL */
	char *bridge;     /* NULL: not plugged in */
	char *hwaddr;     /* NULL: none given */
	unsigned mtu;     /* 0: the bridge's */
	unsigned tag;     /* 0: none */
	uint64_t rate;    /* bytes a second, each way; 0: no limit */
	struct vlan_range *trunks; /* in order, with gaps in between; NULL: none */
	size_t n_trunks;
	bool firewall;
	bool link_down;
	bool host_managed; /* addresses and routes are set from the host, not by what is inside */
	struct net_family ip4, ip6;
	struct net_route route[CONF_MAX_ADDRESSES]; /* of both families, beside the default ones */
	size_t n_routes;
};

/* The config says something of its addresses. */
bool net_is_configured(const struct net *net);
/* A default route is to be set: a gateway beside a static address. */
bool net_has_gateway(const struct net_family *f);
/* That gateway lies outside the subnets, and is reached by a host route on the link. */
bool net_gateway_is_onlink(const struct net_family *f);

/* The kernel has no IPv6 on a link with less (RFC 8200). */
#define NET_IPV6_MTU 1280
/* Something of IPv6 is set from the host: at a start, or managed from inside in a live change. */
bool net_sets_ipv6(const struct net *net);

/* pve.startup, for what starts at boot. */
struct startup {
	unsigned order;    /* STARTUP_LAST: after those that have one */
	unsigned up, down; /* seconds: before the next order starts; until a shutdown kills it */
};
#define STARTUP_LAST UINT32_MAX
#define SHUTDOWN_SECONDS 60
#define STARTUP_NONE { STARTUP_LAST, 0, SHUTDOWN_SECONDS }

/* A volume of the container's own, which is mounted at each start. */
struct conf_volume {
	char *id;          /* STORAGE:VOLNAME */
	char *mount_point; /* inside: "/" */
	unsigned gib;      /* size when it was made; 0: no limit */
};

struct conf {
	unsigned ctid;
	char *hostname;
	char *arch;         /* amd64 when missing */
	char *ostype;       /* NULL: detected */
	char *description;
	char *nameserver;   /* blank-separated; NULL: the host's */
	char *searchdomain; /* likewise */
	char *timezone;     /* "host", "UTC", a zone; NULL: left alone */
	char *lock;
	unsigned tty;       /* number of gettys; 2 when missing */
	unsigned memory;    /* MiB; 0: no limit */
	unsigned swap;      /* MiB above memory, CONF_NO_LIMIT; meaningless while memory is 0 */
	unsigned cores;     /* 0: all */
	unsigned cpuunits;  /* cpu.shares; 0: default */
	unsigned cpulimit;  /* thousandths of a CPU; 0: no limit */
	/*
	 * Its ids are others on the host, so that it has a user namespace: lxc.idmap lines say so,
	 * and without them pve.unprivileged; and none of them is that of the host's root.
	 */
	bool mapped, unprivileged;
	bool shifted, nesting, onboot, is_template, protection;
	struct startup startup;
	struct net *nets;   /* sorted by index */
	size_t n_nets;
	struct conf_volume *volumes; /* parents before children: the root volume first */
	size_t n_volumes;   /* 0: the config names no root volume */
	char **idmap;       /* values of lxc.idmap and lxc.id_map lines, NULL: none */
};

/* The network whose interface inside has this name; NULL: none. */
const struct net *conf_net_named(const struct conf *conf, const char *name);
/* Some network has DHCP for one of its families. */
bool conf_has_dhcp(const struct conf *conf);

struct conf_file;

/*
 * Read and check a config of either format; the first line that says something tells which it is.
 * An error is about its line e->line, and names it: "NAME:7: pve.network.ip: ...", with the name ""
 * the key alone.  ctid 0 means that the container is not known (pct setup --config), and veth.pair
 * may name any.
 */
int conf_parse(const char *text, size_t len, const char *name, unsigned ctid,
	       struct conf_file **ret, struct err *e);
int conf_load(const char *path, unsigned ctid, struct conf_file **ret, struct err *e);
void conf_free(struct conf_file *f); /* NULL is fine */

/* The typed view; valid until the next conf_set(), conf_unset() or conf_free(). */
const struct conf *conf_values(const struct conf_file *f);

/* Another one with the same text. */
struct conf_file *conf_copy(const struct conf_file *f);

/* The file's text; the caller frees. */
char *conf_text(const struct conf_file *f);

/* A new config: "# lxc config for container CTID", and that it has no network. */
struct conf_file *conf_new(unsigned ctid);

/*
 * Change one option, named as on pct's command line (hostname, memory, net0 ...).  Only the lines
 * of that option change, none when it fails.  The error names option and value.  A value that is
 * what absence means removes the lines.  CONF_OPT_CREATE_ONLY is the caller's business.
 *
 * Swap is stored as memory + swap, so it needs a memory limit: set before one, it is remembered
 * for the time that f lives; memory 0 removes both.
 */
int conf_set(struct conf_file *f, const char *option, const char *value, struct err *e);
int conf_unset(struct conf_file *f, const char *option, struct err *e);
/*
 * A random hardware address, locally administered and unicast (IEEE 802), as conf_set() gives to a
 * netN without one.  The caller frees; NULL and e: the kernel gives no random bytes.
 */
char *conf_new_hwaddr(struct err *e);
/* The option's value as pct config shows it; NULL: not set.  The caller frees. */
char *conf_get(const struct conf_file *f, const char *option);

/*
 * Replace, add or (value NULL) remove a single-line key that has no option: pve.volid, pve.lock,
 * lxc.include ...  The value is the caller's own and must be valid: a bad one ends the process.
 */
void conf_set_key(struct conf_file *f, const char *key, const char *value);

/* The value of an option in one config and in another one. */
struct conf_change {
	const struct conf_option *option; /* of a network netN */
	unsigned index;                   /* N of netN */
	char *name;                       /* "hostname", "net3" */
	char *old, *new;                  /* as conf_get() shows them; NULL: not set */
};
struct conf_changes {
	struct conf_change *v;
	size_t n;
};
/*
 * All options that differ, in the order of conf_options[]; networks come last, and first those that
 * are removed, as their names may be another network's then.  The result is freed with
 * conf_changes_done().
 */
void conf_diff(const struct conf_file *a, const struct conf_file *b, struct conf_changes *ret);
void conf_change_add(struct conf_changes *to, const char *name, const char *old, const char *new);
/* The change of this option; NULL: it is the same. */
const struct conf_change *conf_changes_find(const struct conf_changes *list, const char *name);
void conf_changes_done(struct conf_changes *list);
/* Give the option its new value. */
int conf_change_make(struct conf_file *f, const struct conf_change *c, struct err *e);

/*
 * Changes that wait for the next start, as they cannot be made while the container runs.  They do
 * not count in conf_values() and conf_get() until they are merged.
 */
bool conf_has_pending(const struct conf_file *f);
/* From the current values to those that wait, as given, sorted by name. */
void conf_pending(const struct conf_file *f, struct conf_changes *ret);
/* Instead of what waits for this option.  The value is checked by merging it, and not before. */
int conf_pending_put(struct conf_file *f, const char *option, const char *value, struct err *e);
int conf_pending_drop(struct conf_file *f, const char *option, struct err *e);
/* Make them all, and have none wait any more.  A failure names the line, and f is as it was. */
int conf_pending_merge(struct conf_file *f, struct err *e);

/* Something for a person to know about a config. */
enum conf_level {
	CONF_WARNING, /* something is not carried over */
	CONF_ERROR,   /* it cannot be used */
	CONF_POWER,   /* it gives the container something of the host's */
	CONF_LEVELS,
};
struct conf_finding {
	unsigned line; /* 0: of no line in particular */
	enum conf_level level;
	char *key;     /* as the file has it; may be empty */
	char *text;
};
struct conf_findings {
	struct conf_finding *v;
	size_t n;
	size_t of[CONF_LEVELS]; /* how many were found, those that are not kept included */
};
/* What was not carried over when f was read from the newer format; valid as long as f. */
const struct conf_findings *conf_findings(const struct conf_file *f);
/*
 * Check a config of either format, and the files that it includes: find all errors, all settings
 * that have no effect here, and all lines that give the container power over the host.  *ret is
 * freed with conf_findings_done().
 */
void conf_check(const char *text, size_t len, unsigned ctid, struct conf_findings *ret);
/*
 * key may be NULL.  More than 200 of a level are not kept.  A line has one finding for one key: an
 * error takes the place of what the line would give, and what is no error is added to its text.
 */
void conf_findings_add(struct conf_findings *to, unsigned line, bool is_error, const char *key,
		       const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The power that a line gives; part: the part of the value that an earlier warning is about. */
void conf_findings_power(struct conf_findings *to, unsigned line, const char *key,
			 const char *part, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void conf_findings_sort(struct conf_findings *findings); /* by line */
void conf_findings_done(struct conf_findings *findings);
/*
 * Add an error from using f: about the line that e names, else the line with key, which may be
 * NULL, as the file has it.  where NULL: an error on any host; else a warning whose text begins
 * with it.  Returns the line's number in f, for conf_drop_line(), or 0.
 */
unsigned conf_findings_add_err(struct conf_findings *to, const struct conf_file *f, const char *key,
			       const char *where, const struct err *e);
/* The same of the line of netN with this sub-key of today. */
void conf_findings_add_net_err(struct conf_findings *to, const struct conf_file *f, unsigned n,
			       const char *sub, const struct err *e);
/* Make an empty comment of a line, to look for what else is wrong; others keep their numbers. */
int conf_drop_line(struct conf_file *f, unsigned number, struct err *e);

struct conf_type;

struct conf_option {
	const char *name;    /* "hostname"; "netN" stands for net0 to net31 */
	const char *arg;     /* syntax shown in help: "NAME", "MIB", "0|1" */
	const char *key;     /* the key in the file */
	const char *initial; /* what pct create writes when not given; NULL: nothing */
	unsigned flags;      /* CONF_OPT_* */
	const char *help;    /* one line */
	/* For lib/conf */
	const struct conf_type *type;
	size_t field;        /* in struct conf_file */
	const char *absent;  /* what a missing key means, in the file's own terms */
	unsigned min, max;   /* of numbers */
};
enum {
	CONF_OPT_CREATE_ONLY = 1, /* pct set refuses it: unprivileged, arch */
	CONF_OPT_INTERNAL = 2,    /* shown by pct config, set by nobody: lock, rootfs */
	CONF_OPT_BOOL = 4,        /* on the command line, no value means 1 */
	CONF_OPT_NOTE = 8,        /* a running container does not depend on it */
	CONF_OPT_LINES = 16,      /* pct config shows the lines that it stands for */
};
extern const struct conf_option conf_options[]; /* ends with name NULL */
const struct conf_option *conf_option_find(const char *name); /* net3 finds netN */

/*
 * A word of netN, "name=eth0,bridge=vmbr0": NAME=VALUE on the command line, a line of its own in
 * the file.  The row has all that is known of it.
 */
struct conf_net_word {
	const char *name;    /* "bridge" */
	const char *prefix;  /* of its key in the file: "lxc.network." or "pve.network." */
	const char *syntax;  /* of a value: "BRIDGE" */
	const char *absent;  /* the value that a missing word stands for; NULL: none does */
	const char *help;    /* one line */
	bool is_flag;        /* stored as 1, or not at all */
	bool many;           /* a line for each value; on the command line with ';' in between */
	bool in_file_only;   /* it is no word of the command line */
	unsigned concerns;   /* CONF_NET_* */
	/* For lib/conf */
	int (*read)(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		    char *value, struct err *e);
	/* The value as read() takes it; nothing: what absence means.  NULL: it has no value. */
	void (*print)(const struct conf_net_word *w, const struct net *net, struct buf *out);
	size_t field;        /* in struct net */
	unsigned min, max;   /* of numbers */
};
/* What depends on a word's value. */
enum {
	CONF_NET_PLAN = 1,       /* the setup plan has it */
	CONF_NET_LOWER = 2,      /* liblxc makes it at a start */
	/* What a change of it takes while the container runs. */
	CONF_NET_FILES = 4,      /* files inside, and what reads them */
	CONF_NET_LINK = 8,       /* the end inside */
	CONF_NET_ADDRESSES = 16, /* addresses and routes set from the host */
	CONF_NET_PORT = 32,      /* the host's end */
};
extern const struct conf_net_word conf_net_words[]; /* ends with name NULL */
const struct conf_net_word *conf_net_word_find(const char *name);
/* The value that a network has for it; NULL: what absence means.  The caller frees. */
char *conf_net_word_text(const struct conf_net_word *w, const struct net *net);
/* CONF_NET_* of all words whose values differ; of all words when one of the networks is NULL. */
unsigned conf_net_concerns(const struct net *a, const struct net *b);
/* "2;4;10-20" */
void vlan_ranges_print(const struct vlan_range *ranges, size_t n, struct buf *out);

/*
 * The lines in order, for lowering.  name is the key as it is spelt today (lxc.uts.name,
 * lxc.net.0.type); spelt is how the file has it.  Keys of snapshot sections are left out.
 */
struct conf_line {
	unsigned number;
	const char *spelt, *name, *value;
};
size_t conf_lines(const struct conf_file *f, const struct conf_line **ret);
/* Whether an option stands for this line, so that conf_get() shows it. */
bool conf_line_is_option(const struct conf_line *line);

#endif
