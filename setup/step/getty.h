/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Starts login prompts on tty1 to ttyN, where N is the config's tty, by the container's init. */
#ifndef SETUP_STEP_GETTY_H
#define SETUP_STEP_GETTY_H

struct err;
struct setup;

#define GETTY_MAX 6 /* logins on ttyN+1 to tty6 are removed */

int getty_systemd(struct setup *s, struct err *e);
int getty_inittab(struct setup *s, struct err *e); /* sysvinit, busybox, procd: inittab(5) */
int getty_upstart(struct setup *s, struct err *e); /* init(5) of upstart */
int getty_runit(struct setup *s, struct err *e);   /* runsvdir(8) */
int getty_openrc(struct setup *s, struct err *e);  /* links agetty.ttyN, as in OpenRC's guide */

#endif
