/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds whether the boot starts a service, from the files that the service managers read. */
#ifndef SETUP_SERVICES_H
#define SETUP_SERVICES_H

struct err;
struct setup;

enum service_state {
	SERVICE_ABSENT,   /* not installed */
	SERVICE_MASKED,   /* cannot be started */
	SERVICE_DISABLED, /* installed, but not started at boot */
	SERVICE_ENABLED,  /* started at boot */
};

/*
 * The state of a systemd unit, "systemd-networkd.service": checks masks, wants and requires links
 * below /etc, /run and /usr, aliases, and, before the first boot (machine-id(5)), presets
 * (systemd.preset(5)).
 */
enum service_state service_unit(struct setup *s, const char *unit);

/* The text of the file of a systemd unit; NULL: none, or it is masked.  The caller frees. */
char *service_unit_text(struct setup *s, const char *unit);

/*
 * Like `systemctl enable`: makes the links for WantedBy=, RequiredBy= and Alias= in [Install] of
 * the unit and of the units of Also=.  Returns 1, or 0 if [Install] requires no links.
 */
int service_enable(struct setup *s, const char *unit, struct err *e);

/* The state of a sysvinit script, by S links in /etc/rcS.d, rc2.d to rc5.d. */
enum service_state service_sysv(struct setup *s, const char *script);

/* The state of an OpenRC service, by links in /etc/runlevels/{sysinit,boot,default}. */
enum service_state service_openrc(struct setup *s, const char *service);

/* The state of a runit service, by links in /etc/runit/runsvdir/default, /etc/service or
 * /var/service. */
enum service_state service_runit(struct setup *s, const char *service);

/* The state of an OpenWrt init script, by S links in /etc/rc.d. */
enum service_state service_procd(struct setup *s, const char *script);

/* The state of a service by the container's init.  name: without ".service". */
enum service_state service_state(struct setup *s, const char *name);

#endif
