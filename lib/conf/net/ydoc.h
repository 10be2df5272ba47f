/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A YAML text as a tree of nodes.  Only ydoc.c includes libyaml.  The text is hostile: its size,
 * depth and lists are limited, and it has no anchors, aliases, tags and equal keys.
 *
 * All functions return 0 or -errno.  Their errors name the line and the key, "FILE:7: dhcp4: ...".
 */
#ifndef LIB_CONF_NET_YDOC_H
#define LIB_CONF_NET_YDOC_H

#include <stdbool.h>
#include <stddef.h>

#define YDOC_MAX_DEPTH 8
#define YDOC_MAX_ENTRIES 32 /* of a list, or of a mapping */

struct err;
struct yaml_document_s;
struct yaml_node_s;

struct ydoc {
	const char *name; /* of the file */
	const char *key;  /* the key that errors name; NULL: none */
	struct yaml_document_s *tree;
};

/* name must live as long as the document.  The caller calls ydoc_close(), also after a failure. */
int ydoc_open(const char *text, size_t len, const char *name, struct ydoc *ret, struct err *e);
void ydoc_close(struct ydoc *y);
/* NULL: the text is empty. */
struct yaml_node_s *ydoc_root(struct ydoc *y);

/* Record an error about a node. */
int ydoc_fail(const struct ydoc *y, const struct yaml_node_s *node, struct err *e, const char *fmt,
	      ...) __attribute__((format(printf, 4, 5)));
/* Put the line of the node in front of an error that is recorded already. */
int ydoc_blame(const struct ydoc *y, const struct yaml_node_s *node, struct err *e);

/* A value without blanks, commas, semicolons and control characters.  *ret belongs to y. */
int ydoc_word(const struct ydoc *y, const struct yaml_node_s *node, char **ret, struct err *e);
/* node NULL: false. */
int ydoc_bool(const struct ydoc *y, const struct yaml_node_s *node, bool *ret, struct err *e);

/* Call take() for each entry of a list.  node NULL: there is none. */
int ydoc_list(struct ydoc *y, struct yaml_node_s *node,
	      int (*take)(void *arg, struct yaml_node_s *item, struct err *e), void *arg,
	      struct err *e);
/* Call take() for each key, a word, and its value.  take() may set y->key. */
int ydoc_pairs(struct ydoc *y, struct yaml_node_s *node,
	       int (*take)(void *arg, struct yaml_node_s *key, struct yaml_node_s *value,
			   struct err *e),
	       void *arg, struct err *e);
/*
 * Set values[i], which are NULL, to the value of the key names[i].  Another key is an error.
 * node NULL: all values stay NULL.
 */
int ydoc_keys(struct ydoc *y, struct yaml_node_s *node, const char *const *names, size_t n,
	      struct yaml_node_s *values[], struct err *e);

#endif
