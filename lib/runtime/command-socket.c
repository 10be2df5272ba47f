/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/command-socket.h"

#include <errno.h>
#include <linux/net.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/paths.h"
#include "lib/base/util.h"

static int find(const char *text, struct ucred *ret)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	socklen_t size = sizeof *ret;
	size_t n = strlen(text);

	*ret = (struct ucred){ .uid = (uid_t)-1 };
	if (n >= sizeof name.sun_path - 1)
		return -ECONNREFUSED;
	memcpy(name.sun_path + 1, text, n);
	if (fd < 0 ||
	    connect(fd, (struct sockaddr *)&name,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ret, &size) < 0)
		return -errno;
	return 0;
}

int listener_find(unsigned ctid, struct ucred *ret)
{
	autofree char *name = xasprintf("%s/%u/command", path_lib(), ctid);

	return find(name, ret);
}

/*
 * Whether a line of /proc/net/unix is a listening socket (proc(5)): "ffff: 00000002 00000000
 * 00010000 0001 01 12345 @LIB/105/command".
 */
static bool listens(const char *line)
{
	unsigned flags;

	return sscanf(line, "%*s %*x %*x %x", &flags) == 1 && (flags & __SO_ACCEPTCON);
}

/* Call fn with each name, without the "@", until it returns false. */
static void each_name(bool (*fn)(char *name, void *arg), void *arg)
{
	FILE *sockets = fopen("/proc/net/unix", "re");
	char *line = NULL;
	size_t size = 0;
	bool more = true;

	while (sockets && more && getline(&line, &size, sockets) > 0) {
		char *name = strchr(line, '@');

		if (!name || !listens(line))
			continue;
		name[strcspn(name, "\n")] = '\0';
		more = fn(name + 1, arg);
	}
	if (sockets)
		fclose(sockets);
	free(line);
}

struct each {
	void (*fn)(unsigned ctid, void *arg);
	void *arg;
};

static bool take_ours(char *name, void *arg)
{
	const struct each *each = arg;
	autofree char *prefix = xasprintf("%s/", path_lib());
	char *id = (char *)str_after(name, prefix), *slash = id ? strchr(id, '/') : NULL;
	unsigned ctid;

	if (!slash || !str_eq(slash, "/command"))
		return true;
	*slash = '\0';
	if (parse_ctid(id, &ctid))
		each->fn(ctid, each->arg);
	return true;
}

void listener_each(void (*fn)(unsigned ctid, void *arg), void *arg)
{
	struct each each = { fn, arg };

	each_name(take_ours, &each);
}

struct elsewhere {
	char *end, *ours;
	bool found;
};

static bool take_other(char *name, void *arg)
{
	struct elsewhere *look = arg;
	struct ucred listener;

	look->found = str_ends_with(name, look->end) && !str_eq(name, look->ours) &&
		      find(name, &listener) == 0 && listener.uid == 0;
	return !look->found;
}

bool listener_is_elsewhere(unsigned ctid)
{
	autofree char *end = xasprintf("/%u/command", ctid);
	autofree char *ours = xasprintf("%s%s", path_lib(), end);
	struct elsewhere look = { end, ours, false };

	each_name(take_other, &look);
	return look.found;
}
