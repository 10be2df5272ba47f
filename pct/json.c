/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/json.h"

#include <stdio.h>

#include "lib/base/util.h"
#include "pct/cmd.h"

void print_json(const struct json_t *value, enum format format)
{
	autofree char *text = json_text(value, format == FORMAT_JSON_PRETTY);

	puts(text);
}
