/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Files and links that are ours as a whole: one .network file for each interface, a preset.
 *
 * The ledger (setup/ledger.h) remembers what we wrote.  A file that somebody changed since is kept
 * and becomes a finding; SETUP_ADOPT and the phase create take it over, and what was changed is
 * gone (`pct setup --diff --adopt` shows it before).  A file that was removed is made anew.  A file
 * that was there before us is kept in /var/lib/pct/saved when it is first written over.  What a
 * step no longer writes is removed, or what was there before is put back.
 *
 * The sweep comes after every step, for what this step wrote in earlier runs: so a step that writes
 * managed files writes them in each of its phases.  What is to be written in some phases only is a
 * step of its own.
 */
#ifndef SETUP_MANAGED_H
#define SETUP_MANAGED_H

#include <stdbool.h>
#include <sys/types.h>

struct err;
struct setup;

/*
 * path is absolute and without blanks (ledger_path_is_fine()).  Folders on the way are made.
 * mode 0: the old file's, else 0644.  0 also when the file is to be left alone.
 */
int managed_write(struct setup *s, const char *path, const char *text, mode_t mode, struct err *e);
/*
 * A file in which our section stands beside lines of others, which stay, whatever they become: the
 * section alone is renewed, and alone taken away.  A file of nothing else goes with it.
 */
int managed_section(struct setup *s, const char *path, const char *body, struct err *e);
int managed_symlink(struct setup *s, const char *target, const char *path, struct err *e);

/* True for what managed_write() or managed_symlink() made, now or in an earlier run. */
bool managed_is_ours(struct setup *s, const char *path);

/* Keep a text that is about to be written over at path, for people: nothing brings it back. */
int managed_keep_aside(struct setup *s, const char *path, const char *text, struct err *e);

/*
 * A part of a file that others write, too: "iface eth0 inet" of /etc/network/interfaces.
 * managed_part_is_ours() is true when text is what managed_part_record() was last given.  A part
 * that a run does not record is forgotten at the end of the step.
 */
void managed_part_record(struct setup *s, const char *path, const char *part, const char *text);
bool managed_part_is_ours(struct setup *s, const char *path, const char *part, const char *text);

/* For the driver.  At the end of the current step: take away what it wrote in earlier runs and not
 * in this one.  Files only: a folder stays. */
int managed_sweep(struct setup *s, struct err *e);

/* At the end of a run, a failed one, too: write the ledger.  That it cannot be is a finding. */
void managed_finish(struct setup *s);

#endif
