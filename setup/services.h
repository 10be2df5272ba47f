/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether the boot starts a service, by what the service managers themselves read. */
#ifndef SETUP_SERVICES_H
#define SETUP_SERVICES_H

struct err;
struct setup;

enum service_state {
	SERVICE_ABSENT,   /* nothing of that name */
	SERVICE_MASKED,   /* it can be started by nobody */
	SERVICE_DISABLED, /* it is there */
	SERVICE_ENABLED,  /* the boot starts it */
};

/*
 * A unit of systemd, "systemd-networkd.service": masks, wants and requires links below /etc, /run
 * and /usr, aliases, and, where the first boot is yet to come (machine-id(5)), presets
 * (systemd.preset(5)).
 */
enum service_state service_unit(struct setup *s, const char *unit);

/*
 * As `systemctl enable` does: links for WantedBy=, RequiredBy= and Alias= of the unit's [Install]
 * section and of the units that Also= names.  1; 0 where the section asks for none.
 */
int service_enable(struct setup *s, const char *unit, struct err *e);

/* An init script of sysvinit: S links in /etc/rcS.d, rc2.d to rc5.d. */
enum service_state service_sysv(struct setup *s, const char *script);

/* A service of OpenRC: links in /etc/runlevels/{sysinit,boot,default}. */
enum service_state service_openrc(struct setup *s, const char *service);

/* A service of runit: links in /etc/runit/runsvdir/default, /etc/service or /var/service. */
enum service_state service_runit(struct setup *s, const char *service);

/* An init script of OpenWrt: S links in /etc/rc.d. */
enum service_state service_procd(struct setup *s, const char *script);

/* By whichever manager the container's init is; unit without ".service". */
enum service_state service_state(struct setup *s, const char *name);

#endif
