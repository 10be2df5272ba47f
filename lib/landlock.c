/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/err.h"
#include "lib/util.h"

/* Rights of the file system by ABI; headers older than the kernel do not name the later ones. */
#define RIGHTS_ABI_2 ((UINT64_C(1) << 14) - 1) /* EXECUTE to REFER */
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)     /* ABI 3 */
#define RIGHT_IOCTL_DEV (UINT64_C(1) << 15)    /* ABI 5 */
#define RIGHTS_READ \
	(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)

static int add_rule(int ruleset, int dir, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = dir };

	return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* AddressSanitizer looks for leaks through /proc when the process ends. */
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

int landlock_confine(const int *dirs, size_t n, struct err *e)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = RIGHTS_ABI_2 };
	autoclose int ruleset = -1;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 2)
		return 0;
	if (abi >= 3)
		attr.handled_access_fs |= RIGHT_TRUNCATE;
	if (abi >= 5)
		attr.handled_access_fs |= RIGHT_IOCTL_DEV;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
	if (ruleset < 0)
		return err_sys(e, NULL, "make a Landlock ruleset");
	for (size_t i = 0; i < n; i++)
		if (add_rule(ruleset, dirs[i], attr.handled_access_fs) < 0)
			return err_sys(e, NULL, "add a Landlock rule");
	allow_sanitizer(ruleset);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(e, NULL, "give up new privileges");
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		return err_sys(e, NULL, "confine this process with Landlock");
	return 1;
}
