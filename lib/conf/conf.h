/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A container's config in the format of 2015: "lxc.KEY = VALUE" and "pve.KEY = VALUE" lines.  The
 * format of Proxmox VE 4 and later ("KEY: VALUE", netN: name=eth0,..., [SNAPSHOT]) is converted
 * when it is read.  Edits change its lines, too, so the file keeps its format and all contents.
 *
 * struct conf_file keeps all lines unchanged, including comments and unknown keys; struct conf is
 * the typed view that the rest of the suite reads.  The table conf_options[] defines each option:
 * its name on the command line, its key, type, default and help.
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
#define CONF_MAX_ADDRESSES 16 /* per family and network; also limits routes */
#define CONF_MAX_SIZE (1024 * 1024)
#define CONF_MODE 0640 /* of files with config values: one may be a password */
#define CONF_NO_LIMIT UINT32_MAX

enum ip_method {
	IP_NONE, /* no key */
	IP_STATIC,
	IP_DHCP,
	IP_AUTO, /* IPv6 only: stateless autoconfiguration */
	IP_MANUAL,
};

/* One address family of a network. */
struct net_family {
	enum ip_method method;
	struct cidr address[CONF_MAX_ADDRESSES]; /* IP_STATIC: at least one, the primary first */
	size_t n_addresses;
	struct ip gateway;   /* AF_UNSPEC: none; used only with IP_STATIC */
	struct ip token;     /* IPv6 with IP_AUTO: the interface identifier; AF_UNSPEC: none */
};

/* pve.network.route = TO via GATEWAY */
struct net_route {
	struct cidr to;
	struct ip via; /* AF_UNSPEC: directly on the link */
};

/* VLANs first to last, inclusive. */
struct vlan_range {
	uint16_t first, last;
};

struct net {
	unsigned index;   /* N of netN */
	char *name;       /* interface in the container, at most 15 characters; never NULL */
	char *bridge;     /* NULL: not connected to a bridge */
	char *hwaddr;     /* without a key: the same at each read, on one host; NULL: ctid is 0 */
	unsigned mtu;     /* 0: the bridge's */
	unsigned tag;     /* 0: none */
	uint64_t rate;    /* bytes per second in each direction; 0: no limit */
	struct vlan_range *trunks; /* sorted, not adjacent; NULL: none */
	size_t n_trunks;
	bool firewall;
	bool link_down;
	bool host_managed; /* pct on the host sets addresses and routes, not a program inside */
	struct net_family ip4, ip6;
	struct net_route route[CONF_MAX_ADDRESSES]; /* both families, without default routes */
	size_t n_routes;
};

/* Whether the config has ip or ip6. */
bool net_is_configured(const struct net *net);
/* Whether a default route must be set: a gateway with a static address. */
bool net_has_gateway(const struct net_family *f);
/* Whether the gateway is outside the subnets and needs a host route on the link. */
bool net_gateway_is_onlink(const struct net_family *f);

/* The kernel disables IPv6 on links with a smaller MTU (RFC 8200). */
#define NET_IPV6_MTU 1280
/*
 * Whether the host sets IPv6 addresses or routes: of a host-managed network at a start, of others
 * in a live change.
 */
bool net_sets_ipv6(const struct net *net);

/* pve.startup, for containers that start at boot. */
struct startup {
	unsigned order;    /* STARTUP_LAST: after all containers with an order */
	unsigned up, down; /* seconds: delay before the next order starts; shutdown timeout */
};
#define STARTUP_LAST UINT32_MAX
#define SHUTDOWN_SECONDS 60
#define STARTUP_NONE { STARTUP_LAST, 0, SHUTDOWN_SECONDS }

enum conf_volume_kind {
	CONF_VOLUME, /* of a storage: the container's own */
	CONF_BIND,   /* a folder of the host */
	CONF_DEVICE, /* a block device of the host */
};
enum conf_acl {
	CONF_ACL_DEFAULT, /* of the file system */
	CONF_ACL_ON,
	CONF_ACL_OFF,
};
/* mountoptions */
enum {
	CONF_MOUNT_DISCARD = 1,
	CONF_MOUNT_LAZYTIME = 2,
	CONF_MOUNT_NOATIME = 4,
	CONF_MOUNT_NODEV = 8,
	CONF_MOUNT_NOEXEC = 16,
	CONF_MOUNT_NOSUID = 32,
};
#define CONF_PASSTHROUGH "passthrough" /* a value of idmap */

/* rootfs and mpN: mounted at each start. */
struct conf_volume {
	char *slot;        /* "rootfs", "mp0" */
	enum conf_volume_kind kind;
	char *id;          /* STORAGE:VOLNAME; else a path of the host */
	char *mount_point; /* in the container: "/" */
	uint64_t mib;      /* size when it was made or looked at; 0: unknown, or no limit */
	bool read_only, quota, backup, shared, replicate, keepattrs;
	enum conf_acl acl;
	unsigned options;  /* CONF_MOUNT_* */
	char *idmap;       /* CONF_PASSTHROUGH, or texts of conf_volume_ids_parse(); NULL: none */
	char *owner;       /* UID:GID of the host, which the container has as well; NULL: none */
};

/* A part of idmap, "u:ID:DISK-ID:COUNT". */
struct conf_volume_ids {
	char kind; /* u or g */
	uint32_t inside, on_disk, count;
};
bool conf_volume_ids_parse(const char *part, struct conf_volume_ids *ret);

/* unusedN: a volume of the container that is not mounted. */
struct conf_unused {
	char *slot, *id;
};

/* devN: a device of the host. */
struct conf_device {
	char *slot;
	char *path;         /* below /dev, on the host and in the container */
	unsigned uid, gid;  /* in the container */
	unsigned mode;
	bool deny_write;
};
#define CONF_MAX_SLOT 255 /* of mpN, unusedN and devN */

/* pve.features */
struct features {
	bool nesting, keyctl, fuse, mknod, force_rw_sys;
	char *mount; /* "nfs;cifs"; NULL: none */
};

struct conf {
	unsigned ctid;
	char *hostname;
	char *arch;         /* default: amd64 */
	char *ostype;       /* NULL: detected */
	char *description;
	char *nameserver;   /* blank-separated; NULL: the host's */
	char *searchdomain; /* likewise */
	char *timezone;     /* "host", "UTC", a zone; NULL: unchanged */
	char *hookscript;   /* STORAGE:snippets/NAME; NULL: none */
	char *lock;
	unsigned tty;       /* number of gettys; default: 2 */
	unsigned memory;    /* MiB; 0: no limit */
	unsigned swap;      /* MiB in addition to memory, CONF_NO_LIMIT; ignored if memory is 0 */
	unsigned cores;     /* 0: all */
	unsigned cpuunits;  /* cpu.shares; 0: default */
	unsigned cpulimit;  /* thousandths of a CPU; 0: no limit */
	/*
	 * mapped: the container has a user namespace, by its lxc.idmap lines, or without any, by
	 * pve.unprivileged.  unprivileged: mapped, and no id maps to host root.
	 */
	bool mapped, unprivileged;
	bool is_pve; /* the file has Proxmox VE's format: errors name its keys */
	bool shifted, onboot, is_template, protection;
	struct features features;
	struct startup startup;
	struct net *nets;   /* sorted by index */
	size_t n_nets;
	struct conf_volume *volumes; /* parents before children; the root volume first */
	size_t n_volumes;
	struct conf_unused *unused;
	size_t n_unused;
	struct conf_device *devices;
	size_t n_devices;
	char **idmap;       /* values of lxc.idmap and lxc.id_map; NULL: none */
};

/*
 * The name server with the interface on which it is asked: "fe80::1%eth0" for a link-local IPv6
 * address, which without a zone is on the only network; other addresses stay as they are.  Fails,
 * with a remedy, if the config has no such network.  The caller frees *ret.
 */
int conf_nameserver_resolve(const struct conf *conf, const char *server, char **ret, struct err *e);
/* Fails for the first name server of the config that has no such network. */
int conf_nameservers_check(const struct conf *conf, struct err *e);

/* Find the network by its interface name in the container; NULL: none. */
const struct net *conf_net_named(const struct conf *conf, const char *name);
/* Find the volume by its slot; NULL: none. */
const struct conf_volume *conf_volume_find(const struct conf *conf, const char *slot);
const struct conf_unused *conf_unused_find(const struct conf *conf, const char *slot);
const struct conf_device *conf_device_find(const struct conf *conf, const char *slot);
/* The types of file systems of the feature mount.  The caller frees. */
char **conf_features_mount(const struct conf *conf);
/* Whether a network uses DHCP for a family. */
bool conf_has_dhcp(const struct conf *conf);

struct conf_file;

/*
 * Parse and check a config of either format, detected by its first significant line.  An error has
 * the line number e->line and names the line: "NAME:7: pve.network.ip: ..."; only the key if name
 * is "".  ctid 0: the container is unknown (pct setup --config), and veth.pair may contain any id.
 */
int conf_parse(const char *text, size_t len, const char *name, unsigned ctid,
	       struct conf_file **ret, struct err *e);
int conf_load(const char *path, unsigned ctid, struct conf_file **ret, struct err *e);
void conf_free(struct conf_file *f); /* accepts NULL */

/* The typed view; valid until the next conf_set(), conf_unset() or conf_free(). */
const struct conf *conf_values(const struct conf_file *f);

/* A copy, from the same text; without findings. */
struct conf_file *conf_copy(const struct conf_file *f);

/* The file's text, in the file's format; the caller frees. */
char *conf_text(const struct conf_file *f);

/*
 * Make a new config: "# lxc config for container CTID", and no network.  With ctid 0, as of a
 * folder, conf_set() generates no hardware address, since nobody gives it to an interface.
 */
struct conf_file *conf_new(unsigned ctid);

/*
 * Set one option by its name on pct's command line (hostname, memory, net0 ...).  Changes only the
 * lines of that option; on failure, none.  The error names option and value.  Setting the default
 * value removes the lines.  The caller checks CONF_OPT_CREATE_ONLY.
 *
 * Swap is stored as memory + swap, so it needs a memory limit.  A swap set before memory is
 * remembered while f exists; memory 0 removes both.
 */
int conf_set(struct conf_file *f, const char *option, const char *value, struct err *e);
int conf_unset(struct conf_file *f, const char *option, struct err *e);
/*
 * Generate a random hardware address, locally administered and unicast (IEEE 802); conf_set() uses
 * it for a netN without hwaddr.  The caller frees; NULL and e: no random bytes from the kernel.
 */
char *conf_new_hwaddr(struct err *e);
/* Get the option's value as pct config shows it; NULL: not set.  The caller frees. */
char *conf_get(const struct conf_file *f, const char *option);

/* Why a value of the option, or part of it, has no effect yet; NULL: it has.  The caller frees. */
char *conf_ignored(const struct conf_file *f, const char *option);

/* The value of pve.disksize, in GiB.  The caller frees. */
char *conf_disksize(uint64_t mib);
/* A size as Proxmox VE spells it, "8G": rounded up to MiB.  False: it is none. */
bool conf_size_parse(const char *text, uint64_t *ret_mib);
char *conf_size_text(uint64_t mib); /* the caller frees */

/*
 * Remove a line of a key of liblxc that is no option's: "lxc.mount.entry=VALUE", or only the key if
 * one line has it.  On failure, f is unchanged.
 */
int conf_raw_drop(struct conf_file *f, const char *given, struct err *e);

/* Put the size of a volume into the config, which must have the slot. */
int conf_set_volume_size(struct conf_file *f, const char *slot, uint64_t mib, struct err *e);
/* Put another volume in a slot; its other words stay. */
int conf_set_volume_id(struct conf_file *f, const char *slot, const char *id, struct err *e);
/*
 * Set the words of rootfs besides volume and size, "ro=1,acl=0"; "": none.  Only for configs of pct
 * create.  On failure, f is unchanged.
 */
int conf_set_rootfs_words(struct conf_file *f, const char *words, struct err *e);
/*
 * Add a volume as the first free unusedN.  *ret_slot may be NULL; else the caller frees.
 * conf_set() and conf_unset() do this with each volume that an mpN no longer names.
 */
int conf_add_unused(struct conf_file *f, const char *id, char **ret_slot, struct err *e);

/*
 * Replace, add or (value NULL) remove a single-line key without an option: pve.volid, pve.lock,
 * lxc.include ... The value comes from our own code and must be valid: a bad one ends the process.
 * Only for configs of pct create, whose format is that of 2015.
 */
void conf_set_key(struct conf_file *f, const char *key, const char *value);

/* Remove pve.lock, or lock, from a config of either format. */
int conf_remove_lock(struct conf_file *f, struct err *e);

/* An option that differs between two configs. */
struct conf_change {
	const struct conf_option *option; /* netN for a network */
	unsigned index;                   /* N of netN, mpN ... */
	char *name;                       /* "hostname", "net3" */
	char *old, *new;                  /* in the form of conf_get(); NULL: not set */
};
struct conf_changes {
	struct conf_change *v;
	size_t n;
};
/*
 * List all options that differ, in the order of conf_options[].  Networks come last, removed ones
 * first, since another network may then take their names.  Free with conf_changes_done().
 */
void conf_diff(const struct conf_file *a, const struct conf_file *b, struct conf_changes *ret);
void conf_change_add(struct conf_changes *to, const char *name, const char *old, const char *new);
/* Find the change of an option; NULL: it is unchanged. */
const struct conf_change *conf_changes_find(const struct conf_changes *list, const char *name);
void conf_changes_done(struct conf_changes *list);
/* Set the option to its new value. */
int conf_change_make(struct conf_file *f, const struct conf_change *c, struct err *e);

/*
 * Pending changes, which cannot be made while the container runs: they take effect at its next
 * start.  conf_values() and conf_get() ignore them until they are merged.
 */
bool conf_has_pending(const struct conf_file *f);
/* List the changes from current to pending values, sorted by option. */
void conf_pending(const struct conf_file *f, struct conf_changes *ret);
/* Replace the pending change of an option.  Its value is not checked before it is merged. */
int conf_pending_put(struct conf_file *f, const char *option, const char *value, struct err *e);
int conf_pending_drop(struct conf_file *f, const char *option, struct err *e);
/*
 * Make all pending changes and remove their lines.  The error names the line; f is unchanged then.
 */
int conf_pending_merge(struct conf_file *f, struct err *e);

/* A warning or error about a config. */
enum conf_level {
	CONF_WARNING, /* has no effect here, or is a problem on this host only */
	CONF_ERROR,   /* makes the config unusable */
	CONF_POWER,   /* gives the container power over the host */
	CONF_LEVELS,
};
struct conf_finding {
	unsigned line; /* 0: not about a line */
	enum conf_level level;
	char *key;     /* as the file spells it; may be empty */
	char *text;
};
struct conf_findings {
	struct conf_finding *v;
	size_t n;
	size_t of[CONF_LEVELS]; /* number found, including those that were dropped */
};
/* The settings that were not converted when f was read from Proxmox VE's format; owned by f. */
const struct conf_findings *conf_findings(const struct conf_file *f);
/*
 * Check a config of either format, and its include files: list all errors, all settings without
 * effect here, and all lines that give the container power over the host.  Free *ret with
 * conf_findings_done().
 */
void conf_check(const char *text, size_t len, unsigned ctid, struct conf_findings *ret);
/*
 * Add a finding.  key may be NULL.  Keeps at most 200 of each level.  A line has one finding for
 * each key: an error replaces a power finding and a warning whose text it begins with, and a
 * warning joins the text of a power finding.
 */
void conf_findings_add(struct conf_findings *to, unsigned line, bool is_error, const char *key,
		       const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* Add a CONF_POWER finding; part is the part of the value that it is about, or NULL. */
void conf_findings_power(struct conf_findings *to, unsigned line, const char *key,
			 const char *part, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void conf_findings_sort(struct conf_findings *findings); /* by line */
void conf_findings_done(struct conf_findings *findings);
/*
 * Add an error that occurred while f was used.  It is about the line that e names, else the line
 * with key (as the file spells it; may be NULL).  where NULL: an error on any host; else a warning
 * whose text begins with where.  Returns the line's number in f, for conf_drop_line(), or 0.
 */
unsigned conf_findings_add_err(struct conf_findings *to, const struct conf_file *f, const char *key,
			       const char *where, const struct err *e);
/* Like conf_findings_add_err(), for the line of netN with this sub-key (today's name). */
void conf_findings_add_net_err(struct conf_findings *to, const struct conf_file *f, unsigned n,
			       const char *sub, const char *where, const struct err *e);
/* Replace a line by an empty comment, to find further errors; other lines keep their numbers. */
int conf_drop_line(struct conf_file *f, unsigned number, struct err *e);

/*
 * A line that pct keeps for a later version: its key is one of Proxmox VE's, and has no effect yet.
 */
struct conf_kept {
	const char *name;    /* "cmode" */
	const char *without; /* what this means for the container; NULL: nothing */
};
bool conf_kept_find(const struct conf_file *f, const char *name, struct conf_kept *ret);
/* Set the object of an error to the line of this key.  Returns the error's code. */
int conf_key_err(const struct conf_file *f, const char *key, struct err *e);
/* Remove the line. */
int conf_kept_drop(struct conf_file *f, const char *name, struct err *e);

/* ---- for operations on a container; of both formats ---- */

/* Set pve.lock, which blocks other operations; NULL: remove it. */
int conf_put_lock(struct conf_file *f, const char *lock, struct err *e);
/* Whether a line of f, also of a snapshot or a pending change, names the volume. */
bool conf_names_volume(const struct conf_file *f, const char *id);
/*
 * Add as unusedN each volume of a pending mpN of before that f does not name: its change was
 * dropped or replaced, and the volume may have been made for it.
 */
int conf_keep_pending_volumes(struct conf_file *f, const struct conf_file *before, struct err *e);

/* List the settings that have no effect.  Free *ret with conf_findings_done(). */
void conf_warnings(const struct conf_file *f, struct conf_findings *ret);

struct conf_type;

struct conf_option {
	const char *name;    /* "hostname"; "netN" stands for net0 to net31 */
	const char *arg;     /* syntax shown in help: "NAME", "MIB", "0|1" */
	const char *key;     /* the key in the file */
	const char *initial; /* what pct create writes by default; NULL: nothing */
	unsigned flags;      /* CONF_OPT_* */
	const char *help;    /* one line */
	/* Only for lib/conf. */
	const struct conf_type *type;
	size_t field;        /* in struct conf_file */
	const char *absent;  /* value of a missing key, in the file's form */
	unsigned min, max;   /* of numbers */
};
enum {
	CONF_OPT_CREATE_ONLY = 1, /* pct set refuses it: unprivileged, arch */
	CONF_OPT_INTERNAL = 2,    /* pct config shows it, nobody can set it: lock, rootfs */
	CONF_OPT_BOOL = 4,        /* on the command line, no value means 1 */
	CONF_OPT_NOTE = 8,        /* has no effect on a running container */
	CONF_OPT_LINES = 16,      /* pct config shows its lines */
	CONF_OPT_SETUP = 32,      /* setup reads it, and pct setup --rootfs takes it */
	CONF_OPT_DELETE = 64,     /* a user can only delete it: unusedN */
};
extern const struct conf_option conf_options[]; /* ends with name NULL */
const struct conf_option *conf_option_find(const char *name); /* "net3" finds netN */
/* Whether the option stands for several with numbers: netN. */
bool conf_option_is_numbered(const struct conf_option *o);

/* A word of mpN and rootfs, or of devN: NAME=VALUE.  The first may come without its name. */
struct conf_slot_word {
	const char *name;   /* "mp" */
	const char *syntax; /* syntax of its value: "/PATH" */
	unsigned flags;     /* CONF_WORD_* */
	const char *help;   /* one line */
	/* For lib/conf: check a value and store it in the object, whose memory f owns. */
	int (*read)(struct conf_file *f, const struct conf_slot_word *w, void *object, char *value,
		    struct err *e);
	size_t field;       /* in struct conf_volume or conf_device */
};
enum {
	CONF_WORD_NOT_ROOTFS = 1, /* only of mpN */
};
extern const struct conf_slot_word conf_volume_words[], conf_device_words[]; /* end with NULL */

/* The architectures in turn, as Debian names them; NULL: no more. */
const char *conf_arch(size_t i);

/*
 * A word of netN, "name=eth0,bridge=vmbr0": NAME=VALUE on the command line, a line in the file.
 * Its row holds all facts about the word.
 */
struct conf_net_word {
	const char *name;    /* "bridge" */
	const char *prefix;  /* prefix of its key in the file: "lxc.network." or "pve.network." */
	const char *syntax;  /* syntax of its value: "BRIDGE" */
	const char *absent;  /* value of a missing word; NULL: none */
	const char *help;    /* one line */
	bool is_flag;        /* stored as 1, or not stored */
	bool many;           /* a line for each value; separated by ';' on the command line */
	bool in_file_only;   /* not a word of the command line */
	unsigned concerns;   /* CONF_NET_* */
	/* For lib/conf */
	int (*read)(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		    char *value, struct err *e);
	/* Print the value in the form of read(); print nothing for the default.  NULL: no value. */
	void (*print)(const struct conf_net_word *w, const struct net *net, struct buf *out);
	size_t field;        /* in struct net */
	unsigned min, max;   /* of numbers */
};
/* Parts that depend on a word's value. */
enum {
	CONF_NET_PLAN = 1,       /* the setup plan contains it */
	CONF_NET_LOWER = 2,      /* liblxc applies it at a start */
	/* Parts that a live change of the word must update. */
	CONF_NET_FILES = 4,      /* files inside, and programs that read them */
	CONF_NET_LINK = 8,       /* the container's end of the veth pair */
	CONF_NET_ADDRESSES = 16, /* addresses and routes that the host sets */
	CONF_NET_PORT = 32,      /* the host's end of the veth pair */
};
extern const struct conf_net_word conf_net_words[]; /* ends with name NULL */
const struct conf_net_word *conf_net_word_find(const char *name);
/* Get a network's value of a word; NULL: the default.  The caller frees. */
char *conf_net_word_text(const struct conf_net_word *w, const struct net *net);
/* CONF_NET_* of all words that differ; of all words if one network is NULL. */
unsigned conf_net_concerns(const struct net *a, const struct net *b);
/* "2;4;10-20" */
void vlan_ranges_print(const struct vlan_range *ranges, size_t n, struct buf *out);

/*
 * The lines in order, for lowering.  name is today's key (lxc.uts.name, lxc.net.0.type); spelt is
 * the key in the file.  Lines of snapshot sections are left out.
 */
struct conf_line {
	unsigned number;
	const char *spelt, *name, *value;
};
size_t conf_lines(const struct conf_file *f, const struct conf_line **ret);
/* Whether conf_get() shows this line as an option. */
bool conf_line_is_option(const struct conf_line *line);

#endif
