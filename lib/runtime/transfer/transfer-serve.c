/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/transfer/transfer-serve.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/rootfs/transfer.h"
#include "lib/runtime/enter/enter-user.h"

#define TEXT_MAX (1024 * 1024)

/* Read a file of the container, at most TEXT_MAX - 1 bytes.  A missing file is empty. */
static int read_text(int root, const char *path, char text[TEXT_MAX], struct err *e)
{
	autoclose int fd = transfer_open(root, path, e);
	size_t len = 0;
	ssize_t n = 0;

	text[0] = '\0';
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	while (len < TEXT_MAX && (n = read(fd, text + len, TEXT_MAX - len)) > 0)
		len += (size_t)n;
	if (n < 0)
		return err_sys(e, path, "read");
	if (len == TEXT_MAX)
		return err_set(e, EFBIG, path, "is larger than %d bytes", TEXT_MAX - 1);
	text[len] = '\0';
	return 0;
}

static int find_user(int root, const char *name, long long *ret, struct err *e)
{
	static char text[TEXT_MAX];
	struct enter_user user;
	int r;

	if (!*name)
		return 0;
	if (enter_user_number(name, &user)) {
		*ret = user.uid;
		return 0;
	}
	r = read_text(root, "/etc/passwd", text, e);
	if (r == 0 && !enter_user_find(text, name, &user)) {
		err_set(e, ENOENT, name, "there is no such user in the container's /etc/passwd");
		return err_remedy(e, "give one of its users, or a number");
	}
	if (r == 0)
		*ret = user.uid;
	return r;
}

static int find_group(int root, const char *name, long long *ret, struct err *e)
{
	static char text[TEXT_MAX];
	gid_t gid;
	int r;

	if (!*name)
		return 0;
	r = read_text(root, "/etc/group", text, e);
	if (r == 0 && !enter_group_find(text, name, &gid)) {
		err_set(e, ENOENT, name, "there is no such group in the container's /etc/group");
		return err_remedy(e, "give one of its groups, or a number");
	}
	if (r == 0)
		*ret = gid;
	return r;
}

static int push(struct transfer *t, int root, const struct transfer_order *order, struct err *e)
{
	struct transfer_owner owner = { TRANSFER_KEEP, TRANSFER_KEEP, order->perms,
					(mode_t)order->fresh_mode };
	struct transfer_place place = TRANSFER_PLACE_INIT;
	int r = find_user(root, order->user, &owner.uid, e);

	if (r == 0)
		r = find_group(root, order->group, &owner.gid, e);
	if (r == 0)
		r = transfer_place_open(root, order->path, &place, e);
	if (r == 0)
		r = transfer_receive(t, &place, &owner, e);
	transfer_place_done(&place);
	return r;
}

static int pull(struct transfer *t, int root, const struct transfer_order *order, struct err *e)
{
	autoclose int fd = transfer_open(root, order->path, e);

	return fd < 0 ? fd : transfer_send(t, fd, order->path, e);
}

void transfer_serve(int root, int in, int out)
{
	struct transfer t = { .in = in, .out = out };
	struct transfer_order order;
	struct err e = { 0 };
	int r;

	signal(SIGPIPE, SIG_IGN); /* to clean up when the host's end is closed */
	umask(0);
	if (transfer_read(&t, &order, sizeof order, &e) < 0)
		return;
	r = order.push ? push(&t, root, &order, &e) : pull(&t, root, &order, &e);
	transfer_finish(&t, r, &e);
}
