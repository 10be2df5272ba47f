/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing a container that runs. */
#ifndef PCT_LIVE_H
#define PCT_LIVE_H

#include <stdbool.h>

struct conf_file;
struct err;

/* Whether a change of this option can be made while the container runs. */
bool live_can(const char *option);

/*
 * Bring a running container from what one config says to what another one says; they differ in
 * options of live_can() alone.  When a step fails it and those before it are undone.
 */
int live_apply(const struct conf_file *from, const struct conf_file *to, struct err *e);

#endif
