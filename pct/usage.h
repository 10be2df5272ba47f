/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shows the resources that a container uses. */
#ifndef PCT_USAGE_H
#define PCT_USAGE_H

struct json_t;
struct usage;

/* For people; "": not known. */
struct usage_text {
	char memory[64], cpu[32], disk[64], uptime[32];
};
/* of is between use and limit: "3 MiB of 512 MiB". */
void usage_format(const struct usage *usage, const char *of, struct usage_text *ret);

/* Put what is known; the names have the units. */
void usage_put_json(struct json_t *object, const struct usage *usage);

#endif
