/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the files of the config module share.  A struct conf_file never changes in place: an edit
 * makes the new text, which is then read like any other, so that nothing can be written that
 * could not be read.
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

/* One line of the file; spelt is NULL for a comment, an empty line and a key that is not ours. */
struct line {
	const char *raw;
	size_t raw_len;    /* with the end of line */
	const char *spelt; /* the key as written, without snap. */
	const char *name;  /* as it is spelt today; of a network, what follows lxc.net.N. */
	char *value;
	int net;           /* index into nets of the file, or -1 */
	bool in_snapshot;
	const char *pending; /* of a change that waits: its option; value NULL: it is to go */
};

/* A network as its lines say; index is N of netN once all is read. */
struct net_lines {
	struct net net;
	unsigned lxc3_index; /* N of lxc.net.N., UINT_MAX: lxc.network. */
	unsigned first;      /* line that opened it */
	unsigned seen;       /* bits, one a sub-key */
	const char *type;
};

/* cgroup settings in both families' terms; UNSET where the file has none. */
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
	struct chunk *chunks; /* memory of all strings below */
	struct line *lines;
	size_t n_lines;
	struct net_lines *nets;
	size_t n_nets;
	struct conf_line *view; /* for conf_lines(), made when asked for */
	size_t n_view;
	struct limits limits;
	bool marked_unprivileged, maps_host_root; /* of which conf_idmap_finish() makes values */
	struct conf values;
	size_t n_idmap; /* of values */
	struct conf_volume rootfs; /* id NULL: there is none */
	struct conf_findings findings;
	char *original; /* the text in the newer format that this was read from; NULL: none */
	unsigned pending_swap;  /* MiB, given before there was a memory limit; else CONF_NO_LIMIT */
};

/* Value of an option or key: how it is checked, stored and shown. */
struct conf_type {
	/* Check a value of the file and store it in the option's field. */
	int (*read)(struct conf_file *f, const struct conf_option *o, char *value, void *field,
		    struct err *e);
	/* From the command line's form to the file's; NULL: the same. */
	int (*encode)(const char *value, char **ret, struct err *e);
	/* Instead of storing the encoded value under the key.  unset is set with value NULL. */
	int (*set)(struct conf_file *f, const struct conf_option *o, const char *value,
		   struct err *e);
	/* Instead of the value under the key; NULL result: not set. */
	char *(*get)(const struct conf_file *f);
	bool many; /* the key may come more than once */
	const char *form; /* of a value in the file; NULL: as on the command line */
	const char *key_help; /* of the key in the file; NULL: the option's help */
};

/* The cause of an error: a format's directive for the value, and what utf8_control() found. */
#define CONF_CONTROL(value) "control character in value \"" value "\" (U+%04X)"

/* conf.c */
void *conf_alloc(struct conf_file *f, size_t n);
char *conf_strndup(struct conf_file *f, const char *s, size_t n);
/* Say which line an error is about: "FILE:7: KEY", of a file without a name KEY alone. */
int conf_line_err(const struct conf_file *f, unsigned line, const char *key, struct err *e);
/* Take text, which must be from malloc.  On failure f is as it was and text is freed. */
int conf_replace_text(struct conf_file *f, char *text, size_t len, struct err *e);

/* finding.c */
/*
 * What of a key of f, or of netN, has no effect here; number and name are where it comes from.
 */
void conf_findings_of_key(const struct conf_file *f, const char *key, unsigned number,
			  const char *name, struct conf_findings *to);
void conf_findings_of_net(const struct conf_file *f, unsigned n, unsigned number,
			  struct conf_findings *to);

/* power.c: what the lines of f give its container. */
void conf_findings_of_power(const struct conf_file *f, struct conf_findings *to);
/* The same of the section that f was made from. */
struct pve_section;
void conf_findings_of_pve_power(const struct conf_file *f, const struct pve_section *s,
				struct conf_findings *to);

/* pending.c */
/* A line pending.KEY = VALUE. */
int conf_pending_line(struct conf_file *f, struct line *line, char *key, char *value,
		      struct err *e);

/* pve.c: the format of Proxmox VE 4 and later */
bool conf_pve_is(const char *text, size_t len);
/* Never NULL; it is of use unless there are errors.  power: look for what it gives, too. */
struct conf_file *conf_pve_read(const char *text, size_t len, const char *name, unsigned ctid,
				bool power, struct conf_findings *to);

/* lxc1-keys.c */
struct conf_rename {
	const char *old, *today;
};
extern const struct conf_rename conf_renames[]; /* sorted by the old name */
extern const size_t conf_n_renames;
const char *conf_name_today(const char *spelt);     /* lxc.utsname -> lxc.uts.name */
const char *conf_net_name_today(const char *spelt); /* ipv4 -> ipv4.address */
bool conf_name_removed(const char *today);          /* liblxc has it no more */

/* options.c */
extern const struct conf_option conf_hidden[]; /* keys that are no option; ends with key NULL */
const struct conf_option *conf_key_find(const char *today); /* by key, hidden ones as well */

/* value.c */
/* Percent-decoding into to, which has room for strlen(value) + 1; false: it encodes a NUL byte. */
bool conf_text_decode(const char *value, char *to);
extern const struct conf_type conf_type_bool, conf_type_uint, conf_type_hostname, conf_type_arch,
	conf_type_word, conf_type_text, conf_type_nameserver, conf_type_searchdomain,
	conf_type_timezone, conf_type_startup, conf_type_tags, conf_type_features, conf_type_volid,
	conf_type_disksize;

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
/* A line lxc.network.*, lxc.net.N.* or pve.network.*; sets its name and net. */
int conf_net_line(struct conf_file *f, struct line *line, struct err *e);
int conf_nets_finish(struct conf_file *f, struct err *e);

/* net-word.c; net_lines.seen has a bit for each row. */
#define CONF_NET_WORDS 17
/* net-address.c: values of ip and ip6, gw and gw6, which w->field tells apart, and route. */
int conf_net_ip_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e);
void conf_net_ip_print(const struct conf_net_word *w, const struct net *net, struct buf *out);
int conf_net_gw_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
		     char *value, struct err *e);
void conf_net_gw_print(const struct conf_net_word *w, const struct net *net, struct buf *out);
int conf_net_route_read(const struct conf_net_word *w, struct conf_file *f, struct net_lines *n,
			char *value, struct err *e);
void conf_net_route_print(const struct conf_net_word *w, const struct net *net, struct buf *out);
/* What two of these say together; *ret_sub is the sub-key to name. */
int conf_net_addresses_check(const struct net *net, const char **ret_sub, struct err *e);

/* net-option.c */
int conf_net_set(struct conf_file *f, unsigned n, const char *value, struct err *e);
/* A new one as it is, without a hardware address where it names none. */
int conf_net_import(struct conf_file *f, unsigned n, const char *value, struct err *e);
int conf_net_position(const struct conf_file *f, unsigned n); /* index of netN into nets, or -1 */
char *conf_net_get(const struct conf_file *f, unsigned n);

/* edit.c: each of these makes a new text and reads it; a bad one leaves f as it was. */
const struct line *conf_line_find(const struct conf_file *f, const char *today);
int conf_put_line(struct conf_file *f, const char *key, const char *value, struct err *e);
/* Instead of all lines with this key, which may come more than once; NULL: none. */
int conf_put_lines(struct conf_file *f, const char *key, char *const *values, struct err *e);
/* Lines, sorted by their keys, of which none is there: all at once. */
int conf_insert_lines(struct conf_file *f, const struct conf_line *v, size_t n, struct err *e);
int conf_splice_lines(struct conf_file *f, size_t at, size_t n, const char *insert, struct err *e);
/* Where a line of the main section may be added. */
size_t conf_main_section_end(const struct conf_file *f);
/* "KEY = VALUE" with this value, spelling and spacing as the line has them.  The caller frees. */
char *conf_line_with(const struct line *line, const char *value);

#endif
