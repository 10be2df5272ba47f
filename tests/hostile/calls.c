/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 *	calls NAME...
 *
 * Runs in a container: makes each of these system calls, which the features of a container allow or
 * deny, and prints a line "NAME RESULT", where RESULT is "yes" or the name of the error.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define FOLDER "/tmp/calls"
#define BTRFS_IOC_SNAP_CREATE 0x50009401UL /* _IOW(0x94, 1, struct btrfs_ioctl_vol_args) */

static int call_keyctl(void)
{
	return (int)syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, -3 /* of the session */, 0);
}

static int call_btrfs(void)
{
	char arguments[4096] = "";

	return ioctl(STDIN_FILENO, BTRFS_IOC_SNAP_CREATE, arguments);
}

static int make_node(mode_t mode, dev_t device)
{
	unlink(FOLDER "/node");
	return mknod(FOLDER "/node", mode | 0600, device);
}

static int call_mknod_null(void)
{
	return make_node(S_IFCHR, makedev(1, 3));
}

static int call_mknodat_disk(void)
{
	unlink(FOLDER "/node");
	return (int)syscall(SYS_mknodat, AT_FDCWD, FOLDER "/node", S_IFBLK | 0600, makedev(8, 0));
}

static int call_mknod_fifo(void)
{
	return make_node(S_IFIFO, 0);
}

static int call_fuse_open(void)
{
	return open("/dev/fuse", O_RDWR | O_CLOEXEC);
}

static int call_fuse(void)
{
	char options[128];
	int fd = call_fuse_open();

	if (fd < 0)
		return -1;
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fd);
	return mount("calls", FOLDER, "fuse", MS_NOSUID | MS_NODEV, options);
}

static int call_tmpfs(void)
{
	return mount("none", FOLDER, "tmpfs", 0, NULL);
}

/* An error of the arguments, not of rights: the kernel has looked at them. */
static int call_ext4(void)
{
	int r = mount("/dev/null", FOLDER, "ext4", 0, NULL);

	return r < 0 && (errno == ENOTBLK || errno == EINVAL) ? 0 : r;
}

static const struct {
	const char *name;
	int (*call)(void);
} calls[] = {
	{ "keyctl", call_keyctl },	   { "btrfs", call_btrfs },
	{ "mknod-null", call_mknod_null }, { "mknodat-disk", call_mknodat_disk },
	{ "mknod-fifo", call_mknod_fifo }, { "fuse", call_fuse },
	{ "tmpfs", call_tmpfs },	   { "ext4", call_ext4 },
};

int main(int argc, char *argv[])
{
	mkdir(FOLDER, 0700);
	for (int i = 1; i < argc; i++)
		for (size_t k = 0; k < sizeof calls / sizeof *calls; k++)
			if (strcmp(calls[k].name, argv[i]) == 0) {
				int r = calls[k].call();

				printf("%s %s\n", argv[i], r < 0 ? strerrorname_np(errno) : "yes");
				while (umount2(FOLDER, MNT_DETACH) == 0)
					;
			}
	return 0;
}
