/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of the commands that run in pct-create; pct checks them and prints their help, too. */
#include "pct/cmd.h"
#include "pct/secret.h"

const struct option_def create_options[] = {
	{ "storage", "STORAGE", "Where the root volume goes (" CREATE_STORAGE ")" },
	{ "rootfs", "STORAGE:GIB", "The same, and its size (4); 0: a folder without a limit" },
	{ "unpack-limit", "GIB", "Limit of what the template unpacks to in a folder (4), with a "
				 "file for each 16 KiB" },
	OPTION_PASSWORD,
	OPTION_SSH_KEYS,
	{ "start", "[0|1]", "Start it when it is made" },
	{ "force", "[0|1]", "Replace the stopped container of that number" },
	{ 0 },
};

const struct option_def distro_options[] = {
	{ "release", "RELEASE", "build: this release of it (the first that list names)" },
	{ "variant", "VARIANT", "build: this variant of it (the first that list names)" },
	{ "dry-run", NULL, "build: print the recipe for these, and build nothing" },
	{ "output", "FILE", "build: write the template here, not to the template folder" },
	{ "config", "FILE", "check: the config to try (static on eth0, DHCP on eth1)" },
	{ "boot", NULL, "check: also start a template, in a container that is thrown away" },
	OPTION_FORMAT,
	{ 0 },
};
