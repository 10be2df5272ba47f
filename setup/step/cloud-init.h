/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of cloud-init in a container, and the settings that leave the config in charge. */
#ifndef SETUP_STEP_CLOUD_INIT_H
#define SETUP_STEP_CLOUD_INIT_H

struct err;
struct setup;

/* The first folder of the datasource NoCloud. */
#define CLOUD_INIT_SEED "/var/lib/cloud/seed/nocloud"
extern const char *const cloud_init_seeds[]; /* all of them, ends with NULL */

/* cloud-init reads the files "*.cfg" of the folder; the last one counts. */
#define CLOUD_INIT_CFG_DIR "/etc/cloud/cloud.cfg.d"
#define CLOUD_INIT_CFG CLOUD_INIT_CFG_DIR "/99-pct.cfg"

/* Lines for CLOUD_INIT_CFG: cloud-init leaves network, host name and SSH host keys alone. */
#define CLOUD_INIT_NETWORK "network: {config: disabled}"
#define CLOUD_INIT_NAME "preserve_hostname: true"
#define CLOUD_INIT_KEYS "ssh_deletekeys: false"

/* Why cloud-init does not run at boot; NULL: it runs. */
const char *cloud_init_obstacle(struct setup *s);

/* Give each seed that names an instance id a new one (setup/step/user-data.c). */
int cloud_init_renew_ids(struct setup *s, struct err *e);

#endif
