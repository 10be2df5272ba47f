/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NixOS makes most of /etc from the system's profile, at each boot ("activation"): links to
 * /etc/static, which is a link into /nix/store, or copies.
 */
#ifndef SETUP_NIXOS_H
#define SETUP_NIXOS_H

struct tree;

/* The system that the next boot activates, and the files from which it makes /etc. */
#define NIXOS_SYSTEM "/nix/var/nix/profiles/system"
#define NIXOS_ETC NIXOS_SYSTEM "/etc"

/*
 * The link below NIXOS_ETC from which activation makes path, or a folder above it, so that files
 * of others there are lost, or prevent it.  NULL: path stays.  The caller frees.
 */
char *nixos_source(struct tree *t, const char *path);

#endif
