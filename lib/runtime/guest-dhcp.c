/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds DHCP clients in a container by their command lines, which are hostile. */
#include "lib/runtime/guest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/run.h"
#include "lib/base/util.h"

#define MAX_CMDLINE 4096
#define GRACE 3000 /* ms; to release a lease, a client sends a packet */
#define MAX_CLIENTS 8
#define STOP_WAIT 30 /* seconds */

static const struct {
	const char *name;
	unsigned families; /* GUEST_IP4, GUEST_IP6; 0: depends on its options */
} clients[] = {
	{ "dhclient", 0 },
	{ "udhcpc", GUEST_IP4 },
	{ "udhcpc6", GUEST_IP6 },
	{ "dhcpcd", GUEST_IP4 | GUEST_IP6 },
	{ "dhcp6c", GUEST_IP6 },
	{ "odhcp6c", GUEST_IP6 },
};

/* Read argv of a process.  Some programs join it to one word (dhcpcd does, and adds a colon). */
static char **words_of(pid_t pid)
{
	autofree char *path = xasprintf("/proc/%d/cmdline", (int)pid);
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC);
	char text[MAX_CMDLINE + 1];
	ssize_t n = fd < 0 ? 0 : read(fd, text, MAX_CMDLINE);

	text[n > 0 ? n : 0] = '\0';
	for (ssize_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	return strv_split(text, " ");
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

unsigned guest_dhcp_families(char *const *words, const char *ifname)
{
	bool busybox = words[0] && str_eq(base_name(words[0]), "busybox");
	const char *name;

	words += busybox;
	if (!words[0] || !words[1] || !strv_has((char **)words + 1, ifname))
		return 0;
	name = base_name(words[0]);
	for (size_t i = 0; i < ARRAY_SIZE(clients); i++) {
		size_t len = strlen(clients[i].name);

		if (strncmp(name, clients[i].name, len) != 0 ||
		    (name[len] && !str_eq(name + len, ":")))
			continue;
		if (clients[i].families)
			return clients[i].families;
		return strv_has((char **)words, "-6") ? GUEST_IP6 : GUEST_IP4;
	}
	return 0;
}

static bool same_namespace(pid_t a, pid_t b, const char *kind)
{
	autofree char *x = xasprintf("/proc/%d/ns/%s", (int)a, kind);
	autofree char *y = xasprintf("/proc/%d/ns/%s", (int)b, kind);
	struct stat one, other;

	return stat(x, &one) == 0 && stat(y, &other) == 0 && one.st_ino == other.st_ino &&
	       one.st_dev == other.st_dev;
}

struct search {
	int init;
	const char *ifname;
	unsigned families, kept;
};

/*
 * Whether pid is a client of the container itself, not of the host in its network or of a container
 * within.
 */
static bool is_client(pid_t pid, pid_t init, const struct search *search)
{
	autostrv char **words = NULL;
	unsigned served;

	if (!same_namespace(pid, init, "net") || !same_namespace(pid, init, "pid"))
		return false;
	words = words_of(pid);
	served = guest_dhcp_families(words, search->ifname);
	return served & search->families && !(served & search->kept);
}

static void end_client(int pidfd)
{
	struct pollfd poll_fd = { .fd = pidfd, .events = POLLIN };

	if (syscall(SYS_pidfd_send_signal, pidfd, SIGTERM, NULL, 0) < 0)
		return;
	if (poll(&poll_fd, 1, GRACE) == 0 &&
	    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0) == 0)
		(void)poll(&poll_fd, 1, GRACE);
}

/* Runs in a child without the lock, since reading a command line accesses the process's memory. */
static int stop_clients(void *arg, int out_fd, struct err *e)
{
	const struct search *search = arg;
	pid_t init = guest_pid(search->init);
	struct dirent *entry;
	unsigned stopped = 0;
	DIR *dir;

	(void)out_fd;
	run_close_others(search->init, -1);
	dir = file_open_folder(AT_FDCWD, "/proc");
	if (!dir)
		return err_sys(e, "/proc", "open");
	while (init && stopped < MAX_CLIENTS && (entry = readdir(dir))) {
		autoclose int pidfd = -1;
		uint64_t pid;

		if (!parse_uint(entry->d_name, 1, INT32_MAX, &pid) || (pid_t)pid == init)
			continue;
		/* Open a pidfd first, so that all checks are about this process. */
		pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
		if (pidfd < 0 || !is_client((pid_t)pid, init, search) ||
		    !guest_pid(search->init))
			continue;
		end_client(pidfd);
		stopped++;
	}
	closedir(dir);
	return 0;
}

int guest_stop_dhcp_clients(int init, const char *ifname, unsigned families, unsigned kept,
			    struct err *e)
{
	struct search search = { init, ifname, families, kept };
	int r = run_confined_within(-1, STOP_WAIT, stop_clients, &search, NULL, 0, e);

	return r < 0 ? err_wrap(e, "the container's processes") : 0;
}
