/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Login prompts on tty1 to ttyN, N of the config, by the program that starts them. */
#ifndef SETUP_STEP_GETTY_H
#define SETUP_STEP_GETTY_H

struct err;
struct setup;

#define GETTY_MAX 6 /* ttys above the config's number up to this one lose their login */

int getty_systemd(struct setup *s, struct err *e);
int getty_inittab(struct setup *s, struct err *e); /* sysvinit, busybox, procd: inittab(5) */
int getty_upstart(struct setup *s, struct err *e); /* init(5) of upstart */
int getty_runit(struct setup *s, struct err *e);   /* runsvdir(8) */
int getty_openrc(struct setup *s, struct err *e);  /* agetty's links, as OpenRC's guide has them */

#endif
