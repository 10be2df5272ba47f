/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The hookscript of a container: a script of a storage that host root runs as "SCRIPT CTID PHASE".
 * It gets no descriptor of ours, an empty standard input, a clean environment and a session of its
 * own.  The journal gets its output; without journald, the file RUNFILE_HOOKSCRIPT_LOG.
 */
#ifndef CT_HOOKSCRIPT_H
#define CT_HOOKSCRIPT_H

struct conf;
struct conf_file;
struct err;

enum hookscript_phase {
	HOOKSCRIPT_PRE_START, /* by the pre-start hook; if it fails, the container does not start */
	HOOKSCRIPT_POST_START, /* by pct, when the container runs */
	HOOKSCRIPT_PRE_STOP,   /* by pct, before it stops the container */
	HOOKSCRIPT_POST_STOP,  /* by the post-stop hook, also after a start that failed */
};

/* Run the script of a config, if it has one.  The error has the last line that the script wrote. */
int hookscript_run(const struct conf *conf, enum hookscript_phase phase, struct err *e);

/* Fails if the config has a script that cannot be run. */
int hookscript_check(const struct conf *conf, struct err *e);

/* hookscript_run() with a script by path, and a time limit. */
int hookscript_run_file(const char *path, unsigned ctid, enum hookscript_phase phase,
			unsigned seconds, struct err *e);

#endif
