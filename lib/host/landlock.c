/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

/* File system rights by ABI; older headers lack the names of later ones. */
#define RIGHTS_ABI_2 ((UINT64_C(1) << 14) - 1) /* EXECUTE to REFER */
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)     /* ABI 3 */
#define RIGHT_IOCTL_DEV (UINT64_C(1) << 15)    /* ABI 5 */
#define SCOPE_SOCKETS_AND_SIGNALS 3             /* ABI 6: abstract sockets, processes outside */
#define RIGHTS_READ \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

static int add_rule(int ruleset, int dir, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = dir };

	return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* AddressSanitizer reads /proc when the process ends, to find leaks. */
static void allow_sanitizer(int ruleset)
{
#ifdef __SANITIZE_ADDRESS__
	autoclose int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (proc >= 0)
		add_rule(ruleset, proc, RIGHTS_READ);
#else
	(void)ruleset;
#endif
}

/* Like the kernel's struct, of which older headers have fewer members. */
struct ruleset_attr {
	uint64_t fs, net, scoped;
};

/*
 * Returns 1: *ret is a ruleset that handles all file system rights; 0: the kernel lacks Landlock.
 */
static int make_ruleset(uint64_t scoped, int *ret, uint64_t *ret_rights, struct err *e)
{
	struct ruleset_attr attr = { .fs = RIGHTS_ABI_2 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int fd;

	if (abi < 2)
		return 0;
	if (abi >= 3)
		attr.fs |= RIGHT_TRUNCATE;
	if (abi >= 5)
		attr.fs |= RIGHT_IOCTL_DEV;
	if (abi >= 6)
		attr.scoped = scoped;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (fd < 0)
		return err_sys(e, NULL, "make a Landlock ruleset");
	*ret = fd;
	*ret_rights = attr.fs;
	return 1;
}

static int restrict_to(int ruleset, struct err *e)
{
	allow_sanitizer(ruleset);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, NULL, "give up new privileges");
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return err_sys(e, NULL, "confine this process with Landlock");
	return 1;
}

int landlock_confine(const int *dirs, size_t n, struct err *e)
{
	autoclose int ruleset = -1;
	uint64_t rights;
	int r = make_ruleset(0, &ruleset, &rights, e);

	if (r <= 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (add_rule(ruleset, dirs[i], rights) < 0)
			return err_sys(e, NULL, "add a Landlock rule");
	return restrict_to(ruleset, e);
}

/* A missing path needs no rule. */
static int allow_path(int ruleset, const char *path, uint64_t rights, struct err *e)
{
	autoclose int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		rights |= LANDLOCK_ACCESS_FS_READ_DIR;
	return add_rule(ruleset, fd, rights) < 0 ? err_sys(e, path, "add a Landlock rule") : 0;
}

int landlock_run_only(const char *const *programs, struct err *e)
{
	static const char *const libraries[] = { "/lib", "/lib64", "/usr/lib", "/usr/lib64",
						 "/usr/local/lib", "/etc/ld.so.cache" };
	autoclose int ruleset = -1;
	uint64_t all, run = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
	int r = make_ruleset(SCOPE_SOCKETS_AND_SIGNALS, &ruleset, &all, e);

	if (r <= 0)
		return r;
	r = allow_path(ruleset, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE |
					     LANDLOCK_ACCESS_FS_WRITE_FILE, e);
	for (size_t i = 0; i < ARRAY_SIZE(libraries) && r == 0; i++)
		r = allow_path(ruleset, libraries[i], run, e);
	for (; *programs && r == 0; programs++)
		r = allow_path(ruleset, *programs, run, e);
	return r < 0 ? r : restrict_to(ruleset, e);
}
