/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pct/usage.h"

#include <inttypes.h>
#include <stdio.h>

#include "ct/usage.h"
#include "lib/base/json.h"
#include "lib/base/util.h"
#include "lib/host/free-space.h"

/* Print the two largest units, "3 d 4 h", but seconds only below a minute. */
static void format_seconds(uint64_t s, char *to, size_t size)
{
	if (s < 60)
		snprintf(to, size, "%" PRIu64 " s", s);
	else if (s < 3600)
		snprintf(to, size, "%" PRIu64 " min", s / 60);
	else if (s < 24 * 3600)
		snprintf(to, size, "%" PRIu64 " h %" PRIu64 " min", s / 3600, s / 60 % 60);
	else
		snprintf(to, size, "%" PRIu64 " d %" PRIu64 " h", s / 86400, s / 3600 % 24);
}

static void format_bytes(uint64_t used, uint64_t limit, const char *of, char *to, size_t size)
{
	char text[ROOM_TEXT_MAX], limit_text[ROOM_TEXT_MAX];

	*to = '\0';
	if (used == USAGE_NONE)
		return;
	if (limit == USAGE_NONE)
		snprintf(to, size, "%s", room_text(used, text));
	else
		snprintf(to, size, "%s%s%s", room_text(used, text), of,
			 room_text(limit, limit_text));
}

void usage_format(const struct usage *u, const char *of, struct usage_text *ret)
{
	*ret = (struct usage_text){ 0 };
	format_bytes(u->memory, u->memory_limit, of, ret->memory, sizeof ret->memory);
	format_bytes(u->disk, u->disk_size, of, ret->disk, sizeof ret->disk);
	if (u->cpu_ms != USAGE_NONE && u->cpu_ms < 60 * 1000)
		snprintf(ret->cpu, sizeof ret->cpu, "%" PRIu64 ".%" PRIu64 " s", u->cpu_ms / 1000,
			 u->cpu_ms / 100 % 10);
	else if (u->cpu_ms != USAGE_NONE)
		format_seconds(u->cpu_ms / 1000, ret->cpu, sizeof ret->cpu);
	if (u->uptime != USAGE_NONE)
		format_seconds(u->uptime, ret->uptime, sizeof ret->uptime);
}

void usage_put_json(struct json_t *object, const struct usage *u)
{
	const struct {
		const char *name;
		uint64_t value;
	} numbers[] = {
		{ "memory_used_bytes", u->memory }, { "memory_limit_bytes", u->memory_limit },
		{ "cpu_time_ms", u->cpu_ms },       { "disk_used_bytes", u->disk },
		{ "disk_size_bytes", u->disk_size }, { "uptime_seconds", u->uptime },
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (numbers[i].value != USAGE_NONE)
			json_put_int(object, numbers[i].name, (int64_t)numbers[i].value);
}
