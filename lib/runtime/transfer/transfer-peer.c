/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/transfer/transfer-peer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/interrupt.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/host/idmap.h"
#include "lib/rootfs/rootfs.h"
#include "lib/runtime/enter/enter.h"
#include "lib/runtime/runtime.h"
#include "lib/runtime/transfer/transfer-serve.h"

#define STALL_MS 30000
#define END_MS 5000

/* The ends of this process do not block, so that there is a time limit. */
static int open_pipes(int to[2], int from[2], struct err *e)
{
	if (pipe2(to, O_CLOEXEC) < 0)
		return err_sys(e, NULL, "make a pipe");
	if (pipe2(from, O_CLOEXEC) < 0) {
		err_sys(e, NULL, "make a pipe");
		close(to[0]);
		close(to[1]);
		return err_code(e);
	}
	if (fcntl(to[1], F_SETFL, O_NONBLOCK) < 0 || fcntl(from[0], F_SETFL, O_NONBLOCK) < 0)
		return err_sys(e, NULL, "set up a pipe");
	return 0;
}

static bool has_ended(int pidfd, int ms)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	return poll(&ended, 1, ms) > 0;
}

void transfer_peer_end(struct transfer_peer *peer)
{
	close(peer->t.in);
	close(peer->t.out);
	if (!has_ended(peer->pidfd, END_MS)) {
		kill(peer->pid, SIGKILL);
		has_ended(peer->pidfd, 1000);
	}
	waitpid(peer->pid, NULL, WNOHANG);
	close(peer->pidfd);
}

static int begin(struct transfer_peer *peer, const struct transfer_order *order,
		 struct transfer_peer *ret, struct err *e)
{
	int r;

	peer->t.stall_ms = STALL_MS;
	signal(SIGPIPE, SIG_IGN);
	r = transfer_write(&peer->t, order, sizeof *order, e);
	if (r < 0)
		transfer_peer_end(peer);
	else
		*ret = *peer;
	return r;
}

/* ---- a running container ---- */

static int come_in(const struct enter_request *request, struct enter_process *ret, struct err *e)
{
	struct enter enter;
	int r = enter_begin(request, &enter, e);

	if (r < 0)
		return r;
	if (has_ended(enter.pidfd, STALL_MS))
		return enter_finish(&enter, ret, e);
	enter_abandon(&enter);
	r = interrupt_check(e);
	return r < 0 ? r
		     : err_set(e, ETIMEDOUT, NULL, "pct did not come in within %d s",
			       STALL_MS / 1000);
}

int transfer_peer_enter(unsigned ctid, const struct transfer_order *order,
			struct transfer_peer *ret, struct err *e)
{
	char *const none[] = { NULL };
	autoclose int init = runtime_init_pidfd(ctid, e);
	struct enter_request request = {
		.ctid = ctid, .init = init, .env = none, .transfer = true
	};
	struct enter_process process = { 0 };
	int to[2], from[2], said[2], r;

	if (init < 0)
		return init;
	r = open_pipes(to, from, e);
	if (r < 0)
		return r;
	/* Nobody reads its standard error, which must be no file of the host. */
	if (pipe2(said, O_CLOEXEC) < 0)
		r = err_sys(e, NULL, "make a pipe");
	if (r == 0) {
		request.fds[0] = to[0];
		request.fds[1] = from[1];
		request.fds[2] = said[1];
		r = come_in(&request, &process, e);
		close(said[0]);
		close(said[1]);
	}
	close(to[0]);
	close(from[1]);
	if (r < 0) {
		close(to[1]);
		close(from[0]);
		return r;
	}
	return begin(&(struct transfer_peer){ .t = { .in = from[0], .out = to[1] },
					      .pid = process.pid,
					      .pidfd = process.pidfd },
		     order, ret, e);
}

/* ---- a stopped one ---- */

struct job {
	struct rootfs *root;
	int userns, in;
};

/* When pct is interrupted or killed, the process lives on until it has cleaned up. */
static int serve(void *arg, int out_fd, struct err *e)
{
	const struct job *job = arg;
	struct transfer t = { .out = out_fd };
	int root = rootfs_fd(job->root), r;

	interrupt_ignore();
	/* Three descriptors, of which run_close_others() keeps two. */
	if (dup2(job->in, STDIN_FILENO) < 0 || dup2(root, STDOUT_FILENO) < 0)
		return err_sys(e, NULL, "move a descriptor");
	r = job->userns >= 0 ? run_enter_userns(job->userns, e) : 0;
	if (r == 0)
		r = rootfs_confine(job->root, NULL, e);
	if (r == 0 && prctl(PR_SET_PDEATHSIG, 0) < 0)
		r = err_sys(e, NULL, "outlive pct");
	if (r < 0) {
		transfer_finish(&t, r, e);
		return r;
	}
	run_close_others(STDIN_FILENO, STDOUT_FILENO);
	transfer_serve(STDOUT_FILENO, STDIN_FILENO, out_fd);
	return 0;
}

int transfer_peer_mounted(const char *rootfs, const struct idmap *map,
			  const struct transfer_order *order, struct transfer_peer *ret,
			  struct err *e)
{
	autoclose int userns = map ? idmap_userns(map, e) : -1;
	struct job job = { .userns = userns };
	struct transfer_peer peer = { .pidfd = -1 };
	struct run_child child;
	int to[2], r = map && userns < 0 ? userns : rootfs_open(rootfs, &job.root, e);

	if (r < 0)
		return r;
	if (pipe2(to, O_CLOEXEC) < 0) {
		err_sys(e, NULL, "make a pipe");
		rootfs_close(job.root);
		return err_code(e);
	}
	job.in = to[0];
	r = run_start(-1, serve, &job, &child, e);
	rootfs_close(job.root);
	close(to[0]);
	if (r < 0) {
		close(to[1]);
		return r;
	}
	peer.t.in = child.out;
	peer.t.out = to[1];
	peer.pid = child.pid;
	peer.pidfd = (int)syscall(SYS_pidfd_open, child.pid, 0);
	close(child.err);
	fcntl(peer.t.in, F_SETFL, O_NONBLOCK);
	fcntl(peer.t.out, F_SETFL, O_NONBLOCK);
	return begin(&peer, order, ret, e);
}
