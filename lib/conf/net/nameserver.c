/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the interface on which a name server with a link-local address is asked. */
#include <errno.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"

int conf_nameserver_resolve(const struct conf *conf, const char *server, char **ret, struct err *e)
{
	char zone[ZONE_SIZE];
	struct ip ip;
	int r = ip_parse_zone(server, &ip, zone, e);

	if (r < 0)
		return r;
	if (ip.family != AF_INET6 || !ip_is_link_local(&ip) ||
	    (*zone && conf_net_named(conf, zone))) {
		*ret = xstrdup(server);
		return 0;
	}
	if (!*zone && conf->n_nets == 1) {
		*ret = xasprintf("%s%%%s", server, conf->nets[0].name);
		return 0;
	}
	if (*zone)
		err_set(e, EINVAL, NULL, "the container has no network named \"%s\", on which %s "
			"could be asked", zone, server);
	else
		err_set(e, EINVAL, NULL, "the address %s is link-local, and does not say on which "
			"network it is", server);
	return err_remedy(e, "write the name of a network behind it, as in %.*s%%%s",
			  (int)strcspn(server, "%"), server,
			  conf->n_nets ? conf->nets[0].name : "eth0");
}

int conf_nameservers_check(const struct conf *conf, struct err *e)
{
	autostrv char **servers = strv_split(conf->nameserver ? conf->nameserver : "", " ");
	int r = 0;

	for (char **server = servers; *server && r == 0; server++) {
		autofree char *resolved = NULL;

		r = conf_nameserver_resolve(conf, *server, &resolved, e);
	}
	return r;
}
