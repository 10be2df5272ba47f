/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/json.h"

#include <jansson.h>
#include <stdlib.h>

#include "lib/buf.h"
#include "lib/util.h"

/* jansson says NULL when there is no memory, as our own allocators never do. */
static json_t *or_die(json_t *value)
{
	if (!value)
		abort();
	return value;
}

struct json_t *json_new_object(void)
{
	return or_die(json_object());
}

struct json_t *json_new_array(void)
{
	return or_die(json_array());
}

void json_free(struct json_t *value)
{
	json_decref(value);
}

static json_t *text_value(const char *s)
{
	autobuf clean = BUF_INIT;
	json_t *value;

	if (!s)
		return json_null();
	value = json_string(s);
	if (value)
		return value;
	for (; *s; s++) {
		if (*s & 0x80)
			buf_add(&clean, "\xef\xbf\xbd"); /* U+FFFD */
		else
			buf_addc(&clean, *s);
	}
	return or_die(json_string(buf_str(&clean)));
}

void json_put(struct json_t *object, const char *key, struct json_t *value)
{
	/* A key of a config is ASCII by its grammar. */
	if (json_object_set_new(object, key, value) < 0)
		abort();
}

void json_put_string(struct json_t *object, const char *key, const char *s)
{
	json_put(object, key, text_value(s));
}

void json_put_int(struct json_t *object, const char *key, int64_t n)
{
	json_put(object, key, or_die(json_integer(n)));
}

void json_put_bool(struct json_t *object, const char *key, bool b)
{
	json_put(object, key, json_boolean(b));
}

void json_push(struct json_t *array, struct json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		abort();
}

void json_push_string(struct json_t *array, const char *s)
{
	json_push(array, text_value(s));
}

char *json_text(const struct json_t *value, bool pretty)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) : JSON_COMPACT));

	if (!text)
		abort();
	return text;
}

struct json_t *json_parse(const char *text)
{
	return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
}
