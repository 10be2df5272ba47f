/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Managed files and links: pct writes them as a whole, like one .network file for each interface.
 *
 * The ledger (setup/ledger.h) records managed files.  If a user has changed one since, it is kept
 * and becomes a finding; SETUP_ADOPT and the phase create overwrite it (`pct setup --diff --adopt`
 * shows the loss before).  A removed file is written again.  A file that existed before pct wrote
 * it is saved in /var/lib/pct/saved.  A file that its step no longer writes is removed, or replaced
 * by the saved one.
 *
 * The sweep after each step removes files which the step wrote in earlier runs, but not in this
 * one. So a step must write its managed files in each of its phases; files of some phases only need
 * a separate step.
 */
#ifndef SETUP_MANAGED_H
#define SETUP_MANAGED_H

#include <stdbool.h>
#include <sys/types.h>

struct err;
struct setup;

/*
 * Write a managed file and make missing folders.  path must be valid (ledger_path_is_fine()).
 * mode 0: the mode of the old file, else 0644.  Also returns 0 if the file must be left alone.
 */
int managed_write(struct setup *s, const char *path, const char *text, mode_t mode, struct err *e);
/*
 * Write pct's section of a file (setup/text-section.h) and record it.  Other lines stay, even if
 * users change them.  When the sweep removes the section, a file without other lines is removed,
 * too.
 */
int managed_section(struct setup *s, const char *path, const char *body, struct err *e);
int managed_symlink(struct setup *s, const char *target, const char *path, struct err *e);

/* Whether managed_write() or managed_symlink() made path, in this run or an earlier one. */
bool managed_is_ours(struct setup *s, const char *path);

/* Save text, which is about to be overwritten at path, for the user.  pct never restores it. */
int managed_keep_aside(struct setup *s, const char *path, const char *text, struct err *e);

/*
 * A part of a shared file that pct wrote: "iface eth0 inet" of /etc/network/interfaces.
 * managed_part_is_ours() is true if text is the same as at the last managed_part_record().  A part
 * that a run does not record is forgotten at the end of the step.
 */
void managed_part_record(struct setup *s, const char *path, const char *part, const char *text);
bool managed_part_is_ours(struct setup *s, const char *path, const char *part, const char *text);

/* For setup.c, after each step: remove the files that the step wrote in earlier runs, but not in
 * this one.  Folders stay. */
int managed_sweep(struct setup *s, struct err *e);

/* For setup.c, after a run, also a failed one: write the ledger.  A failure becomes a finding. */
void managed_finish(struct setup *s);

#endif
