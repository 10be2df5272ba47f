/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a process has open, is, and has mapped: whether it is the container's own. */
#include "tests/hostile/prey.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "lib/base/util.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define MAX_OWN 256
#define MAX_FDS 64

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static struct {
	dev_t dev;
	ino_t ino; /* 0: the whole file system */
} own[MAX_OWN];
static size_t n_own;
static struct stat own_root;

static void add_own(dev_t dev, ino_t ino)
{
	if (n_own < MAX_OWN) {
		own[n_own].dev = dev;
		own[n_own++].ino = ino;
	}
}

/* Of a file that is mounted by itself, as a device of the host's /dev is, only that one is. */
void files_init(void)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096], root[2048], at[2048];
	unsigned maj, min;
	struct stat st;

	if (stat("/", &own_root) == 0)
		add_own(own_root.st_dev, 0);
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "%*d %*d %u:%u %2047s %2047s", &maj, &min, root, at) == 4) {
			bool alone = !str_eq(root, "/") && stat(at, &st) == 0 &&
				     !S_ISDIR(st.st_mode);

			add_own(alone ? st.st_dev : makedev(maj, min), alone ? st.st_ino : 0);
		}
	if (f)
		fclose(f);
}

static bool is_own_file(dev_t dev, ino_t ino)
{
	for (size_t i = 0; i < n_own; i++)
		if (own[i].dev == dev && (!own[i].ino || own[i].ino == ino))
			return true;
	return false;
}

bool is_own(const struct stat *st)
{
	return is_own_file(st->st_dev, st->st_ino);
}

bool is_sealed(int fd)
{
	int seals = fcntl(fd, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS;
}

/* ---- descriptors ---- */

static const char *link_of(int fd, char ret[256])
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	n = readlink(path, ret, 255);
	ret[n > 0 ? n : 0] = '\0';
	return ret;
}

static bool is_own_namespace(const struct stat *st)
{
	static const char *const kinds[] = { "user", "mnt", "pid", "net", "ipc", "uts", "cgroup" };
	char path[64];
	struct stat mine;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
		if (stat(path, &mine) == 0 && mine.st_dev == st->st_dev &&
		    mine.st_ino == st->st_ino)
			return true;
	}
	return false;
}

/* "Pid:" of what is not in this namespace is 0.  -1: it is no pidfd, or its process has ended. */
static long process_of(int fd)
{
	char name[64], text[1024], *line;

	snprintf(name, sizeof name, "fdinfo/%d", fd);
	read_of(getpid(), name, text, sizeof text);
	line = strstr(text, "\nPid:");
	return line ? strtol(line + 5, NULL, 10) : -1;
}

static bool is_own_socket(int fd)
{
	uint64_t network = 0;
	socklen_t size = sizeof network;

	return getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &network, &size) == 0 &&
	       network == self.network;
}

static bool is_terminal(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) >= 136 && major(st->st_rdev) < 144;
}

/*
 * It may be opened anew, with more rights than the descriptor has: /proc/PID/fd/N leads to it, and
 * no path does.
 */
static void judge_file(pid_t pid, int n, const struct stat *st, const char *link)
{
	enum finding kind = S_ISDIR(st->st_mode) ? F_FD_FOLDER : F_FD_FILE;
	char name[32];
	int fd;

	if (is_own(st))
		return;
	found(pid, is_terminal(st) ? F_FD_TERMINAL : kind, "%d: %s", n, link);
	if (!S_ISREG(st->st_mode))
		return;
	snprintf(name, sizeof name, "fd/%d", n);
	fd = open_of(pid, name, O_RDWR);
	if (fd < 0)
		return;
	found(pid, F_FD_REOPENED, "%d: %s", n, link);
	close(fd);
}

/* What a program of the container's may have made for itself is no finding then. */
static void judge_fd(pid_t pid, int n, int fd, bool own_program)
{
	char link[256];
	struct stat st;
	long process;

	if (fstat(fd, &st) < 0)
		return;
	link_of(fd, link);
	process = process_of(fd);
	if (S_ISSOCK(st.st_mode)) {
		if (!is_own_socket(fd))
			found(pid, F_FD_SOCKET, "%d: %s", n, link);
	} else if (ioctl(fd, NS_GET_NSTYPE) >= 0) {
		if (!is_own_namespace(&st))
			found(pid, F_FD_NAMESPACE, "%d: %s", n, link);
	} else if (process == 0) {
		found(pid, F_FD_PROCESS, "%d: %s", n, link);
	} else if (S_ISREG(st.st_mode) && st.st_dev == self.memory) {
		if (!own_program)
			found(pid, F_FD_MEMORY, "%d: %s", n, link);
	} else if (link[0] == '/') {
		judge_file(pid, n, &st, link);
	} else if (str_after(link, "pipe:")) {
		if (n > STDERR_FILENO && !own_program)
			found(pid, F_EXTRA_PIPE, " ");
	} else if (process < 0 && !own_program) {
		found(pid, F_FD_OTHER, "%d: %s", n, link);
	}
}

void judge_fds(pid_t pid, bool own_program)
{
	autoclose int process = (int)syscall(SYS_pidfd_open, pid, 0);

	for (int n = 0; n < MAX_FDS && process >= 0; n++) {
		autoclose int fd = (int)syscall(SYS_pidfd_getfd, process, n, 0);

		if (fd >= 0)
			judge_fd(pid, n, fd, own_program);
		else if (errno != EBADF)
			break;
	}
}

/* ---- program and memory ---- */

bool judge_exe(pid_t pid)
{
	autoclose int fd = open_of(pid, "exe", O_RDONLY), written = -1;
	char link[256];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || is_own(&st))
		return true;
	if (!is_sealed(fd))
		found(pid, F_EXE, "%s", link_of(fd, link));
	/* Later, that is: nobody can as long as it runs. */
	written = open_of(pid, "exe", O_WRONLY);
	if (written >= 0)
		found(pid, F_EXE_WRITTEN, "%s", link_of(fd, link));
	return false;
}

static void judge_mapped(pid_t pid, const char *range, const char *path)
{
	char name[80];
	int fd;

	found(pid, F_MAPPED, "%s", path);
	snprintf(name, sizeof name, "map_files/%s", range);
	fd = open_of(pid, name, O_RDWR);
	if (fd < 0)
		return;
	found(pid, F_MAPPED_WRITTEN, "%s", path);
	close(fd);
}

/* A mapping's line: RANGE MODE OFFSET MAJ:MIN INODE PATH */
static void judge_map(pid_t pid, const char *line, const struct stat *exe, bool own_program)
{
	char range[64], mode[8], path[256] = "";
	unsigned maj, min;
	unsigned long ino;
	dev_t dev;

	if (sscanf(line, "%63s %7s %*s %x:%x %lu %255[^\n]", range, mode, &maj, &min, &ino,
		   path) < 5 || !ino)
		return;
	dev = makedev(maj, min);
	if (dev == self.memory) {
		if (mode[3] == 's' && !own_program)
			found(pid, F_SHARED_MEMORY, "%s", line);
		else if (!own_program && ino != exe->st_ino)
			found(pid, F_MAPPED, "%s", path);
	} else if (!is_own_file(dev, ino)) {
		judge_mapped(pid, range, path);
	}
}

void judge_maps(pid_t pid, bool own_program)
{
	static __thread char text[65536];
	autoclose int fd = open_of(pid, "exe", O_PATH);
	struct stat exe = { 0 };
	char *save = NULL;

	if (fd >= 0)
		fstat(fd, &exe);
	read_of(pid, "maps", text, sizeof text);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		judge_map(pid, line, &exe, own_program);
}

void judge_folders(pid_t pid)
{
	autoclose int cwd = open_of(pid, "cwd", O_PATH), root = open_of(pid, "root", O_PATH);
	char link[256];
	struct stat st;

	if (cwd >= 0 && fstat(cwd, &st) == 0 && !is_own(&st))
		found(pid, F_CWD, "%s", link_of(cwd, link));
	if (root >= 0 && fstat(root, &st) == 0 &&
	    (st.st_dev != own_root.st_dev || st.st_ino != own_root.st_ino))
		found(pid, F_ROOT, "%s", link_of(root, link));
}
