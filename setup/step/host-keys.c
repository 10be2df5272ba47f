/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Writes the keys of the SSH server, which the host has generated before.  Removes key pairs of
 * other types (like DSA) that came with the template, because everyone who has the template knows
 * them.  A clone gets keys of the types that its original has, as its server supports those.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/err.h"
#include "lib/base/util.h"
#include "lib/rootfs/ssh-host-keys.h"
#include "setup/step.h"

#define DIR "/etc/ssh"

static int write_pair(struct setup *s, const struct hostkey *key, struct err *e)
{
	autofree char *secret = NULL, *public = NULL;
	int n;

	if (!key->type[0] || strspn(key->type, "abcdefghijklmnopqrstuvwxyz0123456789") !=
				     strlen(key->type))
		return err_set(e, EINVAL, "host key", "\"%s\" is not a key type", key->type);
	secret = xasprintf("%s/ssh_host_%s_key", DIR, key->type);
	public = xasprintf("%s.pub", secret);
	/* A marker of one covers both: a public key without its secret key is useless. */
	if (tree_is_ignored(s->tree, secret) || tree_is_ignored(s->tree, public)) {
		report_file(s->report, s->step, secret, FILE_IGNORED);
		return 0;
	}
	n = tree_write(s->tree, secret, key->secret, 0600, ROOTFS_REPLACE_LINK | TREE_SECRET, e);
	if (n < 0)
		return n;
	return tree_write(s->tree, public, key->public, 0644, ROOTFS_REPLACE_LINK, e);
}

/* Whether name is ssh_host_TYPE_key or ssh_host_TYPE_key.pub without a new key of this type. */
static bool is_stale(const struct host_facts *facts, const char *name)
{
	const char *type = str_after(name, "ssh_host_");
	size_t len;

	if (!type || (!str_ends_with(name, "_key") && !str_ends_with(name, "_key.pub")))
		return false;
	len = strcspn(type, "_");
	for (size_t i = 0; i < facts->n_host_keys; i++)
		if (strlen(facts->host_keys[i].type) == len &&
		    memcmp(facts->host_keys[i].type, type, len) == 0)
			return false;
	return true;
}

/* Whether the service of the server generates missing keys, for example by "ssh-keygen -A". */
static bool boot_makes_keys(struct tree *t)
{
	static const char *const starters[] = {
		"/etc/systemd/system/sshd.service", "/usr/lib/systemd/system/sshd.service",
		"/lib/systemd/system/sshd.service", "/usr/lib/systemd/system/ssh.service",
		"/lib/systemd/system/ssh.service",  "/etc/init.d/sshd",
		"/etc/init.d/ssh",                  "/etc/sv/sshd/run",
	};
	static const char *const words[] = { "keygen", "genkeys", "gen-keys" };

	for (size_t i = 0; i < ARRAY_SIZE(starters); i++) {
		autofree char *text = NULL;

		if (tree_read_optional(t, starters[i], &text, NULL) < 0 || !text)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(words); j++)
			if (strstr(text, words[j]))
				return true;
	}
	return false;
}

static int remove_stale(struct setup *s, char *const *names, struct err *e)
{
	for (char *const *name = names; *name; name++) {
		autofree char *path = xasprintf("%s/%s", DIR, *name);
		int n;

		if (!is_stale(s->facts, *name))
			continue;
		n = tree_unlink(s->tree, path, TREE_SECRET, e);
		if (n < 0)
			return n;
	}
	return 0;
}

/* A clone without new keys: removes the original's keys if the boot generates new ones. */
static int reset(struct setup *s, char *const *names, struct err *e)
{
	bool any = false;

	for (char *const *name = names; *name; name++)
		any |= is_stale(s->facts, *name);
	if (!any)
		return 0;
	if (boot_makes_keys(s->tree))
		return remove_stale(s, names, e);
	report_note(s->report, NOTE_WARNING, "host-keys",
		    "run `rm /etc/ssh/ssh_host_*; ssh-keygen -A` in the container",
		    "its ssh host keys are those of the original container, and it does not "
		    "generate new ones");
	return 0;
}

static bool is_wanted(const struct setup *s, const struct hostkey *key, char *const *names)
{
	autofree char *secret = xasprintf("ssh_host_%s_key", key->type);

	return s->phase != PHASE_CLONE || strv_has(names, secret);
}

int step_host_keys(struct setup *s, struct err *e)
{
	autostrv char **names = NULL;
	bool any = false;
	int n;

	if ((!s->facts->n_host_keys && s->phase != PHASE_CLONE) ||
	    tree_kind(s->tree, DIR) != S_IFDIR)
		return 0;
	n = tree_list(s->tree, DIR, &names, e);
	if (n < 0)
		return n;
	for (size_t i = 0; i < s->facts->n_host_keys; i++) {
		const struct hostkey *key = &s->facts->host_keys[i];

		if (!is_wanted(s, key, names))
			continue;
		any = true;
		n = write_pair(s, key, e);
		if (n < 0)
			return n;
	}
	return any ? remove_stale(s, names, e) : reset(s, names, e);
}
