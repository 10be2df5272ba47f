/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* config -> runtime config for the installed liblxc, as a pure function. */
#ifndef LIB_RUNTIME_LOWER_H
#define LIB_RUNTIME_LOWER_H

#include <stdbool.h>

#include "lib/host/cgroup.h"

struct conf;
struct conf_file;
struct err;
struct idmap;

#define UTS_NAME_SIZE 65 /* __NEW_UTS_LEN of the kernel, and NUL */

/* All that lowering needs to know of the host. */
struct host {
	unsigned lxc_major;         /* 5, 6, 7 */
	enum cgroup_mode cgroup;
	bool (*file_exists)(void *ctx, const char *path); /* include files */
	int (*bridge_mtu)(void *ctx, const char *bridge); /* 0: no such bridge */
	void *ctx;
	const struct idmap *idmap;  /* for unprivileged containers without a map of their own */
	unsigned cpus;              /* online CPUs, for cores */
	const char *hooks;          /* folder of the hooks */
	const char *templates;      /* folder of distro-templates */
	const char *rootfs;         /* mount point LIB/CTID/rootfs */
};

/*
 * *ret is the text of LIB/CTID/config, the caller frees.  Its first line is
 * "# made by pct from config HASH; change it with pct set" where HASH is that of conf_text().  What
 * is pending in f counts, as a start is what it waits for.  -EINVAL: no host takes the line that
 * the error names; any other: this one does not.
 */
int lower(const struct conf_file *f, const struct host *host, char **ret, struct err *e);

/* The lines of memory, swap and CPU alone.  What is pending does not count. */
int lower_limits_text(const struct conf_file *f, const struct host *host, char **ret,
		      struct err *e);

/* True when the runtime config was made from exactly this config text. */
bool lower_is_current(const char *runtime, const char *config_text);

/* A runtime config that is current for some text, as made from this one.  The caller frees. */
char *lower_stamp(const char *runtime, const char *config_text);

/* The host name that the kernel is given; it may be shorter than what setup writes. */
void lower_uts_name(const struct conf *c, char ret[UTS_NAME_SIZE]);

#endif
