/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/blk.h"

#include <blkid.h>
#include <endian.h>
#include <errno.h>
#include <linux/fs.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

/* Fields of the superblock, at byte 1024 of the file system: kernel, fs/ext4/ext4.h. */
enum {
	EXT4_SUPER = 1024,
	EXT4_BLOCKS_LO = 0x04,
	EXT4_FIRST_BLOCK = 0x14,
	EXT4_LOG_BLOCK_SIZE = 0x18,
	EXT4_INODE_SIZE = 0x58, /* 16 bits; 0 in revision 0 */
	EXT4_INCOMPAT = 0x60,
	EXT4_DESC_SIZE = 0xfe, /* 16 bits; used with 64BIT */
	EXT4_BLOCKS_HI = 0x150,
	EXT4_INCOMPAT_64BIT = 0x80,
	/* Fields of a group's descriptor. */
	EXT4_INODE_TABLE_LO = 0x08,
	EXT4_INODE_TABLE_HI = 0x28,
	/* Fields of an inode; all have 16 bits. */
	EXT4_MODE = 0x00,
	EXT4_UID_LO = 0x02,
	EXT4_GID_LO = 0x18,
	EXT4_UID_HI = 0x78,
	EXT4_GID_HI = 0x7a,
	EXT4_ROOT_INODE = 2,
};

static uint32_t field(const unsigned char *from, int at)
{
	uint32_t value;

	memcpy(&value, from + at, sizeof value);
	return le32toh(value);
}

static uint32_t field16(const unsigned char *from, int at)
{
	uint16_t value;

	memcpy(&value, from + at, sizeof value);
	return le16toh(value);
}

static int size_of(int fd, const char *path, uint64_t *ret, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(e, path, "stat");
	*ret = (uint64_t)st.st_size;
	if (S_ISBLK(st.st_mode) && ioctl(fd, BLKGETSIZE64, ret) < 0)
		return err_sys(e, path, "get the size");
	return 0;
}

/* Check the size here: for a short image the kernel reports only "invalid argument". */
static int check_complete(int fd, const char *path, struct err *e)
{
	unsigned char super[1024];
	uint64_t blocks, needed, size = 0;
	int r = size_of(fd, path, &size, e);

	if (r < 0)
		return r;
	if (pread(fd, super, sizeof super, EXT4_SUPER) != sizeof super)
		return err_set(e, EUCLEAN, path, "is truncated");
	if (field(super, EXT4_LOG_BLOCK_SIZE) > 6)
		return err_set(e, EUCLEAN, path, "has a damaged ext4 superblock");
	blocks = field(super, EXT4_BLOCKS_LO);
	if (field(super, EXT4_INCOMPAT) & EXT4_INCOMPAT_64BIT)
		blocks |= (uint64_t)field(super, EXT4_BLOCKS_HI) << 32;
	if (__builtin_mul_overflow(blocks, (uint64_t)1024 << field(super, EXT4_LOG_BLOCK_SIZE),
				   &needed) || needed > INT64_MAX)
		return err_set(e, EUCLEAN, path, "has a damaged ext4 superblock");
	if (size < needed)
		return err_set(e, EUCLEAN, path,
			       "is truncated: its file system has %llu bytes, the image %llu",
			       (unsigned long long)needed, (unsigned long long)size);
	return 0;
}

/* libblkid 2.41 reports several file systems like any other error. */
static bool finds_several(blkid_probe probe)
{
	int n = 0;

	blkid_reset_probe(probe);
	while (n < 2 && blkid_do_probe(probe) == 0)
		n++;
	return n == 2;
}

/* *ret belongs to the probe. */
static int probe_type(blkid_probe probe, int fd, const char *path, const char **ret,
		      struct err *e)
{
	/* To look for the labels of ZFS takes longer than all else: it reads a megabyte. */
	static char *left_out[] = { (char *)"zfs_member", NULL };
	int r;

	if (blkid_probe_set_device(probe, fd, 0, 0) < 0 ||
	    blkid_probe_enable_superblocks(probe, 1) < 0 ||
	    blkid_probe_filter_superblocks_type(probe, BLKID_FLTR_NOTIN, left_out) < 0 ||
	    blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE) < 0)
		return err_set(e, EIO, path, "cannot be probed for a file system");
	r = blkid_do_safeprobe(probe);
	switch (r == -1 && finds_several(probe) ? -2 : r) {
	case 0:
		break;
	case 1:
		err_set(e, EUCLEAN, path, "contains no known file system");
		return err_remedy(e, "it is damaged, or is not a volume of a container; restore "
				     "it");
	case -2:
		err_set(e, EUCLEAN, path,
			"is ambiguous: it has signatures of several file systems");
		return err_remedy(e, "\"wipefs --no-act\" lists them");
	default:
		return err_set(e, EIO, path, "cannot be probed for a file system");
	}
	if (blkid_probe_lookup_value(probe, "TYPE", ret, NULL) < 0)
		*ret = "something else";
	return 0;
}

static int check_type(blkid_probe probe, int fd, const char *path, struct err *e)
{
	const char *type = NULL;
	int r = probe_type(probe, fd, path, &type, e);

	return r < 0 || str_eq(type, "ext4") ? r :
	       err_set(e, EUCLEAN, path, "holds %s, not ext4", type);
}

int blk_type(int fd, const char *path, char ret[BLK_TYPE_MAX], struct err *e)
{
	static const char *const known[] = { "ext4", "xfs", "btrfs" };
	blkid_probe probe = blkid_new_probe();
	const char *type = NULL;
	int r = probe ? probe_type(probe, fd, path, &type, e) :
			err_set(e, ENOMEM, path, "cannot be probed for a file system");

	*ret = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(known) && r == 0; i++)
		if (str_eq(known[i], type))
			snprintf(ret, BLK_TYPE_MAX, "%s", type);
	if (r == 0 && !*ret)
		r = err_set(e, EUCLEAN, path, "holds %s, not ext4, xfs or btrfs", type);
	blkid_free_probe(probe);
	return r;
}

int blk_check_ext4(int fd, const char *path, struct err *e)
{
	blkid_probe probe = blkid_new_probe();
	int r;

	if (!probe)
		return err_set(e, ENOMEM, path, "cannot be probed for a file system");
	r = check_type(probe, fd, path, e);
	blkid_free_probe(probe);
	return r < 0 ? r : check_complete(fd, path, e);
}

int blk_ext4_owner(int fd, const char *path, uid_t *ret_uid, gid_t *ret_gid, struct err *e)
{
	unsigned char super[1024], group[64], inode[128];
	uint64_t block, table;
	uint32_t size;
	bool wide;

	if (pread(fd, super, sizeof super, EXT4_SUPER) != sizeof super ||
	    field(super, EXT4_LOG_BLOCK_SIZE) > 6)
		return err_set(e, EUCLEAN, path, "has a damaged ext4 superblock");
	block = (uint64_t)1024 << field(super, EXT4_LOG_BLOCK_SIZE);
	size = field16(super, EXT4_INODE_SIZE);
	size = size ? size : sizeof inode;
	wide = field(super, EXT4_INCOMPAT) & EXT4_INCOMPAT_64BIT &&
	       field16(super, EXT4_DESC_SIZE) >= sizeof group;
	if (pread(fd, group, sizeof group,
		  (off_t)(block * ((uint64_t)field(super, EXT4_FIRST_BLOCK) + 1))) != sizeof group)
		return err_set(e, EUCLEAN, path, "has no group descriptor");
	table = field(group, EXT4_INODE_TABLE_LO);
	if (wide)
		table |= (uint64_t)field(group, EXT4_INODE_TABLE_HI) << 32;
	if (__builtin_mul_overflow(table, block, &table) || table > INT64_MAX / 2 ||
	    pread(fd, inode, sizeof inode, (off_t)(table + size * (EXT4_ROOT_INODE - 1))) !=
		    sizeof inode ||
	    !S_ISDIR(field16(inode, EXT4_MODE)))
		return err_set(e, EUCLEAN, path, "has a damaged top folder");
	*ret_uid = field16(inode, EXT4_UID_LO) | field16(inode, EXT4_UID_HI) << 16;
	*ret_gid = field16(inode, EXT4_GID_LO) | field16(inode, EXT4_GID_HI) << 16;
	return 0;
}
