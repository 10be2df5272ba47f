/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A file system that stops to answer (fuse(4)), for tests/hostile/fuse.sh; run in a container.
 *
 * serve DIR [deep]: mount it there, and serve.  It has one file, "file", whose contents never come.
 * After SIGUSR1 it takes what it is asked, and answers nothing any more: who asked waits, and
 * cannot be killed.  deep: from then on it waits for an answer of its own as well.
 * init: as the container's, with its root on such a file system where there is a file "/rooted";
 * after SIGUSR1 it asks there, too.
 * ask PATH: stat(2) once.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

static volatile sig_atomic_t told;
static int place = -1;

static void tell(int number)
{
	(void)number;
	told = 1;
}

static void answer(int fd, uint64_t unique, int error, const void *data, size_t len)
{
	struct fuse_out_header head = { .len = (uint32_t)(sizeof head + len), .error = -error,
					.unique = unique };
	struct iovec v[] = { { &head, sizeof head }, { (void *)data, len } };

	if (writev(fd, v, 2) < 0)
		return;
}

static struct fuse_attr attr_of(uint64_t node)
{
	struct fuse_attr attr = { .ino = node, .nlink = 1, .blksize = 4096,
				  .mode = node == 1 ? S_IFDIR | 0755 : S_IFREG | 0644,
				  .size = node == 1 ? 0 : 4096 };

	return attr;
}

static void serve_one(int fd, const struct fuse_in_header *in)
{
	const char *name = (const char *)(in + 1);
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION, .minor = 31,
				      .max_write = 4096 };
	struct fuse_entry_out entry = { .nodeid = 2, .attr = attr_of(2) };
	struct fuse_attr_out attr = { .attr = attr_of(in->nodeid) };
	struct fuse_open_out open = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(fd, in->unique, 0, &init, sizeof init);
		break;
	case FUSE_LOOKUP:
		if (strcmp(name, "file") == 0)
			answer(fd, in->unique, 0, &entry, sizeof entry);
		else
			answer(fd, in->unique, ENOENT, NULL, 0);
		break;
	case FUSE_GETATTR:
		answer(fd, in->unique, 0, &attr, sizeof attr);
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(fd, in->unique, 0, &open, sizeof open);
		break;
	case FUSE_READ:
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
		break;
	default:
		answer(fd, in->unique, ENOSYS, NULL, 0);
	}
}

static void *ask_myself(void *arg)
{
	struct stat st;

	fstat(place, &st);
	return arg;
}

static int serve(const char *dir, int deep)
{
	static char request[65536];
	char options[128];
	pthread_t thread;
	int fd;

	mknod("/dev/fuse", S_IFCHR | 0600, makedev(10, 229));
	fd = open("/dev/fuse", O_RDWR);
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other",
		 fd);
	if (fd < 0 || mount("test", dir, "fuse.test", 0, options) < 0)
		return perror(dir), 1;
	place = open(dir, O_PATH | O_DIRECTORY);
	signal(SIGUSR1, tell);
	siginterrupt(SIGUSR1, 1);
	for (;;) {
		ssize_t n = read(fd, request, sizeof request);

		if (n < 0 && errno != EINTR)
			return errno != ENODEV;
		if (n > 0 && !told)
			serve_one(fd, (const struct fuse_in_header *)(const void *)request);
		if (told && deep) {
			deep = 0;
			pthread_create(&thread, NULL, ask_myself, NULL);
		}
	}
}

static int is_served(const char *dir)
{
	struct stat st;

	return stat(dir, &st) == 0 && st.st_ino == 1;
}

static int run_init(void)
{
	struct stat st;

	if (access("/rooted", F_OK) < 0)
		return execl("/bin/busybox", "init", (char *)NULL), 1;
	mkdir("/fuse", 0755);
	if (fork() == 0)
		return serve("/fuse", access("/deep", F_OK) == 0);
	while (!is_served("/fuse"))
		usleep(10000);
	if (chroot("/fuse") < 0)
		return 1;
	signal(SIGUSR1, tell);
	while (!told)
		pause();
	stat("/", &st);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	struct stat st;

	if (getpid() == 1)
		return run_init();
	if (argc > 2 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2], argc > 3);
	if (argc > 2 && strcmp(argv[1], "ask") == 0)
		return stat(argv[2], &st) < 0;
	return 1;
}
