/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of the step "identity". */
#ifndef SETUP_STEP_IDENTITY_H
#define SETUP_STEP_IDENTITY_H

struct err;
struct setup;

/* Reset the identity in OpenWrt's /etc/config/network (setup/step/identity-openwrt.c). */
int identity_reset_openwrt(struct setup *s, struct err *e);

/* Add a finding for each identity that only its owner can renew (setup/step/identity-kept.c). */
void identity_note_kept(struct setup *s);

#endif
