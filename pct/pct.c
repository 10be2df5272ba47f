/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of commands. */
#include "pct/cmd.h"

#define DISTRO_SYNOPSIS "list | build RECIPE | check ROOTFS|TARBALL"
#define ROOTFS_SYNOPSIS "CTID | --rootfs DIR --config FILE"

static const struct option_def no_options[] = { { 0 } };
static const struct option_def format_options[] = { OPTION_FORMAT, { 0 } };

/* List, dispatcher, check of arguments, help, manual and completion. */
const struct command commands[] = {
	{ "list", "", "List the containers and their state", cmd_list,
	  0, ct_list_options },
	{ "create", "CTID TEMPLATE", "Create a container from a template", cmd_create,
	  CMD_OFFER_FREE | CMD_CONTAINER_OPTIONS, create_options },
	{ "start", "CTID | --onboot", "Start a container, or all that are to run", cmd_start,
	  CMD_OFFER_STOPPED | CMD_MEMFD, start_options },
	{ "wait", "CTID", "Wait until a container has addresses, or its boot is over", cmd_wait,
	  CMD_OFFER_RUNNING, wait_options },
	{ "stop", "CTID", "Stop a container at once", cmd_stop,
	  CMD_OFFER_RUNNING, no_options },
	{ "shutdown", "CTID | --all", "Ask a container, or all, to shut down", cmd_shutdown,
	  CMD_OFFER_RUNNING, shutdown_options },
	{ "reboot", "CTID", "Shut a container down and start it again", cmd_reboot,
	  CMD_OFFER_RUNNING | CMD_MEMFD, reboot_options },
	{ "enter", "CTID", "Open a login shell in a container", cmd_enter,
	  CMD_OFFER_RUNNING, no_options },
	{ "exec", "CTID [--] COMMAND [ARG...]", "Run a command in a container", cmd_exec,
	  CMD_OFFER_RUNNING | CMD_RUNS_COMMAND, no_options },
	{ "console", "CTID", "Connect to a container's console", cmd_console,
	  CMD_OFFER_RUNNING, console_options },
	{ "destroy", "CTID", "Remove a container and its volume", cmd_destroy,
	  CMD_OFFER_STOPPED, destroy_options },
	{ "status", "CTID", "Show whether a container runs, and what setup found", cmd_status,
	  0, status_options },
	{ "config", "CTID | --check [PATH]", "Show a container's config, or check many", cmd_config,
	  CMD_ANY_USER, config_options },
	{ "net", ROOTFS_SYNOPSIS, "Compare networks: config, the container's files, the kernel",
	  cmd_net, CMD_ANY_USER, net_options },
	{ "set", "CTID", "Change a container's config", cmd_set,
	  CMD_CONTAINER_OPTIONS, set_options },
	{ "pending", "CTID", "Show what of a container's config waits for its next start",
	  cmd_pending, CMD_ANY_USER, format_options },
	{ "setup", ROOTFS_SYNOPSIS, "Write a container's network and other files by hand",
	  cmd_setup, CMD_ANY_USER, setup_options },
	{ "doctor", "", "Look for what is wrong with the host and its containers", cmd_doctor,
	  0, doctor_options },
	{ "distro", DISTRO_SYNOPSIS, "List recipes; build or check a template", cmd_distro,
	  CMD_ANY_USER, distro_options },
	{ "help", "[COMMAND]", "Show this list, or a command's options", cmd_help,
	  CMD_ANY_USER, help_options },
	{ "version", "", "Show the version of pct and of liblxc", cmd_version,
	  CMD_ANY_USER, no_options },
	{ 0 },
};
