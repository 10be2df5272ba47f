/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/rbd-cluster.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/storage/type/rbd-command.h"

#define CEPH_CONF "/etc/ceph/ceph.conf"
#define MAX_FILE (1024 * 1024)
#define MSGR2_PORT "3300"

/* Of words in a line of the kernel, which blanks and commas end. */
#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define ADDRESS ALNUM ".-:[]"
#define BASE64 ALNUM "+/="
#define USER ALNUM "._-"

void rbd_cluster_done(struct rbd_cluster *c)
{
	free(c->monitors);
	if (c->secret)
		explicit_bzero(c->secret, strlen(c->secret));
	free(c->secret);
	*c = (struct rbd_cluster){ 0 };
}

/* ---- files of Ceph: "[SECTION]", "KEY = VALUE"; "mon host" and "mon_host" are one key ---- */

static bool key_is(const char *line, size_t len, const char *key)
{
	while (len && isspace((unsigned char)line[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++)
		if (!key[i] || (line[i] == ' ' || line[i] == '-' ? '_' : line[i]) != key[i])
			return false;
	return !key[len];
}

/* The value in a text; NULL: it has none.  The caller frees. */
static char *value_of(const char *text, const char *section, const char *key)
{
	autofree char *head = xasprintf("[%s]", section);
	autostrv char **lines = strv_split(text, "\n");
	bool inside = false;

	for (char **line = lines; line && *line; line++) {
		char *at = *line + strspn(*line, " \t"), *value = strchr(at, '=');
		size_t len = strcspn(at, "#;\r");

		/* A list of monitors may have semicolons. */
		if (value && value < at + len)
			len = strcspn(at, "#\r");
		while (len && isspace((unsigned char)at[len - 1]))
			len--;
		at[len] = '\0';
		if (*at == '[')
			inside = str_eq(at, head);
		else if (inside && value && value < at + len &&
			 key_is(at, (size_t)(value - at), key))
			return xstrdup(value + 1 + strspn(value + 1, " \t"));
	}
	return NULL;
}

/* ---- monitors ---- */

struct address {
	char *text; /* "10.0.0.1:6789", "[fd00::1]" */
	bool v1, v2;
};

/* The brackets around the addresses of one monitor, "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]". */
static void strip_brackets(char *word)
{
	size_t n = strlen(word), open = 0, closed = 0;

	if (str_after(word, "[v"))
		memmove(word, word + 1, n--);
	for (size_t i = 0; i < n; i++) {
		open += word[i] == '[';
		closed += word[i] == ']';
	}
	if (closed > open && word[n - 1] == ']')
		word[n - 1] = '\0';
}

static bool parse_address(const char *given, struct address *ret)
{
	autofree char *word = xstrdup(given);
	const char *at = word, *port;
	bool v1, v2;

	strip_brackets(word);
	word[strcspn(word, "/")] = '\0'; /* a number of the program that listens */
	v1 = str_after(word, "v1:");
	v2 = str_after(word, "v2:");
	at += v1 || v2 ? 3 : 0;
	if (!*at || strspn(at, ADDRESS) != strlen(at))
		return false;
	/* Of IPv6 without brackets, no colon is that of a port. */
	if (*at != '[' && strchr(at, ':') != strrchr(at, ':')) {
		*ret = (struct address){ xasprintf("[%s]", at), !v2, v2 };
		return true;
	}
	port = strrchr(at, ':');
	if (port && strchr(port, ']'))
		port = NULL;
	if (!v1 && port && str_eq(port + 1, MSGR2_PORT))
		v2 = true;
	*ret = (struct address){ xstrdup(at), !v2, v2 };
	return true;
}

/* Addresses of version 1 of the protocol, which all kernels speak; without any, those of 2. */
static bool parse_monitors(const char *text, struct rbd_cluster *ret)
{
	autostrv char **words = strv_split(text, " \t,;"), **v1 = NULL, **v2 = NULL;

	for (char **word = words; word && *word; word++) {
		struct address a;

		if (!parse_address(*word, &a))
			return false;
		strv_push(a.v2 ? &v2 : &v1, a.text);
		free(a.text);
	}
	if (!v1 && !v2)
		return false;
	ret->msgr2 = !v1;
	ret->monitors = strv_join(v1 ? v1 : v2, ",");
	return true;
}

static int err_monitors(const struct storage *s, const char *cause, struct err *e)
{
	err_set(e, EINVAL, CEPH_CONF, "%s", cause);
	return err_remedy(e, "name the monitors: pct storage set %s --monhost 10.0.0.1,10.0.0.2",
			  s->id);
}

static int err_username(const struct storage *s, struct err *e)
{
	err_set(e, EINVAL, s->id, "username: \"%s\" is not a name", s->username);
	return err_remedy(e, "give it without \"client.\": pct storage set %s --username admin",
			  s->id);
}

int rbd_cluster_find(const struct storage *s, struct rbd_cluster *ret, struct err *e)
{
	autofree char *text = NULL, *found = NULL;

	if (strspn(rbd_user(s), USER) != strlen(rbd_user(s)))
		return err_username(s, e);
	if (s->monhost && !parse_monitors(s->monhost, ret)) {
		err_set(e, EINVAL, s->id, "monhost: not a list of addresses: \"%s\"", s->monhost);
		return err_remedy(e, "write it as 10.0.0.1,10.0.0.2");
	}
	if (s->monhost)
		return 0;
	if (file_read(CEPH_CONF, MAX_FILE, &text, NULL, e) < 0)
		return err_monitors(s, "cannot be read, and the storage has no monhost", e);
	found = value_of(text, "global", "mon_host");
	if (!found || !parse_monitors(found, ret))
		return err_monitors(s, "has no list of addresses in mon_host", e);
	return 0;
}

/* ---- secrets ---- */

static int read_secret(const char *path, const char *section, char **ret, struct err *e)
{
	autofree char *text = NULL, *secret = NULL;
	size_t len;
	int r = file_read(path, MAX_FILE, &text, &len, e);

	if (r < 0)
		return r;
	secret = value_of(text, section, "key");
	explicit_bzero(text, len);
	if (!secret || !*secret || strspn(secret, BASE64) != strlen(secret)) {
		err_set(e, EINVAL, path, "has no key of %s", section);
		return err_remedy(e, "copy it from a monitor: ceph auth get %s", section);
	}
	*ret = steal(&secret);
	return 0;
}

/* The files in which Ceph's programs look, too; NULL: there is none.  The caller frees. */
static char *own_keyring(const char *section)
{
	char *paths[] = { xasprintf("/etc/ceph/ceph.%s.keyring", section),
			  xstrdup("/etc/ceph/ceph.keyring"), xstrdup("/etc/ceph/keyring") };
	char *found = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (!found && access(paths[i], F_OK) == 0)
			found = steal(&paths[i]);
		free(paths[i]);
	}
	return found;
}

int rbd_cluster_secret(const struct storage *s, struct rbd_cluster *c, struct err *e)
{
	autofree char *section = xasprintf("client.%s", rbd_user(s)), *path = rbd_keyring(s);

	if (!path)
		path = own_keyring(section);
	/* A cluster with auth_client_required = none asks for no secret. */
	return path ? read_secret(path, section, &c->secret, e) : 0;
}
