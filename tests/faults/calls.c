/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/faults/calls.h"

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "lib/base/util.h"

#define MAKE (CAN_NOSPC | CAN_IO | CAN_NOMEM | CAN_ROFS) /* a new name in a folder */
#define REMOVE (CAN_IO | CAN_NOMEM | CAN_ROFS)
#define OPEN (MAKE | CAN_INTR | CAN_MFILE)
#define WRITE (CAN_NOSPC | CAN_IO | CAN_INTR)
#define SYNC (CAN_NOSPC | CAN_IO)
#define FSFD (CAN_NOMEM | CAN_MFILE)

static const struct call calls[] = {
	{ SYS_openat, "openat", 0, 1, NONE, OPEN },
	{ SYS_openat2, "openat2", 0, 1, NONE, OPEN },
	{ SYS_write, "write", NONE, NONE, 0, WRITE },
	{ SYS_pwrite64, "pwrite64", NONE, NONE, 0, WRITE },
	{ SYS_writev, "writev", NONE, NONE, 0, WRITE },
	{ SYS_pwritev, "pwritev", NONE, NONE, 0, WRITE },
	{ SYS_copy_file_range, "copy_file_range", NONE, NONE, 2, WRITE },
	{ SYS_sendfile, "sendfile", NONE, NONE, 0, WRITE },
	{ SYS_renameat2, "renameat2", 2, 3, NONE, MAKE },
	{ SYS_unlinkat, "unlinkat", 0, 1, NONE, REMOVE },
	{ SYS_mkdirat, "mkdirat", 0, 1, NONE, MAKE },
	{ SYS_mknodat, "mknodat", 0, 1, NONE, MAKE },
	{ SYS_symlinkat, "symlinkat", 1, 2, NONE, MAKE },
	{ SYS_linkat, "linkat", 2, 3, NONE, MAKE },
	{ SYS_fchmod, "fchmod", NONE, NONE, 0, REMOVE },
	{ SYS_fchmodat, "fchmodat", 0, 1, NONE, REMOVE },
	{ SYS_fchown, "fchown", NONE, NONE, 0, REMOVE },
	{ SYS_fchownat, "fchownat", 0, 1, NONE, REMOVE },
	{ SYS_setxattr, "setxattr", AT_CWD, 0, NONE, MAKE },
	{ SYS_lsetxattr, "lsetxattr", AT_CWD, 0, NONE, MAKE },
	{ SYS_fsetxattr, "fsetxattr", NONE, NONE, 0, MAKE },
	{ SYS_truncate, "truncate", AT_CWD, 0, NONE, REMOVE | CAN_INTR },
	{ SYS_ftruncate, "ftruncate", NONE, NONE, 0, CAN_IO | CAN_INTR | CAN_NOSPC },
	{ SYS_fallocate, "fallocate", NONE, NONE, 0, WRITE },
	{ SYS_fsync, "fsync", NONE, NONE, 0, SYNC | CAN_ROFS },
	{ SYS_fdatasync, "fdatasync", NONE, NONE, 0, SYNC | CAN_ROFS },
	{ SYS_syncfs, "syncfs", NONE, NONE, 0, SYNC },
	{ SYS_flock, "flock", NONE, NONE, 0, CAN_INTR },
	{ SYS_mount, "mount", AT_CWD, 1, NONE, CAN_NOMEM | CAN_NOSPC },
	{ SYS_umount2, "umount2", AT_CWD, 0, NONE, CAN_NOMEM },
	{ SYS_move_mount, "move_mount", NONE, NONE, 0, CAN_NOMEM | CAN_NOSPC },
	{ SYS_fsopen, "fsopen", NONE, NONE, NONE, FSFD },
	{ SYS_fsconfig, "fsconfig", NONE, NONE, 0, CAN_IO | CAN_NOMEM | CAN_ROFS },
	{ SYS_fsmount, "fsmount", NONE, NONE, 0, FSFD | CAN_NOSPC },
	{ SYS_open_tree, "open_tree", 0, 1, NONE, FSFD | CAN_NOSPC },
	{ SYS_mount_setattr, "mount_setattr", NONE, NONE, 0, CAN_NOMEM | CAN_ROFS },
	{ SYS_pivot_root, "pivot_root", NONE, NONE, NONE, CAN_NOMEM },
	{ SYS_ioctl, "ioctl", NONE, NONE, 0, CAN_NOSPC | CAN_NOMEM | CAN_INTR },
	{ SYS_sendto, "sendto", NONE, NONE, 0, CAN_NOMEM },
	{ SYS_sendmsg, "sendmsg", NONE, NONE, 0, CAN_NOMEM },
	{ SYS_clone, "clone", NONE, NONE, NONE, CAN_NOMEM },
	{ SYS_clone3, "clone3", NONE, NONE, NONE, CAN_NOMEM },
	{ SYS_execve, "execve", AT_CWD, 0, NONE, CAN_IO | CAN_NOMEM | CAN_MFILE },
	{ SYS_setns, "setns", NONE, NONE, 0, CAN_NOMEM },
	{ SYS_unshare, "unshare", NONE, NONE, NONE, CAN_NOMEM | CAN_NOSPC },
#ifdef SYS_renameat /* the younger a machine, the fewer it has */
	{ SYS_renameat, "renameat", 2, 3, NONE, MAKE },
#endif
#ifdef SYS_open
	{ SYS_open, "open", AT_CWD, 0, NONE, OPEN },
	{ SYS_creat, "creat", AT_CWD, 0, NONE, OPEN },
	{ SYS_rename, "rename", AT_CWD, 1, NONE, MAKE },
	{ SYS_unlink, "unlink", AT_CWD, 0, NONE, REMOVE },
	{ SYS_rmdir, "rmdir", AT_CWD, 0, NONE, REMOVE },
	{ SYS_mkdir, "mkdir", AT_CWD, 0, NONE, MAKE },
	{ SYS_mknod, "mknod", AT_CWD, 0, NONE, MAKE },
	{ SYS_symlink, "symlink", AT_CWD, 1, NONE, MAKE },
	{ SYS_link, "link", AT_CWD, 1, NONE, MAKE },
	{ SYS_chmod, "chmod", AT_CWD, 0, NONE, REMOVE },
	{ SYS_chown, "chown", AT_CWD, 0, NONE, REMOVE },
	{ SYS_lchown, "lchown", AT_CWD, 0, NONE, REMOVE },
	{ SYS_fork, "fork", NONE, NONE, NONE, CAN_NOMEM },
	{ SYS_vfork, "vfork", NONE, NONE, NONE, CAN_NOMEM },
#endif
};

static const struct {
	int bit, number;
	const char *name;
} errors[] = {
	{ CAN_NOSPC, ENOSPC, "ENOSPC" }, { CAN_IO, EIO, "EIO" },
	{ CAN_NOMEM, ENOMEM, "ENOMEM" }, { CAN_ROFS, EROFS, "EROFS" },
	{ CAN_INTR, EINTR, "EINTR" },	 { CAN_MFILE, EMFILE, "EMFILE" },
};

const struct call *call_find(long nr)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].nr == nr)
			return &calls[i];
	return NULL;
}

void call_errors(const struct call *call, char *to)
{
	const char *comma = "";

	*to = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (call->errors & errors[i].bit) {
			to += snprintf(to, 9, "%s%s", comma, errors[i].name);
			comma = ",";
		}
}

int call_errno(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (str_eq(errors[i].name, name))
			return errors[i].number;
	return 0;
}
