/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ledger: a text file in a rootfs that lists the files which setup wrote there, with hashes.
 *
 *	# comment
 *	STEP HASH PATH
 *	STEP HASH PATH PART
 *
 * STEP is a step's name, HASH 16 hexadecimal digits, PATH an absolute path without blanks, PART the
 * rest of the line.  Container root can write this file, so invalid lines, and lines above the
 * limits, are skipped.
 *
 * A forged ledger can make setup remove a file (an entry with the right hash), replace a file (a
 * forged saved original), or leave a file of pct alone (an entry with a wrong hash).  All of these
 * are files in the container's tree, which container root can change anyway; other files are out of
 * reach, because every path goes through lib/rootfs/rootfs.h.  So the hash must detect only
 * accidental changes: 64 bits of FNV-1a (hash_text()) are enough.
 */
#ifndef SETUP_LEDGER_H
#define SETUP_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_MAX_ENTRIES 256 /* further entries are not read */
#define LEDGER_MAX_LINE 1024

struct ledger_entry {
	char *step, *path;
	char *part; /* NULL: the whole file */
	uint64_t hash;
	bool seen;  /* this run has written the file, or left it alone on purpose */
};

struct ledger {
	struct ledger_entry *entry;
	size_t n;
};

/* text NULL: an empty ledger.  Never fails.  The caller calls ledger_free(), which takes NULL. */
struct ledger *ledger_parse(const char *text);
void ledger_free(struct ledger *l);

/* The text of the ledger's file, sorted; "" if there are no entries.  The caller frees. */
char *ledger_text(const struct ledger *l);

/* NULL: no such entry.  The result is valid until the next call that changes the ledger. */
struct ledger_entry *ledger_find(const struct ledger *l, const char *path, const char *part);

/* Add or change an entry, and mark it as seen.  path must be valid (ledger_path_is_fine()), and
 * part must have no control bytes. */
void ledger_set(struct ledger *l, const char *step, const char *path, const char *part,
		uint64_t hash);

void ledger_drop(struct ledger *l, size_t i);

/* Whether path is absolute, printable, and without blanks, empty components, "." and "..". */
bool ledger_path_is_fine(const char *path);

#endif
