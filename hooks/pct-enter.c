/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The only program that enters a running container.  lib/runtime/enter/enter.c runs it from a
 * sealed copy in memory, statically linked, with an empty environment and the descriptors of
 * lib/runtime/enter/enter-order.h.
 *
 * Container root may trace each process that it sees in its pid namespace, and in a privileged
 * container access all its memory and descriptors.  So this process joins the namespaces, becomes
 * container root, and drops capabilities, keys, label and system calls while its own pid is still
 * the host's.  Then it creates a process inside, with the rights of any process there, and with
 * nothing but its standard descriptors, the command and this program in memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "lib/runtime/enter/enter-order.h"
#include "lib/runtime/enter/enter-user.h"
#include "lib/runtime/transfer/transfer-serve.h"

#define TEXT_MAX (1024 * 1024) /* of passwd and of group */
#define VARIABLES 4            /* HOME, USER, LOGNAME, SHELL */
#define PTMX makedev(5, 2) /* Documentation/admin-guide/devices.txt */

static struct {
	const struct enter_order *order;
	const char *label_file, *label, *user, *cwd;
	char **argv, **env;
	int label_fd;
	pid_t parent;
} in = { .label_fd = -1 };

/* ---- the order ---- */

/* Take n strings from *at on, and add a NULL; false: there are fewer before end. */
static bool take_strings(char **at, const char *end, char **ret, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		size_t len = strnlen(*at, (size_t)(end - *at));

		if (*at + len == end)
			return false;
		ret[i] = *at;
		*at += len + 1;
	}
	ret[n] = NULL;
	return true;
}

static void *memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static int take_order(void)
{
	char *text[5], *at, *end;
	struct enter_order *order;
	struct stat st;
	size_t size;

	if (fstat(ENTER_ORDER_FD, &st) < 0)
		return -1;
	size = (size_t)st.st_size - ENTER_ORDER_AT;
	order = memory(size);
	/* Copy the order, so that the process inside shares no page with the host. */
	if (!order || pread(ENTER_ORDER_FD, order, size, ENTER_ORDER_AT) != (ssize_t)size)
		return -1;
	close(ENTER_ORDER_FD);
	in.order = order;
	in.argv = memory(((size_t)order->n_argv + order->n_env + 2 + VARIABLES) * sizeof *in.argv);
	at = (char *)(order->filter + order->n_filter);
	end = (char *)order + size;
	errno = EPROTO;
	if (!in.argv || at > end || !take_strings(&at, end, text, 4) ||
	    !take_strings(&at, end, in.argv, order->n_argv))
		return -1;
	in.env = in.argv + order->n_argv + 1;
	in.label_file = text[0];
	in.label = text[1];
	in.user = text[2];
	in.cwd = text[3];
	return take_strings(&at, end, in.env, order->n_env) ? 0 : -1;
}

/* ---- giving up the host ---- */

/*
 * Leave the caller's session keyring.  become_root() joins another one as container root.  If that
 * fails, since container root has used up its quota of keys, this one stays, without permissions.
 */
static int leave_keyring(void)
{
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0)
		return errno == ENOSYS ? 0 : -1;
	return (int)syscall(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, 0);
}

static int join_namespaces(void)
{
	/* Do this while /proc is the host's. */
	if (*in.label_file) {
		in.label_fd = open(in.label_file, O_WRONLY | O_CLOEXEC);
		if (in.label_fd < 0)
			return -1;
	}
	if (setns(ENTER_INIT_FD, (int)in.order->namespaces) < 0)
		return -1;
	return close(ENTER_INIT_FD);
}

static int become_root(void)
{
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return -1;
	/* A change of the user id resets both (prctl(2)). */
	if (prctl(PR_SET_DUMPABLE, 0) < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return -1;
	if (getppid() != in.parent) {
		errno = ESRCH;
		return -1;
	}
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	return 0;
}

static int send_descriptor(int fd)
{
	char byte = 0;
	struct iovec data = { &byte, 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS } };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof control };

	memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
	return sendmsg(ENTER_SOCKET_FD, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

/* The name may be any file: accept only the kernel's device. */
static int open_ptmx(void)
{
	int fd = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct statfs fs;
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == PTMX &&
	    fstatfs(fd, &fs) == 0 && fs.f_type == DEVPTS_SUPER_MAGIC)
		return fd;
	close(fd);
	errno = ENOTTY;
	return -1;
}

/* Open a terminal in the container's own devpts, so that it has a name there. */
static int open_terminal(void)
{
	int unlock = 0, ptmx, peer;

	if (!(in.order->flags & ENTER_TERMINAL))
		return 0;
	ptmx = open_ptmx();
	if (ptmx < 0 || ioctl(ptmx, TIOCSPTLCK, &unlock) < 0 ||
	    ioctl(ptmx, TIOCSWINSZ, &in.order->size) < 0)
		return -1;
	peer = ioctl(ptmx, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	if (peer < 0)
		return -1;
	for (int n = 0; n <= STDERR_FILENO; n++)
		if (dup2(peer, n) < 0)
			return -1;
	return send_descriptor(ptmx);
}

static int set_personality(void)
{
	return in.order->flags & ENTER_PERSONALITY ? personality(in.order->personality) : 0;
}

/* exec cannot regain a capability outside of the bounding set (capabilities(7)). */
static int bound_capabilities(void)
{
	for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(in.order->capabilities >> cap & 1) &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return -1;
	return 0;
}

static int keep_capabilities(uint64_t mask)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { 0 }, have[2];

	if (syscall(SYS_capget, &header, have) < 0)
		return -1;
	for (int i = 0; i < 2; i++)
		data[i].permitted = data[i].effective =
			have[i].permitted & (uint32_t)(mask >> 32 * i);
	return (int)syscall(SYS_capset, &header, data);
}

static int take_label(void)
{
	size_t len = strlen(in.label);

	if (in.label_fd >= 0 && write(in.label_fd, in.label, len) != (ssize_t)len)
		return -1;
	if (in.order->flags & ENTER_NO_NEW_PRIVS)
		return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return 0;
}

/* Call this before a filter can forbid it. */
static int close_descriptors(void)
{
	return close_range(STDERR_FILENO + 1, ~0U, 0);
}

/* A filter may forbid any system call, so do as little as possible afterwards. */
static int take_filter(void)
{
	const uint64_t admin = 1ULL << CAP_SYS_ADMIN, mask = in.order->capabilities;
	struct sock_fprog program = { (unsigned short)in.order->n_filter,
				      (struct sock_filter *)in.order->filter };

	if (keep_capabilities(mask | admin) < 0)
		return -1;
	if (program.len &&
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, in.order->filter_flags, &program) < 0)
		return -1;
	return (mask & admin) ? 0 : keep_capabilities(mask);
}

/* ---- the process inside ---- */

/* A filter may forbid any system call. */
static void __attribute__((noreturn)) give_up(const char *what, const char *name)
{
	dprintf(STDERR_FILENO, "pct: %s%scannot %s in the container: %s\n", name,
		*name ? ": " : "", what, strerror(errno));
	_exit(126);
}

/* Read a file of the container, at most TEXT_MAX - 1 bytes; -1: it is missing, or larger. */
static int read_text(const char *path, char text[TEXT_MAX])
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && len < TEXT_MAX && (n = read(fd, text + len, TEXT_MAX - len)) > 0)
		len += (size_t)n;
	text[len < TEXT_MAX ? len : TEXT_MAX - 1] = '\0';
	if (fd >= 0)
		close(fd);
	if (len == TEXT_MAX)
		errno = EFBIG;
	return len == TEXT_MAX || n < 0 ? -1 : 0;
}

/* Without --user, a command runs as root even if no file says who this is. */
static void find_user(struct enter_user *ret)
{
	static const char passwd[] = "/etc/passwd";
	static char text[TEXT_MAX];
	const char *who = *in.user ? in.user : "root";
	int r = read_text(passwd, text);

	if (enter_user_find(text, who, ret))
		return;
	if (!*in.user)
		*ret = (struct enter_user){ 0, 0, who, "/root", "/bin/sh" };
	else if (r < 0 && errno != ENOENT)
		give_up("read it", passwd);
	else if (!enter_user_number(who, ret)) {
		dprintf(STDERR_FILENO, "pct: %s: there is no such user in the container's %s\n",
			who, passwd);
		_exit(126);
	}
}

/*
 * The descriptors are pipes of pct, or a terminal of the container; the user may open them.  Not so
 * the user's group, which may write to what a terminal's group owns.
 */
static void become_user(const struct enter_user *user)
{
	static char text[TEXT_MAX];
	static gid_t groups[NGROUPS_MAX];
	size_t n;

	if (read_text("/etc/group", text) < 0 && errno != ENOENT)
		give_up("read it", "/etc/group");
	n = enter_user_groups(text, user, groups, NGROUPS_MAX);
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		(void)!fchown(fd, user->uid, (gid_t)-1);
	if (n > NGROUPS_MAX)
		errno = E2BIG;
	if (n > NGROUPS_MAX || syscall(SYS_setgroups, n, groups) < 0 ||
	    syscall(SYS_setresgid, user->gid, user->gid, user->gid) < 0 ||
	    syscall(SYS_setresuid, user->uid, user->uid, user->uid) < 0)
		give_up("become this user", in.user);
}

static bool is_variable(const char *variable, const char *name, size_t len)
{
	return strncmp(variable, name, len) == 0 && variable[len] == '=';
}

/* Set a variable, unless the caller of pct has. */
static void set_variable(const char *name, const char *value)
{
	static char text[VARIABLES][PATH_MAX];
	static size_t n_text;
	char *variable = text[n_text++];
	size_t len = strlen(name);
	uint32_t i = 0;

	while (in.env[i] && !is_variable(in.env[i], name, len))
		i++;
	if (in.env[i] && i < in.order->n_fixed)
		return;
	if (snprintf(variable, PATH_MAX, "%s=%s", name, value) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		give_up("set it", name);
	}
	in.env[i] = variable;
}

static void set_variables(const struct enter_user *user)
{
	set_variable("HOME", user->home);
	set_variable("USER", user->name);
	set_variable("LOGNAME", user->name);
	set_variable("SHELL", user->shell);
}

static int run_shell(const char *shell)
{
	char name[256];

	snprintf(name, sizeof name, "-%s", strrchr(shell, '/') + 1);
	execl(shell, name, (char *)NULL);
	/* Another user's shell may be there to keep the user out. */
	if (!*in.user)
		execl("/bin/sh", "-sh", (char *)NULL);
	dprintf(STDERR_FILENO, "pct: %s: cannot run it in the container: %s\n", shell,
		strerror(errno));
	return 127;
}

static int run_command(void)
{
	int status;

	execvp(in.argv[0], in.argv);
	status = errno == ENOENT ? 127 : 126;
	dprintf(STDERR_FILENO, "pct: %s: cannot run it in the container: %s\n", in.argv[0],
		strerror(errno));
	return status;
}

/* True if pct, which waits for this process and reads its output, has ended. */
static bool is_orphan(void)
{
	struct pollfd out = { .fd = STDOUT_FILENO };

	return poll(&out, 1, 0) > 0 && out.revents & POLLERR;
}

static void enter_folder(const char *home)
{
	if (*in.cwd && chdir(in.cwd) < 0)
		give_up("change to it", in.cwd);
	if (!*in.cwd && chdir(home) < 0 && chdir("/") < 0)
		give_up("change to it", "/");
}

/* Ends by itself when pct has closed the pipes, so that it can remove an incomplete file. */
static void __attribute__((noreturn)) transfer(void)
{
	int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		give_up("open its root", "");
	transfer_serve(root, STDIN_FILENO, STDOUT_FILENO);
	_exit(0);
}

static void __attribute__((noreturn)) run_inside(void)
{
	struct enter_user user = { .home = "/root" };

	/* A new session, so that it can have a controlling terminal. */
	if (setsid() < 0)
		give_up("make a session", "");
	if (in.order->flags & ENTER_TRANSFER)
		transfer();
	if (in.order->flags & ENTER_TERMINAL)
		ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	if (*in.user || !in.order->n_argv)
		find_user(&user);
	if (*in.user) {
		become_user(&user);
		set_variables(&user);
	}
	/* A change of the user id resets it. */
	if (in.order->flags & ENTER_DIES && prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		give_up("tie its life to pct", "");
	if (in.order->flags & ENTER_DIES && is_orphan())
		_exit(126);
	enter_folder(*in.user ? user.home : "/root");
	environ = in.env; /* execvpe() searches this PATH */
	_exit(in.order->n_argv ? run_command() : run_shell(user.shell));
}

/*
 * Create a child of this program's parent, which waits for it.  glibc's fork() does not support
 * CLONE_PARENT.
 */
static pid_t make_child(void)
{
#ifdef __s390x__
	return (pid_t)syscall(SYS_clone, NULL, CLONE_PARENT, NULL, NULL, NULL);
#else
	return (pid_t)syscall(SYS_clone, CLONE_PARENT, NULL, NULL, NULL, NULL);
#endif
}

static const struct {
	enum enter_step step;
	int (*take)(void); /* returns -1 and sets errno on failure */
} steps[] = {
	{ ENTER_STEP_ORDER, take_order },
	{ ENTER_STEP_KEYRING, leave_keyring },
	{ ENTER_STEP_NAMESPACES, join_namespaces },
	{ ENTER_STEP_IDS, become_root },
	{ ENTER_STEP_TERMINAL, open_terminal },
	{ ENTER_STEP_PERSONALITY, set_personality },
	{ ENTER_STEP_CAPABILITIES, bound_capabilities },
	{ ENTER_STEP_LSM, take_label },
	{ ENTER_STEP_CLOSE, close_descriptors },
	{ ENTER_STEP_FILTER, take_filter },
};

int main(void)
{
	struct enter_answer *answer;
	pid_t pid;

	in.parent = getppid();
	prctl(PR_SET_NAME, "pct-enter"); /* the kernel has named it after the descriptor */
	if (prctl(PR_SET_DUMPABLE, 0) < 0)
		return 1;
	answer = mmap(NULL, ENTER_ORDER_AT, PROT_READ | PROT_WRITE, MAP_SHARED, ENTER_ORDER_FD, 0);
	/* The last connection to the host; the process inside does not inherit it. */
	if (answer == MAP_FAILED || madvise(answer, ENTER_ORDER_AT, MADV_DONTFORK) < 0)
		return 1;
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (steps[i].take() < 0) {
			answer->error = errno;
			answer->step = (int32_t)steps[i].step;
			return 1;
		}
	pid = make_child();
	if (pid == 0)
		run_inside();
	answer->error = errno;
	answer->step = ENTER_STEP_CLONE;
	answer->pid = pid > 0 ? pid : 0;
	_exit(pid > 0 ? 0 : 1);
}
