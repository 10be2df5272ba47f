/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Paths on the host.  Each root folder is a Makefile variable and can be overridden by an
 * environment variable, so that the whole suite can run in a private tree.  The caller frees
 * results.
 */
#ifndef LIB_BASE_PATHS_H
#define LIB_BASE_PATHS_H

/*
 * The compiled-in value of the Makefile variable PCT_NAME, regardless of the environment; name is
 * "ETC", "HOOKS" and so on.  NULL: unknown name.  Used for texts made at build time.
 */
const char *path_compiled(const char *name);

const char *path_etc(void); /* /etc/pve,     PCT_ETC */
const char *path_lib(void); /* /var/lib/lxc, PCT_LIB: liblxc's own lxcpath */
const char *path_vz(void);  /* /var/lib/vz,  PCT_VZ */
const char *path_run(void); /* /run,         PCT_RUN */
const char *path_lxcfs(void); /* /var/lib/lxcfs, PCT_LXCFS; may not be mounted */

/*
 * The folders of hooks and distro-templates.  A program in a build folder uses those beside itself,
 * an installed one the compiled-in folders.
 */
const char *path_hooks(void);
const char *path_templates(void);
const char *path_units(void); /* systemd's units */
const char *path_pct(void); /* the pct program, which a hook starts for a restart */

char *path_runtime_dir(unsigned ctid);    /* LIB/CTID */
char *path_runtime_config(unsigned ctid); /* LIB/CTID/config */
char *path_rootfs(unsigned ctid);     /* LIB/CTID/rootfs, the mount point */
char *path_pct_run(void);             /* RUN/pct; only root can write to it */
char *path_ct_run(unsigned ctid);     /* RUN/pct/CTID: lib/base/runfile.h */
char *path_ct_guest(unsigned ctid);   /* RUN/pct/CTID/guest; container root can write to it */

#endif
