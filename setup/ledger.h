/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The ledger: what setup wrote into a rootfs, and a hash of it, as a text file in that rootfs.
 *
 *	# comment
 *	STEP HASH PATH
 *	STEP HASH PATH PART
 *
 * STEP is a step's name, HASH 16 hexadecimal digits, PATH an absolute path without blanks, PART the
 * rest of the line.  Lines that are anything else, and those above the caps, are passed over: the
 * container's root may write this file.
 *
 * What a forged ledger can do: an entry with the right hash has its file removed, one with a forged
 * original has it replaced, one with a wrong hash has our own file taken for a changed one.  Each
 * is a change to files in the container's own tree that its root, who alone may write the ledger,
 * can make without us; whatever else lies below the mount point is out of reach, since every path
 * goes through lib/rootfs/rootfs.h.  So the hash has to tell accidents, not attacks: 64 bits of
 * FNV-1a (hash_text()) do, and a cryptographic one would protect nobody.
 */
#ifndef SETUP_LEDGER_H
#define SETUP_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEDGER_MAX_ENTRIES 256 /* that are read */
#define LEDGER_MAX_LINE 1024

struct ledger_entry {
	char *step, *path;
	char *part; /* NULL: the whole file */
	uint64_t hash;
	bool seen;  /* written, or left alone on purpose, in this run */
};

struct ledger {
	struct ledger_entry *entry;
	size_t n;
};

/* NULL as text: empty.  Never fails; free with ledger_free(), which takes NULL. */
struct ledger *ledger_parse(const char *text);
void ledger_free(struct ledger *l);

/* The file's text, sorted; "" when there are no entries.  The caller frees. */
char *ledger_text(const struct ledger *l);

/* NULL: no such entry.  Valid until the next call that changes the ledger. */
struct ledger_entry *ledger_find(const struct ledger *l, const char *path, const char *part);

/* Add or change an entry, and mark it as seen.  path must be fine, part without control bytes. */
void ledger_set(struct ledger *l, const char *step, const char *path, const char *part,
		uint64_t hash);

void ledger_drop(struct ledger *l, size_t i);

/* Absolute, printable, without blanks, empty components, "." and "..". */
bool ledger_path_is_fine(const char *path);

#endif
