/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where things lie on the host.  Each root is a Makefile variable and has an environment override,
 * so that the whole suite runs against a private tree.  The caller frees what is returned.
 */
#ifndef LIB_BASE_PATHS_H
#define LIB_BASE_PATHS_H

/*
 * The compiled-in folder or program of the Makefile variable PCT_NAME, whatever the environment
 * says; name is "ETC", "HOOKS" and so on.  NULL: there is no such variable.  For texts that are
 * made at build time.
 */
const char *path_compiled(const char *name);

const char *path_etc(void); /* /etc/pve,     PCT_ETC */
const char *path_lib(void); /* /var/lib/lxc, PCT_LIB: liblxc's own lxcpath */
const char *path_vz(void);  /* /var/lib/vz,  PCT_VZ */
const char *path_run(void); /* /run,         PCT_RUN */

/* The running program's file; the environment tells a sealed copy of it (lib/base/memfd-exec.h). */
#define PATH_SELF "PCT_SELF"
const char *path_self(void);

/* The folder of the hooks and of the distro-templates: beside the running program when it lies in
 * a build folder, else the compiled-in ones. */
const char *path_hooks(void);
const char *path_templates(void);
const char *path_units(void); /* where systemd's units are installed */
const char *path_pct(void); /* the front-end itself, for a restart from a hook */

char *path_runtime_dir(unsigned ctid);    /* LIB/CTID */
char *path_runtime_config(unsigned ctid); /* LIB/CTID/config */
char *path_rootfs(unsigned ctid);     /* LIB/CTID/rootfs, the mount point */
char *path_pct_run(void);             /* RUN/pct, root's alone */
char *path_ct_run(unsigned ctid);     /* RUN/pct/CTID: lib/base/runfile.h */
char *path_ct_guest(unsigned ctid);   /* RUN/pct/CTID/guest: container root's */

#endif
