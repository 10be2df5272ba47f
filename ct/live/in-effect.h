/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The config that is in effect in a running container: the config of its start, with the options
 * that pct set has changed since.  The run folder keeps it, as users may edit the config's file.
 */
#ifndef CT_LIVE_IN_EFFECT_H
#define CT_LIVE_IN_EFFECT_H

#include <stdbool.h>

struct conf_file;
struct err;

/* For a start: f is in effect now. */
int in_effect_write(const struct conf_file *f, struct err *e);
/* -ENOENT: an older version has started the container.  Free with conf_free(). */
int in_effect_load(unsigned ctid, struct conf_file **ret, struct err *e);
/* For set: the options that differ between these configs are changed in the container. */
int in_effect_change(const struct conf_file *from, const struct conf_file *to, struct err *e);

/* The volumes have the sizes of f now.  Nothing happens if the config in effect is not known. */
int in_effect_sizes(const struct conf_file *f, struct err *e);

/* Whether an edit of the option in the config waits for a start, unlike that of onboot or tags. */
bool in_effect_needs_start(const char *option);

#endif
