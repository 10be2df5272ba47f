/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an attacker in a container finds of those that enter it: prey.c hunts, prey-*.c judge. */
#ifndef TESTS_HOSTILE_PREY_H
#define TESTS_HOSTILE_PREY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* What is found of a process.  Whatever is not a note is harm. */
#define FINDINGS(X)                                                                           \
	/* notes */                                                                           \
	X(SEEN, "seen")                         /* a new process */                           \
	X(ENTERED, "entered")                   /* its parent is outside, or such a one */    \
	X(SEIZED, "seized")                     /* by ptrace(2), its registers read */        \
	X(STOPPED, "stopped")                   /* by SIGSTOP */                              \
	X(LET_GO, "let-go")                     /* after that */                              \
	X(LOOKED, "looked")                     /* while it goes on */                        \
	X(REFUSED, "refused")                   /* it may not be traced */                    \
	X(JUDGED, "judged")                     /* all that is below was looked for */        \
	X(EARLY, "early")                       /* its program is not the container's yet */  \
	X(GROUP, "group-outside")               /* of processes */                            \
	X(STRUCK, "struck")                     /* prey-strike.c */                           \
	X(EXTRA_PIPE, "extra-pipe")             /* beyond 0, 1 and 2 */                       \
	X(NOTES, "")                                                                          \
	/* who it is */                                                                       \
	X(HOST_ID, "host-id")                   /* one that is not mapped here */             \
	X(CAPABILITIES, "capabilities")         /* more than the container's */               \
	X(NO_SECCOMP, "no-seccomp")             /* fewer filters */                           \
	X(NO_NEW_PRIVS, "no-new-privs")         /* not, and the container's init has it */    \
	X(LABEL, "label")                       /* another one of the security module */      \
	X(CGROUP, "cgroup")                     /* outside the container's */                 \
	X(NAMESPACE, "namespace")               /* in one of others */                        \
	X(TERMINAL, "terminal-of-the-session")  /* /dev/tty is one of the host's */           \
	X(HELD, "held-with-host-rights")        /* any of these, and seized or stopped */     \
	/* what it has open */                                                                \
	X(FD_FILE, "fd-file")                                                                 \
	X(FD_FOLDER, "fd-folder")                                                             \
	X(FD_TERMINAL, "fd-terminal")                                                         \
	X(FD_SOCKET, "fd-socket")                                                             \
	X(FD_PROCESS, "fd-process")                                                           \
	X(FD_NAMESPACE, "fd-namespace")                                                       \
	X(FD_MEMORY, "fd-memory")               /* memfd */                                   \
	X(FD_OTHER, "fd-other")                 /* eventfd and the like */                    \
	X(FD_REOPENED, "fd-reopened-to-write")                                                \
	/* what it is */                                                                      \
	X(EXE, "exe")                           /* neither the container's nor a sealed one */ \
	X(EXE_WRITTEN, "exe-opened-to-write")                                                 \
	X(MAPPED, "mapped")                     /* a file of the host, or another memfd */    \
	X(MAPPED_WRITTEN, "mapped-opened-to-write")                                           \
	X(SHARED_MEMORY, "shared-memory")       /* with a process of the host */              \
	X(CWD, "cwd")                                                                         \
	X(ROOT, "root")                                                                       \
	X(SECRET_ENVIRON, "secret-in-environ")                                                \
	X(SECRET_MEMORY, "secret-in-memory")

#define FINDING_ENUM(id, name) F_##id,
enum finding { FINDINGS(FINDING_ENUM) N_FINDINGS };

#define MAX_PIDS (1 << 22)

/* Written once, before the hunt. */
struct self {
	const char *secret;
	bool mapped;     /* in a user namespace of its own */
	uint64_t caps;   /* the container's bounding set */
	long seccomp, filters, no_new_privs;
	char label[256];
	dev_t memory;    /* of memfds */
	uint64_t network; /* cookie */
};
extern struct self self;

void found(pid_t pid, enum finding f, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool was_found(pid_t pid, enum finding f);

/* Everything about it; held: it does not run. */
void judge(pid_t pid, bool held);

void self_look(const char *secret);

/* prey-strike.c: has a process that is traced, and stopped, signal its group. */
void strike(pid_t pid);

/* prey-files.c */
void files_init(void);
bool is_own(const struct stat *st);           /* of a file system, or a file, of the container's */
bool is_sealed(int fd);
void judge_fds(pid_t pid, bool own_program);
void judge_maps(pid_t pid, bool own_program);
/* The program of pid is a file of the container's; otherwise it is a sealed copy, or a finding. */
bool judge_exe(pid_t pid);
void judge_folders(pid_t pid);

/* 0 at the end, or when there is none; at most size - 1 bytes, ended by a zero. */
size_t read_of(pid_t pid, const char *name, char *to, size_t size);
int open_of(pid_t pid, const char *name, int flags);

#endif
