/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON.  json.c is the only includer of jansson.  Values that are put or pushed are given
 * away. */
#ifndef LIB_BASE_JSON_H
#define LIB_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

struct json_t;

struct json_t *json_new_object(void);
struct json_t *json_new_array(void);
void json_free(struct json_t *value); /* NULL is fine */

void json_put(struct json_t *object, const char *key, struct json_t *value);
/* What is not UTF-8 in s is replaced; NULL is put as null. */
void json_put_string(struct json_t *object, const char *key, const char *s);
void json_put_int(struct json_t *object, const char *key, int64_t n);
void json_put_bool(struct json_t *object, const char *key, bool b);

void json_push(struct json_t *array, struct json_t *value);
void json_push_string(struct json_t *array, const char *s);

/*
 * Keys in the order they were put; hidden characters (lib/base/utf8.h) as \\uXXXX.  The caller
 * frees.
 */
char *json_text(const struct json_t *value, bool pretty);
/* What json_text() made; NULL: it is none. */
struct json_t *json_parse(const char *text);

#endif
