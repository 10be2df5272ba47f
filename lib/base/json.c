/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/json.h"

#include <jansson.h>
#include <stdlib.h>

#include "lib/base/buf.h"
#include "lib/base/utf8.h"
#include "lib/base/util.h"

/* jansson returns NULL when out of memory; our own allocators end the process. */
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
	uint32_t c;

	if (!s)
		return json_null();
	value = json_string(s);
	if (value)
		return value;
	for (size_t n; *s; s += n ? n : 1) {
		n = utf8_take(s, &c);
		if (n)
			buf_addn(&clean, s, n);
		else
			buf_add(&clean, "\xef\xbf\xbd"); /* U+FFFD */
	}
	return or_die(json_string(buf_str(&clean)));
}

void json_put(struct json_t *object, const char *key, struct json_t *value)
{
	/* The grammar of a config allows only ASCII in keys. */
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

/* RFC 8259, section 7: characters above U+FFFF need two escapes. */
static void add_escaped(struct buf *b, uint32_t c)
{
	if (c > 0xffff)
		buf_addf(b, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
			 0xdc00 + ((c - 0x10000) & 0x3ff));
	else
		buf_addf(b, "\\u%04x", c);
}

char *json_text(const struct json_t *value, bool pretty)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | (pretty ? JSON_INDENT(2) : JSON_COMPACT));
	autofree char *dumped = text;
	struct buf b = BUF_INIT;
	uint32_t c;

	if (!text)
		abort();
	/* jansson escapes C0; the others occur only inside strings. */
	for (size_t n; *text; text += n) {
		n = utf8_take(text, &c);
		if (n == 0)
			abort();
		if (c >= 0x7f && utf8_is_hidden(c))
			add_escaped(&b, c);
		else
			buf_addn(&b, text, n);
	}
	return buf_detach(&b);
}

struct json_t *json_parse(const char *text)
{
	return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
}

struct json_t *json_member(const struct json_t *object, const char *key)
{
	return json_object_get(object, key);
}

const char *json_member_string(const struct json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

bool json_member_uint(const struct json_t *object, const char *key, uint64_t *ret)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return false;
	*ret = (uint64_t)json_integer_value(value);
	return true;
}

struct json_t *json_item(const struct json_t *array, size_t n)
{
	return json_array_get(array, n);
}
