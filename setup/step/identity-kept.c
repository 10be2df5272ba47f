/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Identities that a clone keeps: another machine knows the original by them, so that removing them
 * would cut the clone off without a replacement, and only its owner can register it anew.
 */
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "lib/base/util.h"
#include "setup/step.h"
#include "setup/step/identity.h"

static const struct {
	const char *path, *what, *command;
} kept[] = {
	{ "/var/lib/tailscale/tailscaled.state", "its node in Tailscale",
	  "rm /var/lib/tailscale/tailscaled.state while tailscaled is stopped; tailscale up" },
	{ "/var/lib/zerotier-one/identity.secret", "its address in ZeroTier",
	  "rm /var/lib/zerotier-one/identity.*; restart zerotier-one" },
	{ "/etc/salt/pki/minion/minion.pem", "the key of the Salt minion",
	  "rm /etc/salt/minion_id /etc/salt/pki/minion/minion.*; restart salt-minion" },
	{ "/etc/puppetlabs/puppet/ssl/private_keys", "the certificate of the Puppet agent",
	  "puppet ssl clean" },
	{ "/etc/pki/consumer/key.pem", "its registration with Red Hat",
	  "subscription-manager clean; subscription-manager register" },
	{ "/etc/insights-client/machine-id", "its registration with Red Hat Insights",
	  "rm /etc/insights-client/machine-id; insights-client --register" },
	{ "/var/lib/ubuntu-advantage/private/machine-token.json", "its token of Ubuntu Pro",
	  "rm /var/lib/ubuntu-advantage/private/machine-token.json; pro attach" },
	{ "/var/lib/snmp/snmpd.conf", "the engine id of snmpd",
	  "remove oldEngineID from that file while snmpd is stopped" },
	{ "/var/lib/net-snmp/snmpd.conf", "the engine id of snmpd",
	  "remove oldEngineID from that file while snmpd is stopped" },
};

static void note(struct setup *s, const char *path, const char *what, const char *command)
{
	autofree char *remedy = xasprintf("in the container: %s", command);

	report_note(s->report, NOTE_WARNING, "identity", remedy,
		    "%s is that of the original container (%s)", what, path);
}

/* The step host-keys renews the keys in /etc/ssh. */
static void note_host_keys(struct setup *s)
{
	autofree char *text = NULL;
	autostrv char **lines = NULL;

	if (tree_read_optional(s->tree, "/etc/ssh/sshd_config", &text, NULL) < 0 || !text)
		return;
	lines = strv_split(text, "\r\n");
	for (char **line = lines; *line; line++) {
		autostrv char **word = strv_split(*line, " \t=\"");
		autofree char *command = NULL;

		if (!word[0] || strcasecmp(word[0], "HostKey") != 0 || !word[1] ||
		    str_after(word[1], "/etc/ssh/ssh_host_") ||
		    tree_kind(s->tree, word[1]) != S_IFREG)
			continue;
		command = xasprintf("ssh-keygen -f %s", word[1]);
		note(s, word[1], "a host key of sshd", command);
	}
}

void identity_note_kept(struct setup *s)
{
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		if (tree_kind(s->tree, kept[i].path) > 0)
			note(s, kept[i].path, kept[i].what, kept[i].command);
	note_host_keys(s);
}
