/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Shared by the files of the config module.  A struct conf_file never changes in place: an edit
 * makes a new text and parses it like a file, so nothing can be written that could not be read.
 */
#ifndef LIB_CONF_CONF_INTERNAL_H
#define LIB_CONF_CONF_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/conf/conf.h"

#define UNSET UINT64_MAX
#define NO_LIMIT (UINT64_MAX - 1)
#define MIB (UINT64_C(1) << 20)
#define CFS_PERIOD 100000

/* A line of the file; spelt is NULL for a comment, an empty line and a foreign key. */
struct line {
	const char *raw;
	size_t raw_len;    /* with the line end */
	const char *spelt; /* the key as written, without snap. */
	const char *name;  /* today's name; for a network, the part behind lxc.net.N. */
	char *value;
	int net;           /* index into nets, or -1 */
	bool in_snapshot;
	const char *pending; /* the option of a pending change; value NULL: to be deleted */
};

/* A network while its lines are read; index is N of netN once all lines are read. */
struct net_lines {
	struct net net;
	unsigned lxc3_index; /* N of lxc.net.N., UINT_MAX: lxc.network. */
	unsigned first;      /* number of the line that opens it */
	unsigned seen;       /* a bit for each sub-key */
	const char *type;
};

/* cgroup settings of both cgroup versions; UNSET if the file has none. */
struct limits {
	uint64_t memory, memsw;        /* bytes, v1 */
	uint64_t memory_v2, swap_v2;   /* bytes */
	uint64_t quota, period;        /* microseconds, v1 */
	uint64_t quota_v2, period_v2;
	uint64_t shares, weight;
};

struct buf;
struct chunk;
struct err;

struct conf_file {
	char *name;
	unsigned ctid;
	char *text;
	size_t len;
	const char *eol;
	struct chunk *chunks; /* memory of all strings */
	struct line *lines;
	size_t n_lines;
	struct net_lines *nets;
	size_t n_nets;
	struct conf_line *view; /* for conf_lines(); made on first use */
	size_t n_view;
	struct limits limits;
	bool marked_unprivileged, maps_host_root; /* for conf_idmap_finish() */
	struct conf values;
	size_t n_idmap; /* length of values.idmap */
	struct conf_volume rootfs; /* id NULL: none */
	char *rootfs_words;        /* value of pve.rootfs; NULL: none */
	struct conf_findings findings;
	/*
	 * The text of a file in Proxmox VE's format, from which this text was converted; NULL: the
	 * file has the format of 2015.
	 */
	char *original;
	/*
	 * The text before pending changes were merged into it, which has the line numbers of the
	 * file on disk; NULL: nothing was merged.
	 */
	char *unmerged;
	unsigned pending_swap;  /* MiB, set before a memory limit exists; else CONF_NO_LIMIT */
};

/* How the value of an option or key is checked, stored and shown. */
struct conf_type {
	/* Check a value from the file and store it in the option's field. */
	int (*read)(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		    struct err *e);
	/* Instead of read, for an option with a number: slot is "mp0". */
	int (*read_slot)(struct conf_file *f, const char *slot, char *value, struct err *e);
	/* Convert a value of the command line to the file's form; NULL: they are the same. */
	int (*encode)(const char *value, char **ret, struct err *e);
	/* Replaces storing the encoded value under the key.  value NULL: unset. */
	int (*set)(struct conf_file *f, const struct conf_option *o, const char *value,
		   struct err *e);
	/* Replaces showing the value under the key.  Returns NULL if not set. */
	char *(*get)(const struct conf_file *f);
	bool many; /* the key may occur more than once */
	const char *form; /* syntax of a value in the file; NULL: as on the command line */
	const char *key_help; /* help for the key in the file; NULL: the option's help */
};

/* Error text; value is a directive.  Arguments: the value, the result of utf8_control(). */
#define CONF_CONTROL(value) "control character in value \"" value "\" (U+%04X)"

/* End of the name of a file whose text was converted: its line numbers are not the file's. */
#define CONF_CONVERTED " (converted)"

/* conf.c */
void *conf_alloc(struct conf_file *f, size_t n);
char *conf_strndup(struct conf_file *f, const char *s, size_t n);
/*
 * Set the object of an error to its line: "FILE:7: KEY"; KEY alone if the file has no name.  Names
 * the line and key of the file from which line was converted or merged; e->line is line.
 */
int conf_line_err(const struct conf_file *f, unsigned line, const char *key, struct err *e);
/*
 * Use text, which is from malloc, as the new text.  On failure, frees text and leaves f unchanged.
 */
int conf_replace_text(struct conf_file *f, char *text, size_t len, struct err *e);

void conf_swap(struct conf_file *a, struct conf_file *b); /* exchange all contents */

/* kept-key.c */
/* Whether a line is one that pct keeps; sets *ret. */
bool conf_kept_read(const struct line *line, struct conf_kept *ret);

/* finding.c */
/*
 * Report settings of a key of f, or of netN, that have no effect here.  number and name are their
 * line and key in the original file.
 */
void conf_findings_of_key(const struct conf_file *f, const char *key, unsigned number,
			  const char *name, struct conf_findings *to);
void conf_findings_of_net(const struct conf_file *f, unsigned n, unsigned number,
			  struct conf_findings *to);

/* power.c: report lines of f that give the container power over the host. */
void conf_findings_of_power(const struct conf_file *f, struct conf_findings *to);
/* The same for the sections that were converted to f: the main section and [pve:pending]. */
struct pve_section;
void conf_findings_of_pve_power(const struct conf_file *f, const struct pve_section *sections,
				size_t n, struct conf_findings *to);

/*
 * finding-error.c: "FILE:7: KEY", the line of the file from which a line of f was converted; NULL:
 * it was not converted.  The caller frees.
 */
char *conf_origin(const struct conf_file *f, unsigned number);

/* pending.c */
/* Parse a line pending.KEY = VALUE. */
int conf_pending_line(struct conf_file *f, struct line *line, char *key, char *value,
		      struct err *e);
bool conf_can_be_pending(const char *option);

/* pve.c: the format of Proxmox VE 4 and later */
bool conf_pve_is(const char *text, size_t len);
/* Never returns NULL; usable if no errors were found.  power: also report power over the host. */
struct conf_file *conf_pve_read(const char *text, size_t len, const char *name, unsigned ctid,
				bool power, struct conf_findings *to);

/*
 * pve-edit.c: changes of f->original, which is converted again.  On failure, f is unchanged.
 *
 * The caller has set the option (value NULL: unset) in f->text, which checks the value.
 */
int conf_pve_put(struct conf_file *f, const struct conf_option *o, const char *option,
		 const char *value, struct err *e);
/* The same for a key that is no option. */
int conf_pve_put_key(struct conf_file *f, const char *key, const char *value, struct err *e);
/* Remove the first line with this raw key and value from the main section. */
int conf_pve_drop_raw(struct conf_file *f, const char *key, const char *value, struct err *e);
/* Set a pending value, or (deleted) mark the option for deletion, or neither: drop the change. */
int conf_pve_pending_put(struct conf_file *f, const char *option, const char *value, bool deleted,
			 struct err *e);
/* *ret_line is the number of the line that cannot be merged; may be NULL. */
int conf_pve_pending_merge(struct conf_file *f, unsigned *ret_line, struct err *e);
/* An option's value in Proxmox VE's form, or from that form in ours.  The caller frees. */
char *conf_pve_value(const char *option, const char *value, bool to_pve);

/* lxc1-keys.c */
struct conf_rename {
	const char *old, *today;
};
extern const struct conf_rename conf_renames[]; /* sorted by the old name */
extern const size_t conf_n_renames;
const char *conf_name_today(const char *spelt);     /* lxc.utsname -> lxc.uts.name */
const char *conf_net_name_today(const char *spelt); /* ipv4 -> ipv4.address */
bool conf_name_removed(const char *today);          /* removed from liblxc */

/* options.c */
extern const struct conf_option conf_hidden[]; /* keys without an option; ends with key NULL */
const struct conf_option *conf_key_find(const char *today); /* by key, including hidden ones */
/* The key of an option with a number, "mp0": "pve.mp0".  The caller frees. */
char *conf_option_key(const struct conf_option *o, const char *option);

/* option-values.c */
/* Check the form STORAGE:VOLNAME; lib/storage/storage.h checks the rest. */
int conf_volid_check(const char *value, struct err *e);
/* Percent-decode to a buffer of strlen(value) + 1 bytes; false: the value encodes a NUL byte. */
bool conf_text_decode(const char *value, char *to);
extern const struct conf_type conf_type_bool, conf_type_uint, conf_type_hostname, conf_type_arch,
	conf_type_word, conf_type_text, conf_type_nameserver, conf_type_searchdomain,
	conf_type_timezone, conf_type_startup, conf_type_tags, conf_type_features, conf_type_volid,
	conf_type_disksize, conf_type_snippet;

/*
 * features.c: "FEATURES WHY" for the features of a value that are on without effect in this config;
 * NULL: none.  The caller frees.
 */
char *conf_features_ignored(const struct conf_file *f, const char *value);

/* slot-word.c */
/*
 * Parse a value of mpN, of rootfs or of devN into object, a struct conf_volume or conf_device with
 * the default values.
 */
int conf_slot_parse(struct conf_file *f, const struct conf_slot_word *words, const char *value,
		    bool is_rootfs, void *object, struct err *e);
/* The words of a value in the order of Proxmox VE.  The caller frees. */
char *conf_slot_sorted(const struct conf_slot_word *words, const char *value);

/* slot.c */
extern const struct conf_type conf_type_mp, conf_type_dev, conf_type_unused, conf_type_rootfs;
int conf_volumes_finish(struct conf_file *f, struct err *e);
/* Add an unusedN for each volume of before that f no longer names. */
int conf_keep_volumes(struct conf_file *f, const struct conf *before, struct err *e);

/* idmap.c */
extern const struct conf_type conf_type_idmap, conf_type_unprivileged;
void conf_idmap_finish(struct conf_file *f);

/* resources.c */
extern const struct conf_type conf_type_memory, conf_type_swap, conf_type_cpulimit, conf_type_bytes,
	conf_type_cpu_max, conf_type_u64, conf_type_cpuunits;
bool conf_is_limit(const struct conf_option *o);
int conf_limits_finish(struct conf_file *f, struct err *e);

/* net.c */
extern const struct conf_type conf_type_net;
/* Parse a line lxc.network.*, lxc.net.N.* or pve.network.*; sets its name and net. */
int conf_net_line(struct conf_file *f, struct line *line, struct err *e);
int conf_nets_finish(struct conf_file *f, struct err *e);

/* net-word.c; net_lines.seen has a bit for each word. */
#define CONF_NET_WORDS 17
/* net-address.c: parse values of ip, ip6, gw and gw6 (w->field says which), and of route. */
int conf_net_ip_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e);
void conf_net_ip_print(const struct conf_net_word *w, const struct net *net, struct buf *out);
int conf_net_gw_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e);
void conf_net_gw_print(const struct conf_net_word *w, const struct net *net, struct buf *out);
int conf_net_route_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
			char *value, struct err *e);
void conf_net_route_print(const struct conf_net_word *w, const struct net *net, struct buf *out);
/* Check the address words of a network together; *ret_sub is the sub-key for the error. */
int conf_net_addresses_check(const struct net *net, const char **ret_sub, struct err *e);

/* net-option.c */
int conf_net_set(struct conf_file *f, unsigned n, const char *value, struct err *e);
/* Import a new network unchanged: generates no hardware address if it has none. */
int conf_net_import(struct conf_file *f, unsigned n, const char *value, struct err *e);
int conf_net_position(const struct conf_file *f, unsigned n); /* index of netN in nets, or -1 */
char *conf_net_get(const struct conf_file *f, unsigned n);

/* edit.c: each edit makes a new text and parses it; if that fails, f is unchanged. */
const struct line *conf_line_find(const struct conf_file *f, const char *today);
int conf_put_line(struct conf_file *f, const char *key, const char *value, struct err *e);
/* Replace all lines with this key, which may occur more than once; NULL: remove them. */
int conf_put_lines(struct conf_file *f, const char *key, char *const *values, struct err *e);
/* Insert new lines, sorted by key, in one edit.  None of the keys may exist yet. */
int conf_insert_lines(struct conf_file *f, const struct conf_line *v, size_t n, struct err *e);
int conf_splice_lines(struct conf_file *f, size_t at, size_t n, const char *insert, struct err *e);
/* Where to add a line to the main section. */
size_t conf_main_section_end(const struct conf_file *f);
/* Format "KEY = VALUE" with a new value and the spelling and spacing of line.  The caller frees. */
char *conf_line_with(const struct line *line, const char *value);

#endif
