/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The verbs of pct storage.  Names and arguments are those of Proxmox VE's pvesm. */
#ifndef PCT_STORAGE_STORAGE_H
#define PCT_STORAGE_STORAGE_H

struct args;
struct err;

/* edit.c */
int storage_cmd_add(const struct args *args, struct err *e);
int storage_cmd_set(const struct args *args, struct err *e);
int storage_cmd_remove(const struct args *args, struct err *e);

/* show.c */
int storage_cmd_list(const struct args *args, struct err *e);
int storage_cmd_status(const struct args *args, struct err *e);
int storage_cmd_content(const struct args *args, struct err *e);

/* volume.c */
int storage_cmd_alloc(const struct args *args, struct err *e);
int storage_cmd_free(const struct args *args, struct err *e);
int storage_cmd_path(const struct args *args, struct err *e);

#endif
