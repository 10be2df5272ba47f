/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ct/transfer.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/conf/idmap.h"
#include "lib/host/free-space.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/transfer.h"
#include "lib/runtime/frozen.h"
#include "lib/runtime/transfer/transfer-peer.h"
#include "lib/runtime/transfer/transfer-serve.h"

#define MAX_NOTES 16 /* a hostile container may skip any number of names */

struct job {
	struct ct *ct;
	const struct ct_transfer *x;
	struct transfer_peer peer;
	uint64_t size; /* of a file that is pushed; 0: unknown */
	unsigned n_skipped;
};

static void moved(void *arg, uint64_t bytes)
{
	const struct job *job = arg;

	if (job->x->moved)
		job->x->moved(job->x->arg, bytes, job->size);
}

static void skipped(void *arg, const char *path, const char *why)
{
	struct job *job = arg;

	if (job->n_skipped++ < MAX_NOTES)
		ct_note(job->ct, "%s: skipped: it %s", path, why);
}

/* ---- the process in the container ---- */

static int take_name(const char *option, const char *name, char ret[TRANSFER_NAME_MAX],
		     struct err *e)
{
	if (name && strlen(name) >= TRANSFER_NAME_MAX)
		return err_set(e, ENAMETOOLONG, option, "is too long");
	snprintf(ret, TRANSFER_NAME_MAX, "%s", name ? name : "");
	return 0;
}

static int make_order(const struct ct_transfer *x, bool push, struct transfer_order *ret,
		      struct err *e)
{
	*ret = (struct transfer_order){ .push = push,
					.perms = x->perms,
					.fresh_mode = x->fresh_mode };
	if (strlen(x->path) >= sizeof ret->path)
		return err_set(e, ENAMETOOLONG, "the container's path", "is too long");
	snprintf(ret->path, sizeof ret->path, "%s", x->path);
	if (push && take_name("--user", x->user, ret->user, e) < 0)
		return err_code(e);
	return push ? take_name("--group", x->group, ret->group, e) : 0;
}

static int mount_and_serve(struct job *job, const struct transfer_order *order, struct err *e)
{
	struct ct *ct = job->ct;
	autofree char *target = path_rootfs(ct->ctid);
	const struct conf *conf;
	struct idmap map;
	int r = ct_load(ct, e);

	if (r == 0)
		r = ct_check_unlocked(ct, e);
	if (r < 0)
		return r;
	conf = conf_values(ct->file);
	r = conf->mapped ? conf_idmap(conf, &map, e) : 0;
	if (r == 0)
		r = ct_mount_root(conf, conf->mapped ? &map : NULL, target, NULL, e);
	return r < 0 ? r
		     : transfer_peer_mounted(target, conf->mapped ? &map : NULL, order, &job->peer,
					     e);
}

/* The lock is taken for a stopped container only: a running one can block this process. */
static int begin(struct job *job, bool push, struct err *e)
{
	struct transfer_order order;
	int r = make_order(job->x, push, &order, e);

	interrupt_note();
	if (r == 0 && !ct_is_running(job->ct->ctid))
		r = ct_lock(job->ct, e);
	if (r < 0)
		return r;
	if (!ct_is_running(job->ct->ctid)) {
		r = mount_and_serve(job, &order, e);
	} else {
		ct_unlock(job->ct);
		r = ct_require_running(job->ct, e);
		if (r == 0)
			r = transfer_peer_enter(job->ct->ctid, &order, &job->peer, e);
	}
	if (r < 0)
		return r;
	job->peer.t.moved = moved;
	job->peer.t.skipped = skipped;
	job->peer.t.arg = job;
	return 0;
}

/* Say which errors are the container's, and what to do about its process. */
static int finish(struct job *job, int r, struct err *e)
{
	unsigned ctid = job->ct->ctid;

	transfer_peer_end(&job->peer);
	if (job->n_skipped > MAX_NOTES)
		ct_note(job->ct, "%u more were skipped", job->n_skipped - MAX_NOTES);
	if (r == -ETIMEDOUT && frozen_refuse(ctid, e) < 0)
		return err_code(e);
	if (job->peer.t.refused || r == -ETIMEDOUT || r == -EPIPE)
		err_wrap(e, "container %u", ctid);
	if (r == -ETIMEDOUT)
		return err_remedy(e,
				  "a process in the container blocks file access, or its disk "
				  "does not answer; pct stop %u ends it",
				  ctid);
	if (r == -EPIPE)
		return err_remedy(e, "the container has stopped, killed it, or has too little "
				     "memory");
	return r;
}

/* ---- push ---- */

static int open_source(struct job *job, struct err *e)
{
	int fd = str_eq(job->x->host, "-") ? dup(STDIN_FILENO) : transfer_open(-1, job->x->host, e);
	struct stat st;

	if (fd < 0 && str_eq(job->x->host, "-"))
		return err_sys(e, "standard input", "read");
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		job->size = (uint64_t)st.st_size;
	return fd;
}

int ct_push(struct ct *ct, const struct ct_transfer *x, struct err *e)
{
	struct job job = { .ct = ct, .x = x };
	const char *name = str_eq(x->host, "-") ? "standard input" : x->host;
	autoclose int fd = open_source(&job, e);
	struct transfer_record record;
	char data[TRANSFER_DATA_MAX + 1];
	int r = fd < 0 ? fd : begin(&job, true, e);

	if (r < 0)
		return r;
	r = transfer_send(&job.peer.t, fd, name, e);
	/* After EPIPE as well: its last words are the reason. */
	if (r == 0 || r == -EPIPE)
		r = transfer_get(&job.peer.t, &record, data, e);
	if (r == 0 && record.type != TRANSFER_END)
		r = err_set(e, EPROTO, NULL, "the container's answer is not valid");
	return finish(&job, r, e);
}

/* ---- pull ---- */

static int find_owner(const struct ct_transfer *x, struct transfer_owner *ret, struct err *e)
{
	const struct passwd *user;
	const struct group *group;
	uint64_t id;

	if (x->user && parse_uint(x->user, 0, UINT32_MAX - 1, &id)) {
		ret->uid = (long long)id;
	} else if (x->user) {
		user = getpwnam(x->user);
		if (!user)
			return err_set(e, ENOENT, x->user, "there is no such user on this host");
		ret->uid = user->pw_uid;
	}
	if (x->group && parse_uint(x->group, 0, UINT32_MAX - 1, &id)) {
		ret->gid = (long long)id;
	} else if (x->group) {
		group = getgrnam(x->group);
		if (!group)
			return err_set(e, ENOENT, x->group, "there is no such group on this host");
		ret->gid = group->gr_gid;
	}
	return 0;
}

static int pull_to_output(struct job *job, struct err *e)
{
	int r = begin(job, false, e);

	if (r < 0)
		return r;
	r = transfer_receive_to(&job->peer.t, STDOUT_FILENO, "standard output", e);
	if (r == -EISDIR)
		err_set_object(e, job->x->path);
	return finish(job, r, e);
}

static int pull_to_place(struct job *job, const struct transfer_place *place, struct err *e)
{
	struct transfer_owner owner = { TRANSFER_KEEP, TRANSFER_KEEP, job->x->perms,
					job->x->fresh_mode };
	autofree char *folder = xasprintf("/proc/self/fd/%d", place->dir);
	struct room room;
	int r = find_owner(job->x, &owner, e);

	if (r == 0)
		r = room_look(folder, &room, e);
	if (r == 0)
		r = begin(job, false, e);
	if (r < 0)
		return r;
	job->peer.t.room = &room;
	return finish(job, transfer_receive(&job->peer.t, place, &owner, e), e);
}

int ct_pull(struct ct *ct, const struct ct_transfer *x, struct err *e)
{
	struct job job = { .ct = ct, .x = x };
	struct transfer_place place = TRANSFER_PLACE_INIT;
	int r;

	if (str_eq(x->host, "-"))
		return pull_to_output(&job, e);
	r = transfer_place_open(-1, x->host, &place, e);
	if (r == 0)
		r = pull_to_place(&job, &place, e);
	transfer_place_done(&place);
	return r;
}
