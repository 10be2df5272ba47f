/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * race ROUNDS TREE CANARY CONFIG PATH...: setup in TREE, phase after phase, while two processes
 * swap each PATH for a link out of the tree, a folder and a file, as fast as they can.
 *
 * Landlock is left out: openat2 alone has to hold.  Prints what it did; the caller looks at CANARY.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/util.h"
#include "lib/conf/conf.h"
#include "lib/rootfs/rootfs.h"
#include "setup/setup.h"

#define SWAPPERS 2

/* What is exchanged with each path, beside it. */
static const char *const others[] = { ".link", ".folder", ".file" };

static void plant(const char *tree, const char *canary, const char *path)
{
	autofree char *link = xasprintf("%s%s.link", tree, path);
	autofree char *folder = xasprintf("%s%s.folder", tree, path);
	autofree char *file = xasprintf("%s%s.file", tree, path);
	autofree char *target = xasprintf("%s%s", canary, path);
	autofree char *real = xasprintf("%s%s", tree, path);

	if (symlink(target, link) < 0 || mkdir(folder, 0755) < 0)
		perror(link);
	file_write(file, "x\n", 2, 0644, NULL);
	/* Something has to be there to be exchanged. */
	if (access(real, F_OK) < 0)
		file_write(real, "x\n", 2, 0644, NULL);
}

static void __attribute__((noreturn)) swap(const char *tree, char **paths, unsigned n,
					   _Atomic unsigned long *count)
{
	char real[4096], other[4096];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned long i = 0;; i++) {
		snprintf(real, sizeof real, "%s%s", tree, paths[(unsigned)random() % n]);
		snprintf(other, sizeof other, "%s%s", real, others[i % ARRAY_SIZE(others)]);
		/* There and back, so that setup mostly gets somewhere. */
		for (int turn = 0; turn < 2; turn++)
			if (renameat2(AT_FDCWD, real, AT_FDCWD, other, RENAME_EXCHANGE) == 0)
				(*count)++;
	}
}

static int load(const char *path, struct conf_file **ret)
{
	struct err e = { 0 };

	if (conf_load(path, 0, ret, &e) == 0)
		return 0;
	err_print(&e, "race", stderr);
	return -1;
}

/* Other values each time, so that there is something to write. */
static void vary(struct conf_file *conf, unsigned long i)
{
	autofree char *name = xasprintf("ct%lu", i);
	autofree char *net = xasprintf("name=eth0,bridge=vmbr0,ip=10.0.0.%lu/24", i % 250 + 1);

	conf_set(conf, "hostname", name, NULL);
	conf_set(conf, "net0", net, NULL);
}

static void set_up(struct rootfs *root, struct conf_file *conf, unsigned long rounds,
		   unsigned long *failed, unsigned long *changes)
{
	char resolv[64], zone[] = "Europe/Vienna";
	const struct host_facts facts = { .resolv_conf = resolv, .timezone = zone, .now = 1 };

	for (unsigned long i = 0; i < rounds; i++) {
		struct report report = { 0 };
		struct err e = { 0 };

		vary(conf, i);
		snprintf(resolv, sizeof resolv, "nameserver 1.1.1.%lu\n", i % 250 + 1);
		if (setup_run((enum phase)(i % 3), conf_values(conf), root, &facts, 0, &report,
			      &e) < 0)
			++*failed;
		*changes += report.n_changes;
		report_done(&report);
	}
}

int main(int argc, char *argv[])
{
	unsigned long rounds = argc > 5 ? strtoul(argv[1], NULL, 10) : 0, failed = 0, changes = 0;
	_Atomic unsigned long *count = mmap(NULL, sizeof *count, PROT_READ | PROT_WRITE,
					    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid[SWAPPERS];
	struct conf_file *conf = NULL;
	struct rootfs *root = NULL;
	struct err e;

	if (!rounds || count == MAP_FAILED || load(argv[4], &conf) < 0 ||
	    rootfs_open(argv[2], &root, &e) < 0)
		return 2;
	for (int i = 5; i < argc; i++)
		plant(argv[2], argv[3], argv[i]);
	for (int i = 0; i < SWAPPERS; i++) {
		srandom((unsigned)i);
		pid[i] = fork();
		if (pid[i] == 0)
			swap(argv[2], argv + 5, (unsigned)argc - 5, count);
	}
	set_up(root, conf, rounds, &failed, &changes);
	for (int i = 0; i < SWAPPERS; i++) {
		kill(pid[i], SIGKILL);
		waitpid(pid[i], NULL, 0);
	}
	printf("%lu rounds, %lu ended early, %lu changes, %lu exchanges\n", rounds, failed, changes,
	       *count);
	rootfs_close(root);
	conf_free(conf);
	return *count && changes ? 0 : 1;
}
