/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/password.h"

#include <crypt.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/err.h"
#include "lib/base/util.h"

/* Returns crypt(3)'s result for this setting, or NULL on failure.  The caller frees. */
static char *run_crypt(const char *password, const char *setting)
{
	autofree struct crypt_data *data = xcalloc(1, sizeof *data);
	const char *hash = crypt_rn(password, setting, data, sizeof *data);
	char *copy = hash && *hash != '*' ? xstrdup(hash) : NULL;

	explicit_bzero(data, sizeof *data);
	return copy;
}

/* A bare setting is no hash: crypt(3) returns a longer text for it. */
static bool is_hash(const char *value)
{
	autofree char *other = NULL;

	if (*value != '$' || strchr(value, ':'))
		return false;
	other = run_crypt("", value);
	return other && strlen(other) == strlen(value);
}

int password_check(const char *password, struct err *e)
{
	if (strlen(password) < PASSWORD_MIN)
		return err_set(e, EINVAL, "password", "is shorter than %d characters",
			       PASSWORD_MIN);
	if (has_control(password))
		return err_set(e, EINVAL, "password", "holds a control character");
	if (strlen(password) >= CRYPT_MAX_PASSPHRASE_SIZE)
		return err_set(e, EINVAL, "password", "is too long");
	return 0;
}

int password_hash(const char *password, char **ret, struct err *e)
{
	autofree char *setting = NULL, *hash = NULL;
	int n = password_check(password, e);

	if (n < 0)
		return n;
	if (is_hash(password)) {
		*ret = xstrdup(password);
		return 0;
	}
	setting = crypt_gensalt_ra(NULL, 0, NULL, 0);
	if (!setting)
		return err_sys(e, "password", "make a salt");
	hash = run_crypt(password, setting);
	if (!hash)
		return err_sys(e, "password", "hash");
	*ret = steal(&hash);
	return 0;
}
