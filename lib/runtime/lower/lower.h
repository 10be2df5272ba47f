/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lowers a config to the runtime config for the installed liblxc; a pure function. */
#ifndef LIB_RUNTIME_LOWER_LOWER_H
#define LIB_RUNTIME_LOWER_LOWER_H

#include <stdbool.h>

#include "lib/host/cgroup.h"

struct conf;
struct conf_file;
struct device;
struct err;
struct idmap;

#define LXC_INCLUDES "/usr/share/lxc/config/"
/* Files of administrators and of other packages, which LXC's common.conf includes. */
#define LXC_INCLUDES_MORE LXC_INCLUDES "common.conf.d"
#define LXCFS_CONF LXC_INCLUDES_MORE "/00-lxcfs.conf"

/* The usual filter of system calls, and the beginning of the names of ours beside the config. */
#define LXC_SECCOMP LXC_INCLUDES "common.seccomp"
#define LOWER_SECCOMP "/seccomp"

#define UTS_NAME_SIZE 65 /* the kernel's __NEW_UTS_LEN and NUL */

/* All facts about the host that lowering uses. */
struct host {
	unsigned lxc_major;         /* 5, 6, 7 */
	enum cgroup_mode cgroup;
	bool (*file_exists)(void *ctx, const char *path);
	int (*bridge_mtu)(void *ctx, const char *bridge); /* 0: no such bridge */
	/* As device_look(); lowering asks only for the devices of devN. */
	int (*device)(void *ctx, const char *path, struct device *ret, struct err *e);
	void *ctx;
	const struct idmap *idmap;  /* for unprivileged containers without their own map */
	unsigned cpus;              /* online CPUs, for cores */
	const char *hooks;          /* folder of the hooks */
	const char *templates;      /* folder of distro-templates */
	const char *rootfs;         /* mount point LIB/CTID/rootfs */
	const char *lxcfs;          /* mount point of lxcfs; NULL: not mounted */
	const char *syscalld;       /* socket of pve-lxc-syscalld; NULL: it does not run */
};

/*
 * *ret is the text of LIB/CTID/config; the caller frees.  Its first line is "# made by pct from
 * config HASH; change it with pct set", where HASH is the hash of conf_text().  Includes pending
 * changes, since they take effect at the next start.  -EINVAL: the line in the error is invalid on
 * any host; other numbers: only on this host.
 */
int lower(const struct conf_file *f, const struct host *host, char **ret, struct err *e);

/*
 * The text of the seccomp profile that this runtime config names in dir, LIB/CTID; NULL: it names
 * another, or none.  base is the text of LXC_SECCOMP, which it extends; NULL: the host has none.
 * *ret_path is the profile's path; the caller frees both.
 */
char *lower_seccomp(const char *runtime, const char *dir, const char *base, char **ret_path);

/* Lower only memory, swap and CPU, without pending changes. */
int lower_limits_text(const struct conf_file *f, const struct host *host, char **ret,
		      struct err *e);

/*
 * Check that a runtime config has the rules of devN for the devices that the host has now: their
 * numbers can change.  Uses only cgroup and device of the host.
 */
int lower_check_devices(const struct conf_file *f, const struct host *host, const char *runtime,
			struct err *e);
/* "c 10:200 rw", a rule of the device cgroup.  The caller frees. */
char *lower_device_rule(const struct device *d, const char *access);

/* Whether the runtime config was made from exactly this config text. */
bool lower_is_current(const char *runtime, const char *config_text);

/* Whether pct made this runtime config. */
bool lower_is_made(const char *runtime);

/* Mark a runtime config as made from config_text.  The caller frees. */
char *lower_stamp(const char *runtime, const char *config_text);

/* The host name for the kernel, which may be shorter than the name that setup writes. */
void lower_uts_name(const struct conf *c, char ret[UTS_NAME_SIZE]);

#endif
