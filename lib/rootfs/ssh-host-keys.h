/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host keys for a new container's sshd, made by ssh-keygen while something else goes on. */
#ifndef LIB_ROOTFS_SSH_HOST_KEYS_H
#define LIB_ROOTFS_SSH_HOST_KEYS_H

#include <stddef.h>
#include <sys/types.h>

struct err;

struct hostkey {
	const char *type;      /* rsa, ecdsa, ed25519 */
	char *secret, *public; /* contents of the files */
};
#define HOSTKEYS_MAX 3

struct hostkeys {
	char *dir; /* 0700; NULL: none */
	int done;  /* hangs up when they are made */
	pid_t pid;
};
#define HOSTKEYS_INIT { NULL, -1, 0 }

/*
 * Begin, in a new folder below parent, which is made when missing.  host becomes the comment
 * root@HOST.  -ENOENT: ssh-keygen is not installed.
 */
int hostkeys_start(const char *parent, const char *host, struct hostkeys *ret, struct err *e);

/* Wait for them and read them; also in a child of the caller.  Free with hostkeys_free(). */
int hostkeys_read(const struct hostkeys *h, struct hostkey ret[HOSTKEYS_MAX], struct err *e);
void hostkeys_free(struct hostkey keys[HOSTKEYS_MAX]);

/*
 * All of that for the tree at rootfs.  How many were made: none when it has no /etc/ssh.  -errno
 * and e as above.
 */
int hostkeys_make(const char *rootfs, const char *host, struct hostkey ret[HOSTKEYS_MAX],
		  struct err *e);

/* End it and remove the files. */
void hostkeys_done(struct hostkeys *h);

#endif
