/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/storage/type/rbd-command.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"

#define MAX_OUTPUT (64 * 1024 * 1024)

/* ---- keys ---- */

const char *rbd_pool(const struct storage *s)
{
	return s->pool ? s->pool : "rbd";
}

const char *rbd_user(const struct storage *s)
{
	return s->username ? s->username : "admin";
}

char *rbd_keyring(const struct storage *s)
{
	autofree char *usual = xasprintf("%s/priv/ceph/%s.keyring", path_etc(), s->id);

	if (s->keyring)
		return xstrdup(s->keyring);
	return access(usual, F_OK) == 0 || errno != ENOENT ? steal(&usual) : NULL;
}

const char *rbd_image_name(const struct volume *v)
{
	return strrchr(v->path, '/') + 1;
}

char *rbd_spec(const struct storage *s, const char *image)
{
	return xasprintf("%s%s%s%s%s", rbd_pool(s), s->namespace ? "/" : "",
			 s->namespace ? s->namespace : "", image ? "/" : "", image ? image : "");
}

/* ---- running ---- */

/* The caller frees. */
static char **command(const struct storage *s, const char *program, const char *const arguments[])
{
	autofree char *name = xasprintf("client.%s", rbd_user(s)), *keyring = rbd_keyring(s);
	char **argv = NULL;

	strv_push(&argv, program);
	if (s->monhost) {
		/* The file of this host may be that of another cluster. */
		strv_push(&argv, "--conf");
		strv_push(&argv, "/dev/null");
		strv_push(&argv, "-m");
		strv_push(&argv, s->monhost);
	}
	strv_push(&argv, "--name");
	strv_push(&argv, name);
	if (keyring) {
		strv_push(&argv, "--keyring");
		strv_push(&argv, keyring);
	}
	/* Without it, each waits for minutes; "ceph" has an option of its own. */
	strv_push(&argv, str_eq(program, "ceph") ? "--connect-timeout" : "--client-mount-timeout");
	strv_push(&argv, "5");
	for (; *arguments; arguments++)
		strv_push(&argv, *arguments);
	return argv;
}

static int err_silent(const struct storage *s, struct err *e)
{
	err_set(e, EHOSTUNREACH, s->id, "the cluster does not answer: %s%s",
		s->monhost ? "its monitors are " : "its monitors are those of /etc/ceph/ceph.conf",
		s->monhost ? s->monhost : "");
	return err_remedy(e, "see whether the monitors run and this host reaches them; until then: "
			  "pct storage set %s --disable 1", s->id);
}

static int err_refused(const struct storage *s, struct err *e)
{
	autofree char *keyring = rbd_keyring(s);

	err_set(e, EPERM, s->id, "the cluster refuses the user %s", rbd_user(s));
	return err_remedy(e, "its key belongs in %s; on a monitor: ceph auth get client.%s",
			  keyring ? keyring : "a keyring in /etc/ceph", rbd_user(s));
}

/* The programs print lines of their log before the last, which tells the cause. */
static const char *last_line(const char *said)
{
	const char *semicolon = strrchr(said, ';'), *plain = str_after(said, "failed: ");

	return semicolon ? semicolon + 1 : plain ? plain : said;
}

/* Add the storage and what to do to the error of a program. */
static int explain(const struct storage *s, const char *program, const struct err *from,
		   struct err *e)
{
	const char *cause = last_line(from->cause);

	if (from->num == ETIMEDOUT || str_ends_with(cause, "timed out"))
		return err_silent(s, e);
	if (from->num == ENOENT) {
		err_set(e, ENOPKG, s->id, "the program %s is not installed", program);
		return err_remedy(e, "apt-get install ceph-common");
	}
	/* rbd; ceph. */
	if (strstr(cause, "(13) Permission denied") || strstr(cause, "[errno 13]") ||
	    strstr(cause, "(1) Operation not permitted") || strstr(cause, "[errno 1]"))
		return err_refused(s, e);
	err_set(e, from->num, program, "failed: %s", cause);
	err_wrap(e, "%s", s->id);
	return err_remedy(e, "\"ceph -s\" shows the state of the cluster");
}

int rbd_run(const struct storage *s, const char *program, unsigned seconds,
	    const char *const arguments[], char **ret, struct err *e)
{
	autostrv char **argv = command(s, program, arguments);
	autofree char *out = NULL;
	struct err own = { 0 };

	if (run_program_within((const char *const *)argv, seconds, MAX_OUTPUT, &out, &own) < 0)
		return explain(s, program, &own, e);
	if (ret)
		*ret = steal(&out);
	return 0;
}

/* ---- watchers ---- */

/*
 * "watcher=10.0.0.1:0/123 client.4123 cookie=1": the address of the first that is not this client,
 * or NULL.  The caller frees.
 */
static char *other_watcher(const char *status, const char *client)
{
	autostrv char **lines = strv_split(status, "\n");
	autofree char *own = xasprintf("client.%s", client);

	for (char **line = lines; line && *line; line++) {
		autostrv char **words = strv_split(*line, " \t");
		const char *address = words ? str_after(words[0], "watcher=") : NULL;

		if (address && !str_eq(words[1], own))
			return xstrdup(address);
	}
	return NULL;
}

/* Not as JSON: the hooks link no library that parses it. */
int rbd_check_watchers(const struct volume *v, const char *client, struct err *e)
{
	autofree char *spec = rbd_spec(v->storage, rbd_image_name(v)), *out = NULL, *address = NULL;
	const char *const status[] = { "status", spec, NULL };
	int r = rbd_run(v->storage, "rbd", RBD_ANSWER_SECONDS, status, &out, e);

	if (r < 0)
		return r;
	address = other_watcher(out, client);
	if (!address)
		return 0;
	err_set(e, EBUSY, v->id, "is attached already, by the host with the address %s", address);
	return err_remedy(e, "stop the container there; of a host that is gone, the cluster knows "
			  "that after half a minute");
}
