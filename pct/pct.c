/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/cmd.h"

#define DISTRO_SYNOPSIS "list | build RECIPE | check ROOTFS|TEMPLATE"

static const struct option_def no_options[] = { { 0 } };
static const struct option_def format_options[] = { OPTION_FORMAT, { 0 } };

/* Used to dispatch and check arguments, and for help, manual pages and completion. */
const struct command commands[] = {
	{ "list", "", "List containers and their state", cmd_list,
	  0, ct_list_options },
	{ "create", "CTID TEMPLATE", "Create a container from a template", cmd_create,
	  CMD_OFFER_FREE | CMD_CONTAINER_OPTIONS, create_options },
	{ "start", "CTID... | --onboot | --all",
	  "Start containers: these, those with onboot=1, or all", cmd_start,
	  CMD_OFFER_STOPPED, start_options },
	{ "wait", "CTID...", "Wait until containers have addresses, or have finished booting",
	  cmd_wait,
	  CMD_OFFER_RUNNING, wait_options },
	{ "stop", "CTID... | --all", "Stop containers immediately", cmd_stop,
	  CMD_OFFER_RUNNING, stop_options },
	{ "shutdown", "CTID... | --all", "Shut down containers", cmd_shutdown,
	  CMD_OFFER_RUNNING, shutdown_options },
	{ "reboot", "CTID...", "Shut down containers and start them again", cmd_reboot,
	  CMD_OFFER_RUNNING, reboot_options },
	{ "enter", "CTID", "Open a login shell in a container", cmd_enter,
	  CMD_OFFER_RUNNING, attach_options },
	{ "exec", "CTID [--] COMMAND [ARG...]", "Run a command in a container", cmd_exec,
	  CMD_OFFER_RUNNING | CMD_RUNS_COMMAND, attach_options },
	{ "console", "CTID", "Connect to a container's console", cmd_console,
	  CMD_OFFER_RUNNING, console_options },
	{ "destroy", "CTID...", "Remove containers and their volumes", cmd_destroy,
	  CMD_OFFER_STOPPED, destroy_options },
	{ "status", "CTID...", "Show the state of containers and the warnings of setup", cmd_status,
	  0, status_options },
	{ "config", "CTID | --check [PATH]", "Show the config of a container, or check configs",
	  cmd_config,
	  CMD_ANY_USER, config_options },
	{ "net", "CTID | --repair | --rootfs DIR --config FILE",
	  "Compare the networks in config, container files and kernel",
	  cmd_net, CMD_ANY_USER, net_options },
	{ "set", "CTID", "Change the config of a container", cmd_set,
	  CMD_CONTAINER_OPTIONS, set_options },
	{ "pending", "CTID", "Show the pending changes of a container's config",
	  cmd_pending, CMD_ANY_USER, format_options },
	{ "setup", "CTID | --rootfs DIR", "Write network and other files into a container",
	  cmd_setup, CMD_ANY_USER | CMD_SETUP_OPTIONS, setup_options },
	{ "doctor", "", "Find problems of the host and its containers", cmd_doctor,
	  0, doctor_options },
	{ "distro", DISTRO_SYNOPSIS, "List recipes; build or check a template", cmd_distro,
	  CMD_ANY_USER, distro_options },
	{ "help", "[COMMAND]", "Show this list, or a command's options", cmd_help,
	  CMD_ANY_USER, help_options },
	{ "version", "", "Show the version of pct and of liblxc", cmd_version,
	  CMD_ANY_USER, no_options },
	{ 0 },
};
