/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/name-check.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/err.h"

#define MAX_LABEL 63
#define MAX_NAME 255
#define MAX_ZONE 64

static bool has_only(const char *s, size_t n, const char *others)
{
	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr(others, s[i]))
			return false;
	return true;
}

static bool is_dns_name(const char *s, const char *others, bool final_dot)
{
	if (!*s || strlen(s) > MAX_NAME)
		return false;
	for (;;) {
		size_t n = strcspn(s, ".");

		if (n == 0 || n > MAX_LABEL || s[0] == '-' || s[n - 1] == '-' ||
		    !has_only(s, n, others))
			return false;
		if (!s[n] || (final_dot && !s[n + 1]))
			return true;
		s += n + 1;
	}
}

static bool is_zone(const char *s)
{
	size_t n = strlen(s);

	return n && n <= MAX_ZONE && has_only(s, n, "_+-/") && s[0] != '/' && s[n - 1] != '/' &&
	       !strstr(s, "//");
}

int name_check(const char *name, enum name_kind kind, struct err *e)
{
	switch (kind) {
	case NAME_HOST:
		if (is_dns_name(name, "-", false))
			return 0;
		return err_set(e, EINVAL, NULL, "is not a host name: \"%s\"", name);
	case NAME_DOMAIN:
		if (strcmp(name, ".") == 0 || is_dns_name(name, "-_", true))
			return 0;
		return err_set(e, EINVAL, NULL, "bad domain \"%s\"", name);
	default:
		if (is_zone(name))
			return 0;
		return err_set(e, EINVAL, NULL, "is not a time zone: \"%s\"", name);
	}
}
