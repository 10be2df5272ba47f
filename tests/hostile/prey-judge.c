/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who a process is, by what /proc tells; what it has is in prey-files.c. */
#include "tests/hostile/prey.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/base/util.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

#define MAX_TEXT 8192
#define MAX_MEMORY (256 * 1024) /* of a mapping, at its end */

static const char *const namespaces[] = {
	"ns/user", "ns/mnt", "ns/pid", "ns/net", "ns/ipc", "ns/uts", "ns/cgroup",
};

struct self self;
static char own_namespace[ARRAY_SIZE(namespaces)][64];

int open_of(pid_t pid, const char *name, int flags)
{
	char path[96];

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
	return open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

size_t read_of(pid_t pid, const char *name, char *to, size_t size)
{
	autoclose int fd = open_of(pid, name, O_RDONLY);
	size_t len = 0;
	ssize_t n;

	while (fd >= 0 && len < size - 1 && (n = read(fd, to + len, size - 1 - len)) > 0)
		len += (size_t)n;
	to[len] = '\0';
	return len;
}

/* A field of the file "status"; "" when it has none. */
static const char *field(const char *status, const char *name)
{
	char line[64];
	const char *at;

	snprintf(line, sizeof line, "\n%s:", name);
	at = strstr(status, line);
	return at ? at + strlen(line) : "";
}

static uint64_t all_caps(const char *status)
{
	static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
	uint64_t all = 0;

	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		all |= strtoull(field(status, sets[i]), NULL, 16);
	return all;
}

static long number(const char *status, const char *name)
{
	return strtol(field(status, name), NULL, 10);
}

static void read_namespace(pid_t pid, size_t i, char ret[64])
{
	char path[96];
	ssize_t n;

	snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, namespaces[i]);
	n = readlink(path, ret, 63);
	ret[n > 0 ? n : 0] = '\0';
}

/* The hunter came in by what is tested: where the container's init has less, that counts. */
void self_look(const char *secret)
{
	char own[MAX_TEXT], init[MAX_TEXT], map[256];
	int memory = memfd_create("own", MFD_CLOEXEC);
	int sock = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof self.network;
	unsigned from = 1, to = 1, count = 0;
	struct stat st;

	read_of(getpid(), "status", own, sizeof own);
	read_of(1, "status", init, sizeof init);
	read_of(getpid(), "uid_map", map, sizeof map);
	self.mapped = sscanf(map, "%u %u %u", &from, &to, &count) == 3 && count != 4294967295U;
	self.secret = secret;
	self.caps = strtoull(field(own, "CapBnd"), NULL, 16) &
		    strtoull(field(init, "CapBnd"), NULL, 16);
	self.seccomp = number(init, "Seccomp");
	self.filters = number(init, "Seccomp_filters");
	self.no_new_privs = number(init, "NoNewPrivs");
	read_of(1, "attr/current", self.label, sizeof self.label);
	self.memory = fstat(memory, &st) == 0 ? st.st_dev : 0;
	getsockopt(sock, SOL_SOCKET, SO_NETNS_COOKIE, &self.network, &size);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		read_namespace(getpid(), i, own_namespace[i]);
	close(memory);
	close(sock);
	files_init();
}

/* The kernel shows an id that is not mapped here as 65534, and nobody is told to enter as that. */
static bool has_host_id(const char *line)
{
	const char *end = strchr(line, '\n');
	char *at = (char *)line;

	while (end && at < end) {
		char *from = at;
		long id = strtol(from, &at, 10);

		if (at == from)
			break;
		if (id == 65534)
			return true;
	}
	return false;
}

static bool has_entered(pid_t pid, const char *status)
{
	long parent = number(status, "PPid");

	if (parent && !(parent < MAX_PIDS && was_found((pid_t)parent, F_ENTERED)))
		return was_found(pid, F_ENTERED);
	found(pid, F_ENTERED, " ");
	return true;
}

static int width(const char *line)
{
	return (int)strcspn(line, "\n");
}

static bool judge_status(pid_t pid, const char *status)
{
	static const char *const ids[] = { "Uid", "Gid", "Groups" };
	uint64_t more = all_caps(status) & ~self.caps;
	bool harm = false;

	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		const char *line = field(status, ids[i]);

		if (!self.mapped || !has_host_id(line))
			continue;
		found(pid, F_HOST_ID, "%s:%.*s", ids[i], width(line), line);
		harm = true;
	}
	if (more) {
		found(pid, F_CAPABILITIES, "has %llx more", (unsigned long long)more);
		harm = true;
	}
	if (number(status, "Seccomp") < self.seccomp ||
	    number(status, "Seccomp_filters") < self.filters) {
		found(pid, F_NO_SECCOMP, "Seccomp: %ld, the container's is %ld",
		      number(status, "Seccomp"), self.seccomp);
		harm = true;
	}
	if (number(status, "NoNewPrivs") < self.no_new_privs) {
		found(pid, F_NO_NEW_PRIVS, "NoNewPrivs: 0");
		harm = true;
	}
	return harm;
}

static bool judge_label(pid_t pid)
{
	char label[256];

	if (!read_of(pid, "attr/current", label, sizeof label) || str_eq(label, self.label))
		return false;
	found(pid, F_LABEL, "%.*s", width(label), label);
	return true;
}

/*
 * What is outside the cgroup namespace begins with "/..".  The kernel numbers a new process a
 * moment before it puts it into its parent's group (copy_process(), cgroup_post_fork()): it does
 * not run yet.
 */
static bool judge_cgroup(pid_t pid)
{
	char text[MAX_TEXT], *outside = text;

	for (int looks = 0; outside && looks < 1000; looks++) {
		read_of(pid, "cgroup", text, sizeof text);
		outside = strstr(text, ":/..");
	}
	if (!outside)
		return false;
	found(pid, F_CGROUP, "%.*s", width(outside), outside);
	return true;
}

static bool judge_namespaces(pid_t pid)
{
	bool harm = false;

	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		char name[64];

		read_namespace(pid, i, name);
		if (!*name || str_eq(name, own_namespace[i]))
			continue;
		found(pid, F_NAMESPACE, "%s, not %s", name, own_namespace[i]);
		harm = true;
	}
	return harm;
}

/* With the session comes what /dev/tty is, with the group whom a signal to it reaches. */
static bool judge_session(pid_t pid)
{
	int group, session, terminal;
	char text[1024], *name_end;

	read_of(pid, "stat", text, sizeof text);
	name_end = strrchr(text, ')');
	if (!name_end ||
	    sscanf(name_end, ") %*c %*d %d %d %d", &group, &session, &terminal) != 3)
		return false;
	if (!group)
		found(pid, F_GROUP, " ");
	if (session || !terminal)
		return false;
	found(pid, F_TERMINAL, "session %d, terminal %x", session, (unsigned)terminal);
	return true;
}

/* The end of a mapping: of the stack that is where environment and arguments are. */
static bool mapping_has_secret(pid_t pid, unsigned long long from, unsigned long long to)
{
	static __thread char data[MAX_MEMORY];
	size_t len = to - from < sizeof data ? (size_t)(to - from) : sizeof data;
	struct iovec local = { data, len };
	struct iovec remote = { (void *)(uintptr_t)(to - len), len };
	ssize_t n = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	return n > 0 && memmem(data, (size_t)n, self.secret, strlen(self.secret));
}

static void judge_memory(pid_t pid)
{
	static __thread char text[65536];
	char *save = NULL;

	if (read_of(pid, "environ", text, sizeof text) &&
	    memmem(text, sizeof text, self.secret, strlen(self.secret)))
		found(pid, F_SECRET_ENVIRON, "%s", self.secret);
	memset(text, 0, sizeof text);
	read_of(pid, "maps", text, sizeof text);
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		unsigned long long from, to;

		if (sscanf(line, "%llx-%llx rw", &from, &to) == 2 && strstr(line, " rw") &&
		    mapping_has_secret(pid, from, to))
			found(pid, F_SECRET_MEMORY, "%s", line);
	}
}

void judge(pid_t pid, bool held)
{
	char status[MAX_TEXT];
	bool entered, own_program, harm;

	if (!read_of(pid, "status", status, sizeof status))
		return;
	entered = has_entered(pid, status);
	harm = judge_status(pid, status);
	if (!entered)
		return;
	harm |= judge_label(pid);
	harm |= judge_cgroup(pid);
	harm |= judge_namespaces(pid);
	harm |= judge_session(pid);
	if (harm && held)
		found(pid, F_HELD, "Uid:%.*s", width(field(status, "Uid")), field(status, "Uid"));
	own_program = judge_exe(pid);
	if (!own_program)
		found(pid, F_EARLY, " ");
	judge_fds(pid, own_program);
	judge_maps(pid, own_program);
	judge_folders(pid);
	judge_memory(pid);
	/* Not of one that has ended meanwhile. */
	if (read_of(pid, "status", status, sizeof status) && *field(status, "VmSize"))
		found(pid, F_JUDGED, " ");
}
