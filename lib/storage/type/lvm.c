/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The storage type lvm: a volume is a logical volume of a group, with all its space from the start.
 * A volume id is STORAGE:vm-CTID-disk-N.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/storage/type/lvm-volume.h"

const struct volume_ops volume_lvm = {
	.type = "lvm",
	.required = "vgname",
	.optional = "saferemove",
	.locate = lvm_locate,
	.look = lvm_look,
	.mount = lvm_mount,
};

/* The attributes are those of vgs(8): "wz--n-". */
static int lvm_status(const struct storage *s, struct storage_status *ret, struct err *e)
{
	const char *const vgs[] = { "vgs", LVM_REPORT, "-o", "vg_size,vg_free,vg_attr", s->vgname,
				    NULL };
	struct storage_status status = { .on = "LVM", .can = STORAGE_CAN_IMAGES };
	autostrv char **words = NULL;

	if (lvm_ask(vgs, &words, e) < 0)
		return lvm_err_group(s, e);
	if (strv_len(words) != 3 || !parse_uint(words[0], 0, INT64_MAX, &status.size) ||
	    !parse_uint(words[1], 0, status.size, &status.available) || strlen(words[2]) < 4)
		return err_set(e, EPROTO, s->vgname, "vgs does not tell its size");
	status.used = status.size - status.available;
	if (words[2][0] == 'w')
		status.can |= STORAGE_CAN_WRITE;
	if (words[2][3] == 'p') {
		snprintf(status.warning, sizeof status.warning, "disks of the group are missing");
		snprintf(status.remedy, sizeof status.remedy, "pvs shows them");
	}
	*ret = status;
	return 0;
}

/* As Proxmox VE marks the volumes of a container.  The caller frees. */
static char *tag_of(const char *name)
{
	const char *ctid = strchr(name, '-') + 1;

	return xasprintf("pve-vm-%.*s", (int)strcspn(ctid, "-"), ctid);
}

static int lvm_create_linear(const struct volume *v, uint64_t mib, struct err *e)
{
	autofree char *size = xasprintf("%llum", (unsigned long long)mib);
	const char *name = strrchr(v->path, '/') + 1;
	autofree char *tag = tag_of(name);
	const char *group = v->storage->vgname;
	const char *const lvcreate[] = { "lvcreate", "-Wy", "-y", "-L", size, "-n", name,
					 "--addtag", tag, group, NULL };
	struct storage_status status;
	int r = lvm_status(v->storage, &status, e);

	if (r == 0)
		r = lvm_check_new(v, e);
	if (r == 0)
		r = lvm_check_room(v, status.available, mib << 20, e);
	return r < 0 ? r : lvm_create(v, lvcreate, false, e);
}

const struct storage_ops storage_lvm = {
	.type = "lvm",
	.status = lvm_status,
	.root_name = lvm_root_name,
	.disk_name = lvm_disk_name,
	.create = lvm_create_linear,
	.remove = lvm_remove,
	.list = lvm_list,
	.size = lvm_size,
	.grow = lvm_grow,
	.lock = lvm_lock,
	.device = lvm_device,
};
