/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Run by loader.c: what can be done to the program that ended up in a container, which is
 * descriptor 9.  It writes that to /found and goes on as /bin/busybox init.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define KEPT 9
#define PROGRAM "/proc/self/fd/9"
#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static void find(FILE *out)
{
	char link[256] = "";
	int fd = open(PROGRAM, O_RDONLY | O_CLOEXEC), seals = fcntl(fd, F_GET_SEALS), written;
	struct stat st, root;

	if (readlink(PROGRAM, link, sizeof link - 1) < 0 || fstat(KEPT, &st) < 0 ||
	    stat("/", &root) < 0)
		return;
	if (seals >= 0 && (seals & SEALS) == SEALS) {
		fprintf(out, "sealed\n");
	} else if (st.st_dev == root.st_dev) {
		fprintf(out, "its own\n");
	} else {
		fprintf(out, "of the host: %s\n", link);
		if (chmod(PROGRAM, 04777) == 0)
			fprintf(out, "its mode was changed\n");
		if (chown(PROGRAM, 1234, 1234) == 0)
			fprintf(out, "its owner was changed\n");
		if (setxattr(PROGRAM, "user.prey", "x", 1, 0) == 0)
			fprintf(out, "an attribute was set\n");
	}
	written = open(PROGRAM, O_WRONLY | O_CLOEXEC);
	if (written >= 0 && pwrite(written, "\177", 1, 0) == 1)
		fprintf(out, "it was written\n");
	else if (written < 0 && errno == ETXTBSY && !(seals >= 0))
		fprintf(out, "it can be written when it does not run\n");
}

int main(void)
{
	FILE *out = fopen("/found.new", "we");

	if (out) {
		find(out);
		fclose(out);
		rename("/found.new", "/found");
	}
	close(KEPT);
	execl("/bin/busybox", "init", (char *)NULL);
	return 1;
}
