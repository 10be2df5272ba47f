/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON.  Only json.c includes jansson.  A value that is put or pushed belongs to its new parent. */
#ifndef LIB_BASE_JSON_H
#define LIB_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_t;

struct json_t *json_new_object(void);
struct json_t *json_new_array(void);
void json_free(struct json_t *value); /* accepts NULL */

void json_put(struct json_t *object, const char *key, struct json_t *value);
/* Invalid UTF-8 in s is replaced by U+FFFD; NULL becomes null. */
void json_put_string(struct json_t *object, const char *key, const char *s);
void json_put_int(struct json_t *object, const char *key, int64_t n);
void json_put_bool(struct json_t *object, const char *key, bool b);

void json_push(struct json_t *array, struct json_t *value);
void json_push_string(struct json_t *array, const char *s);

/*
 * Returns the text of value; the caller frees.  Keys are in the order in which they were put.
 * Hidden characters (lib/base/utf8.h) are written as \\uXXXX.
 */
char *json_text(const struct json_t *value, bool pretty);
/* Parses text as json_text() writes it; NULL: it is not valid. */
struct json_t *json_parse(const char *text);

/* Get a value of an object or array, which keeps it; NULL or false: it has none of this type. */
struct json_t *json_member(const struct json_t *object, const char *key);
const char *json_member_string(const struct json_t *object, const char *key);
bool json_member_uint(const struct json_t *object, const char *key, uint64_t *ret);
struct json_t *json_item(const struct json_t *array, size_t n);

#endif
