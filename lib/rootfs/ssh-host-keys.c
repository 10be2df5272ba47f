/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/rootfs/ssh-host-keys.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/rootfs/rootfs.h"

#define MAX_KEY (64 * 1024)

static const char *const types[HOSTKEYS_MAX] = { "rsa", "ecdsa", "ed25519" };

struct job {
	const char *dir, *comment;
};

static int make_keys(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;

	(void)out_fd;
	for (size_t i = 0; i < HOSTKEYS_MAX; i++) {
		autofree char *path = xasprintf("%s/%s", job->dir, types[i]);
		const char *const argv[] = { "ssh-keygen", "-q", "-t", types[i], "-N", "", "-C",
					     job->comment, "-f", path, NULL };
		int r = run_program(argv, e);

		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_installed(void)
{
	return access("/usr/bin/ssh-keygen", X_OK) == 0 ||
	       access("/usr/local/bin/ssh-keygen", X_OK) == 0 ||
	       access("/bin/ssh-keygen", X_OK) == 0;
}

int hostkeys_start(const char *parent, const char *host, struct hostkeys *ret, struct err *e)
{
	autofree char *dir = xasprintf("%s/keys.XXXXXX", parent);
	autofree char *comment = xasprintf("root@%s", host);
	struct job job = { dir, comment };
	struct run_child child;
	int r;

	if (!is_installed())
		return err_set(e, ENOENT, "ssh-keygen", "is not installed");
	r = file_mkdirs(parent, 0755, e);
	if (r < 0)
		return r;
	if (!mkdtemp(dir))
		return err_sys(e, dir, "make folder");
	r = run_start(-1, make_keys, &job, &child, e);
	if (r < 0) {
		rmdir(dir);
		return r;
	}
	/* The child's error is not needed: reading the keys fails, too. */
	close(child.err);
	*ret = (struct hostkeys){ steal(&dir), child.out, child.pid };
	return 0;
}

static int read_key(const char *dir, const char *type, struct hostkey *ret, struct err *e)
{
	autofree char *secret = xasprintf("%s/%s", dir, type);
	autofree char *public = xasprintf("%s.pub", secret);
	struct hostkey key = { .type = type };
	int r = file_read(secret, MAX_KEY, &key.secret, NULL, e);

	if (r == 0)
		r = file_read(public, MAX_KEY, &key.public, NULL, e);
	if (r < 0) {
		free(key.secret);
		return err_wrap(e, "ssh-keygen made no host key");
	}
	*ret = key;
	return 0;
}

int hostkeys_read(const struct hostkeys *h, struct hostkey ret[HOSTKEYS_MAX], struct err *e)
{
	struct hostkey keys[HOSTKEYS_MAX] = { 0 };
	struct pollfd done = { .fd = h->done, .events = POLLIN };

	while (poll(&done, 1, -1) < 0)
		if (errno != EINTR)
			return err_sys(e, h->dir, "wait for ssh-keygen");
	for (size_t i = 0; i < HOSTKEYS_MAX; i++) {
		int r = read_key(h->dir, types[i], &keys[i], e);

		if (r < 0) {
			hostkeys_free(keys);
			return r;
		}
	}
	memcpy(ret, keys, sizeof keys);
	return 0;
}

void hostkeys_free(struct hostkey keys[HOSTKEYS_MAX])
{
	for (size_t i = 0; i < HOSTKEYS_MAX; i++) {
		if (keys[i].secret)
			explicit_bzero(keys[i].secret, strlen(keys[i].secret));
		free(keys[i].secret);
		free(keys[i].public);
		keys[i] = (struct hostkey){ 0 };
	}
}

static void remove_files(const char *dir)
{
	for (size_t i = 0; i < HOSTKEYS_MAX; i++) {
		autofree char *secret = xasprintf("%s/%s", dir, types[i]);
		autofree char *public = xasprintf("%s.pub", secret);

		unlink(secret);
		unlink(public);
	}
}

void hostkeys_done(struct hostkeys *h)
{
	const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };
	struct run_child child = { h->pid, h->done, -1 };

	if (!h->dir)
		return;
	kill(h->pid, SIGKILL);
	run_finish(&child, NULL, 0, NULL);
	/* ssh-keygen dies with its parent, but slightly later. */
	for (int tries = 0; tries < 100; tries++) {
		remove_files(h->dir);
		if (rmdir(h->dir) == 0 || errno != ENOTEMPTY)
			break;
		nanosleep(&pause, NULL);
	}
	free(h->dir);
	*h = (struct hostkeys)HOSTKEYS_INIT;
}

/* Returns false if the tree cannot be opened; setup reports that error. */
static bool has_ssh(const char *rootfs)
{
	struct rootfs *root = NULL;
	bool has = rootfs_open(rootfs, &root, NULL) == 0 &&
		   rootfs_kind(root, "/etc/ssh") == S_IFDIR;

	rootfs_close(root);
	return has;
}

int hostkeys_make(const char *rootfs, const char *host, struct hostkey ret[HOSTKEYS_MAX],
		  struct err *e)
{
	autofree char *ours = path_pct_run();
	struct hostkeys made = HOSTKEYS_INIT;
	int r;

	if (!has_ssh(rootfs))
		return 0;
	/* A user other than root cannot write to our folder. */
	r = hostkeys_start(access(path_run(), W_OK) == 0 ? ours : "/tmp", host, &made, e);
	if (r == 0)
		r = hostkeys_read(&made, ret, e);
	hostkeys_done(&made);
	return r < 0 ? r : HOSTKEYS_MAX;
}
