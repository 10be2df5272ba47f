/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of the commands of pct-create.  pct needs them, too, for checks and help. */
#include "pct/cmd.h"
#include "pct/create/password-options.h"

const struct option_def create_options[] = {
	{ "storage", "STORAGE",
	  "Storage of the root volume (local; if it is not for containers, the first that is)" },
	{ "rootfs", "STORAGE:GIB[,KEY=VALUE...]",
	  "Storage and size of the root volume (4 GiB; 0.5: 512 MiB); 0: a folder, which has no "
	  "size limit; each KEY is one of these words" },
	{ "unpack-limit", "GIB",
	  "With --rootfs STORAGE:0: the size to which the template may unpack (4), with one file "
	  "for each 16 KiB" },
	OPTION_PASSWORD,
	OPTION_SSH_KEYS,
	{ "user-data", "FILE",
	  "File of user-data for cloud-init in the container; -: standard input" },
	{ "start", "[0|1]", "Start the container after creation" },
	{ "force", "[0|1]", "Replace an existing, stopped container" },
	{ 0 },
};

const struct option_def distro_options[] = {
	{ "release", "RELEASE", "build: release (default: the first that pct distro list shows)" },
	{ "variant", "VARIANT", "build: variant (default: the first that pct distro list shows)" },
	{ "dry-run", NULL, "build: print the recipe, build nothing" },
	{ "output", "FILE", "build: write the template to FILE instead of the template folder" },
	{ "config", "FILE", "check: config for the check (default: static on eth0, DHCP on eth1)" },
	{ "boot", NULL, "check: also start the template in a temporary container" },
	OPTION_FORMAT,
	{ 0 },
};
