/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/host/thin-pool.h"

#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/base/util.h"

_Static_assert(DM_NAME_LEN == 128, "thin_pool_name() writes a name of the device mapper");

static bool add(char *to, size_t *len, const char *word)
{
	for (; *word; word++) {
		if (*len + 2 >= DM_NAME_LEN)
			return false;
		to[(*len)++] = *word;
		if (*word == '-')
			to[(*len)++] = '-';
	}
	return true;
}

bool thin_pool_name(const char *group, const char *pool, char ret[DM_NAME_LEN])
{
	static const char end[] = "-tpool";
	size_t len = 0;

	if (!add(ret, &len, group))
		return false;
	ret[len++] = '-';
	if (!add(ret, &len, pool) || len + sizeof end > DM_NAME_LEN)
		return false;
	memcpy(ret + len, end, sizeof end);
	return true;
}

/*
 * "TRANSACTION USED/ALL USED/ALL ROOT MODE ...", the first pair is of the metadata; the mode is ro,
 * rw or out_of_data_space.
 */
enum thin_pool_state thin_pool_parse(const char *status)
{
	autostrv char **words = strv_split(status, " ");

	if (words && (str_eq(words[0], "Fail") || str_eq(words[0], "Error")))
		return THIN_POOL_FAILED;
	if (strv_len(words) < 5)
		return THIN_POOL_UNKNOWN;
	if (str_eq(words[4], "out_of_data_space"))
		return THIN_POOL_FULL;
	if (strv_has(words, "needs_check"))
		return THIN_POOL_FAILED;
	return str_eq(words[4], "ro") ? THIN_POOL_READ_ONLY : THIN_POOL_WORKS;
}

enum thin_pool_state thin_pool_state(const char *group, const char *pool)
{
	struct {
		struct dm_ioctl head;
		char data[4096];
	} request = { .head = {
			      .version = { DM_VERSION_MAJOR, 0, 0 },
			      .data_size = sizeof request,
			      .data_start = sizeof request.head,
			      .flags = DM_NOFLUSH_FLAG, /* a full pool cannot flush */
		      } };
	autoclose int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	const struct dm_target_spec *target = (const void *)request.data;

	if (fd < 0 || !thin_pool_name(group, pool, request.head.name) ||
	    ioctl(fd, DM_TABLE_STATUS, &request) < 0 || request.head.target_count != 1 ||
	    request.head.flags & DM_BUFFER_FULL_FLAG || !str_eq(target->target_type, "thin-pool"))
		return THIN_POOL_UNKNOWN;
	request.data[sizeof request.data - 1] = '\0';
	return thin_pool_parse(request.data + sizeof *target);
}
