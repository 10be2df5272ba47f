/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of storage.cfg, for those who change it. */
#ifndef LIB_STORAGE_STORAGE_CFG_H
#define LIB_STORAGE_STORAGE_CFG_H

#include <stdbool.h>

struct err;
struct storage;
struct storage_key;
struct volume_ops;

/* Read the file; a missing one is "".  The caller frees both. */
int storage_cfg_read(char **ret_file, char **ret_text, struct err *e);
/* file is for messages.  Free with storage_list_free(). */
int storage_cfg_parse(const char *file, const char *text, struct storage **ret, struct err *e);
/* Whether a section of the type may have this key. */
bool storage_type_takes(const struct volume_ops *type, const struct storage_key *key);

#endif
