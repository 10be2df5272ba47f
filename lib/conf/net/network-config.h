/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cloud-init's network config version 2, which is netplan's YAML, as options of a container: netN,
 * nameserver and searchdomain.
 */
#ifndef LIB_CONF_NET_NETWORK_CONFIG_H
#define LIB_CONF_NET_NETWORK_CONFIG_H

#include <stddef.h>

struct conf_file;
struct err;

#define NETWORK_CONFIG_MAX (64 * 1024) /* bytes of a file */

/* A key of an interface, for the manual page. */
struct network_config_key {
	const char *name; /* "dhcp4" */
	const char *help;
};
extern const struct network_config_key network_config_keys[]; /* ends with name NULL */

/*
 * Set the options in f, which has no network yet: net0 for the first interface of the text, and so
 * on.  name is the file, for errors.  The error names the line, "NAME:7: dhcp4: ...", also of a key
 * or value that the options cannot express.  On failure, f may have some of the options.
 */
int network_config_parse(const char *text, size_t len, const char *name, struct conf_file *f,
			 struct err *e);
int network_config_load(const char *path, struct conf_file *f, struct err *e);

#endif
