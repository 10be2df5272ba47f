/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/storage/storage.h"

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/storage/storage.h"
#include "pct/cmd.h"

/* The keys of storage.cfg are those of storage_keys[]; the types have some of them each. */
const struct option_def storage_options[] = {
	OPTION_FORMAT,
	{ "content", "CONTENT[,CONTENT]",
	  "add, set: what it may hold (images): images or rootdir (volumes of containers), vztmpl, "
	  "snippets; backup, iso and import are for Proxmox VE; content, list, status: show only "
	  "these" },
	{ "vmid", "CTID", "content, list: only volumes of this container" },
	{ "delete", "KEY[,KEY]", "set: remove these keys" },
	{ "nodes", "NODE[,NODE]", "add, set: only these nodes use it" },
	{ "disable", "[0|1]", "add, set: do not use it" },
	{ "shared", "[0|1]", "add, set: all nodes see the same volumes" },
	{ "path", "DIR", "add, set: its folder" },
	{ "is_mountpoint", "0|1|DIR",
	  "add, set: use it only while something is mounted on its folder, or on DIR" },
	{ "mkdir", "[0|1]", "add, set: make its folder if it is missing (1)" },
	{ "create-base-path", "[0|1]", "add, set: the same (1)" },
	{ "create-subdirs", "[0|1]", "add, set: for Proxmox VE; pct makes folders that it needs" },
	{ "format", "raw|subvol",
	  "alloc: an image or a folder; add, set: for Proxmox VE" },
	{ "preallocation", "off|metadata|falloc|full", "add, set: for Proxmox VE" },
	{ "nocow", "[0|1]", "add, set: write images in place, without checksums" },
	{ "prune-backups", "LIST", "add, set: for Proxmox VE" },
	{ "maxfiles", "N", "add, set: for Proxmox VE" },
	{ "options", "TEXT", "add, set: options of the mount" },
	{ "vgname", "NAME", "add, set: the volume group" },
	{ "thinpool", "NAME", "add, set: the thin pool in the volume group" },
	{ "saferemove", "[0|1]", "add, set: overwrite a volume before it is removed" },
	{ "pool", "NAME", "add, set: the pool" },
	{ "sparse", "[0|1]", "add, set: volumes reserve no space" },
	{ "blocksize", "SIZE", "add, set: the size of a block of new block devices" },
	{ "mountpoint", "DIR", "add, set: where the pool is mounted" },
	{ "namespace", "NAME", "add, set: the namespace in the pool" },
	{ "data-pool", "NAME", "add, set: the pool for the data of new volumes" },
	{ "monhost", "HOST[,HOST]", "add, set: the monitors (those of /etc/ceph/ceph.conf)" },
	{ "username", "NAME", "add, set: the user at the server (admin)" },
	{ "keyring", "FILE", "add, set: the file with the key" },
	{ "krbd", "[0|1]", "add, set: for Proxmox VE; here the kernel attaches all volumes" },
	{ "server", "HOST", "add, set: the server" },
	{ "export", "DIR", "add, set: the folder on the server" },
	{ "share", "NAME", "add, set: the share on the server" },
	{ 0 },
};

static const struct verb {
	const char *name;
	int (*run)(const struct args *args, struct err *e);
	bool takes_keys; /* all options that are keys of storage.cfg */
	const char *options[4];
} verbs[] = {
	{ "list", storage_cmd_list, false, { "output-format", "content", "vmid" } },
	{ "status", storage_cmd_status, false, { "output-format", "content" } },
	{ "add", storage_cmd_add, true, { 0 } },
	{ "set", storage_cmd_set, true, { "delete" } },
	{ "remove", storage_cmd_remove, false, { 0 } },
	{ "content", storage_cmd_content, false, { "output-format", "content", "vmid" } },
	{ "alloc", storage_cmd_alloc, false, { "format" } },
	{ "free", storage_cmd_free, false, { 0 } },
	{ "path", storage_cmd_path, false, { 0 } },
};

static bool is_key(const char *name)
{
	for (const struct storage_key *key = storage_keys; key->name; key++)
		if (str_eq(key->name, name))
			return true;
	return false;
}

int cmd_storage(const struct args *args, struct err *e)
{
	const struct verb *verb = verbs;

	while (!str_eq(verb->name, args->positional[0]))
		verb++;
	for (size_t i = 0; i < args->n_options; i++) {
		const char *name = args->options[i].name;

		if (!strv_has((char *const *)verb->options, name) &&
		    !(verb->takes_keys && is_key(name)))
			return args_usage(args, e, "%s has no option --%s", verb->name, name);
	}
	return verb->run(args, e);
}
