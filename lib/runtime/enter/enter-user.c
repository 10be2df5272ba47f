/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/enter/enter-user.h"

#include <stdint.h>
#include <string.h>

#define PASSWD_FIELDS 7

/* -1 is no id: setresuid(2) would keep the old one. */
static bool take_id(const char *s, size_t len, uint32_t *ret)
{
	uint64_t id = 0;

	if (len == 0 || len > 10)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		id = id * 10 + (uint64_t)(s[i] - '0');
	}
	*ret = (uint32_t)id;
	return id < UINT32_MAX;
}

static bool is_word(const char *s, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(s, word, len) == 0;
}

/* Split a line of passwd; false: it has another number of fields, or a bad id. */
static bool take_line(char *line, struct enter_user *ret)
{
	char *field[PASSWD_FIELDS] = { line };
	size_t n = 1;

	for (char *at = line; *at; at++)
		if (*at == ':') {
			if (n == PASSWD_FIELDS)
				return false;
			*at = '\0';
			field[n++] = at + 1;
		}
	if (n < PASSWD_FIELDS || !take_id(field[2], strlen(field[2]), &ret->uid) ||
	    !take_id(field[3], strlen(field[3]), &ret->gid))
		return false;
	ret->name = field[0];
	ret->home = *field[5] == '/' ? field[5] : "/";
	ret->shell = *field[6] == '/' ? field[6] : "/bin/sh";
	return true;
}

bool enter_user_find(char *passwd, const char *who, struct enter_user *ret)
{
	uint32_t id = 0;
	bool by_id = take_id(who, strlen(who), &id);

	for (char *line = passwd, *next; *line; line = next) {
		struct enter_user user;

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (take_line(line, &user) &&
		    (by_id ? user.uid == id : strcmp(user.name, who) == 0)) {
			*ret = user;
			return true;
		}
	}
	return false;
}

bool enter_user_number(const char *who, struct enter_user *ret)
{
	uint32_t id;

	if (!take_id(who, strlen(who), &id))
		return false;
	*ret = (struct enter_user){ id, id, who, "/", "/bin/sh" };
	return true;
}

bool enter_group_find(const char *group, const char *who, gid_t *ret)
{
	size_t len = strlen(who);

	if (take_id(who, len, ret))
		return true;
	/* NAME:PASSWORD:GID:MEMBERS */
	for (const char *line = group; *line; line += *line == '\n') {
		const char *end = line + strcspn(line, "\n"), *at = line + strcspn(line, ":\n");
		bool found = is_word(line, (size_t)(at - line), who);

		if (*at == ':')
			at += 1 + strcspn(at + 1, ":\n");
		if (found && *at == ':' && take_id(at + 1, strcspn(at + 1, ":\n"), ret))
			return true;
		line = end;
	}
	return false;
}

static bool has_member(const char *members, size_t len, const char *name)
{
	for (const char *at = members, *end = members + len; at <= end;) {
		size_t word = strcspn(at, ",\n");

		if (word && is_word(at, word, name))
			return true;
		at += word + 1;
	}
	return false;
}

/* Take NAME:PASSWORD:GID:MEMBERS, of len bytes. */
static bool is_group_of(const char *line, size_t len, const char *name, gid_t *ret)
{
	const char *field[4] = { line };
	size_t n = 1;

	for (size_t i = 0; i < len && n < 4; i++)
		if (line[i] == ':')
			field[n++] = line + i + 1;
	return n == 4 && take_id(field[2], (size_t)(field[3] - 1 - field[2]), ret) &&
	       has_member(field[3], len - (size_t)(field[3] - line), name);
}

size_t enter_user_groups(const char *group, const struct enter_user *user, gid_t *ret, size_t max)
{
	size_t n = 0;
	gid_t gid = user->gid;

	if (max > 0)
		ret[n++] = gid;
	for (const char *line = group; *line; line += *line == '\n') {
		size_t len = strcspn(line, "\n");

		if (is_group_of(line, len, user->name, &gid) && gid != user->gid) {
			if (n == max)
				return max + 1;
			ret[n++] = gid;
		}
		line += len;
	}
	return n;
}
