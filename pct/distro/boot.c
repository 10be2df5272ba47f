/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pct distro check --boot: starts a template in a temporary container, and waits for an address. */
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "ct/ct.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/interrupt.h"
#include "lib/base/netaddr.h"
#include "lib/base/paths.h"
#include "lib/base/run.h"
#include "lib/base/util.h"
#include "lib/conf/store.h"
#include "lib/runtime/runtime.h"
#include "pct/cmd.h"
#include "pct/notes.h"

#include "pct/create/recipe.h"

/* A documentation address (RFC 5737); eth0 has no bridge.  Hosts may have .1 or .2 themselves. */
#define ADDRESS "203.0.113.77"
#define NET0 "name=eth0,ip=" ADDRESS "/24"
#define SECONDS 90
#define TRIES 20

static bool is_free(unsigned ctid)
{
	autofree char *runtime = path_runtime_dir(ctid);

	return store()->exists(ctid, NULL) == 0 && access(runtime, F_OK) < 0 &&
	       !ct_is_running(ctid);
}

static int choose_ctid(unsigned *ret, struct err *e)
{
	for (unsigned i = 0; i < TRIES; i++) {
		unsigned salt;

		if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
			return err_sys(e, NULL, "get random bytes");
		*ret = 900000000 + salt % 99999999;
		if (is_free(*ret))
			return 0;
	}
	return err_set(e, EBUSY, NULL, "found no free container number");
}

/* Runs pct create, which undoes everything if it fails. */
static int create(unsigned ctid, const char *archive, struct err *e)
{
	autofree char *number = xasprintf("%u", ctid), *path = realpath(archive, NULL);
	char *argv[] = { (char *)"create", number, path, (char *)"--hostname", (char *)"check",
			 (char *)"--net0", (char *)NET0, NULL };
	const struct command *command = commands;
	struct args args = { 0 };
	int r;

	if (!path)
		return err_sys(e, archive, "find");
	while (!str_eq(command->name, "create"))
		command++;
	r = args_parse(command, ARRAY_SIZE(argv) - 1, argv, &args, e);
	if (r == 0)
		r = command->run(&args, e);
	args_done(&args);
	return r;
}

static bool has_address(const struct ifaddrs *list)
{
	for (; list; list = list->ifa_next) {
		const struct sockaddr_in *in = (const void *)list->ifa_addr;
		struct ip ip = { .family = AF_INET };
		char text[IP_TEXT_MAX];

		if (!str_eq(list->ifa_name, "eth0") || !in || in->sin_family != AF_INET)
			continue;
		memcpy(ip.byte, &in->sin_addr, sizeof in->sin_addr);
		if (str_eq(ip_format(&ip, text), ADDRESS))
			return true;
	}
	return false;
}

/* Runs in a child, because it enters the container's network namespace. */
static int look(void *arg, int out_fd, struct err *e)
{
	struct ifaddrs *list;
	bool found;

	if (setns(*(int *)arg, CLONE_NEWNET) < 0 || getifaddrs(&list) < 0)
		return err_sys(e, NULL, "look into the container's network namespace");
	found = has_address(list);
	freeifaddrs(list);
	return file_write_all(out_fd, &found, sizeof found);
}

static int wait_for_address(unsigned ctid, struct err *e)
{
	const struct timespec pause = { .tv_nsec = 250 * 1000 * 1000 };

	for (time_t end = time(NULL) + SECONDS; time(NULL) < end; nanosleep(&pause, NULL)) {
		autofree char *answer = NULL;
		autoclose int init = runtime_init_pidfd(ctid, NULL);

		if (interrupt_signal())
			return err_set(e, EINTR, NULL, "interrupted");
		if (init < 0)
			return err_set(e, ESRCH, "init", "ended soon after the start");
		if (run_confined(-1, look, &init, &answer, 1, NULL) == 0 && answer[0])
			return 0;
	}
	return err_set(e, ETIMEDOUT, "eth0", "has no address " ADDRESS " after %d seconds",
		       SECONDS);
}

static int start_and_look(unsigned ctid, struct err *e)
{
	struct ct ct;
	int r = ct_open(ctid, CT_LOCK, &ct, e);

	if (r == 0)
		r = ct_start(&ct, e);
	if (r == 0)
		r = wait_for_address(ctid, e);
	return finish_ct(&ct, r);
}

static void throw_away(unsigned ctid)
{
	struct err e = { 0 };
	struct ct ct;
	int r = ct_open(ctid, CT_LOCK, &ct, &e);

	if (r == 0)
		r = ct_destroy(&ct, &(struct destroy){ .force = true }, &e);
	if (finish_ct(&ct, r) < 0)
		err_print(&e, "pct", stderr);
}

int distro_boot(const char *archive, struct err *e)
{
	unsigned ctid = 0;
	int r = choose_ctid(&ctid, e);

	if (r < 0)
		return r;
	/* From the beginning, since a signal just after create would leave the container. */
	interrupt_note();
	r = create(ctid, archive, e);
	if (r == 0) {
		r = start_and_look(ctid, e);
		interrupt_ignore();
		throw_away(ctid);
	}
	interrupt_default();
	return r;
}
