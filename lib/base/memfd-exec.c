/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/memfd-exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/base/err.h"
#include "lib/base/paths.h"
#include "lib/base/util.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U /* Linux 6.3; vm.memfd_noexec = 1 requires it */
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int make_file(void)
{
	unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("pct", flags | MFD_EXEC);

	return fd < 0 && errno == EINVAL ? memfd_create("pct", flags) : fd;
}

/* At most size bytes. */
static int copy(int to, int from, size_t size)
{
	ssize_t n;

	do {
		n = sendfile(to, from, NULL, size);
		size -= n > 0 ? (size_t)n : 0;
	} while (size && (n > 0 || (n < 0 && errno == EINTR)));
	return (int)n;
}

static int seal(int file, size_t size, const char *path, struct err *e)
{
	autoclose int sealed = make_file();

	if (file < 0 || sealed < 0 || copy(sealed, file, size) < 0 ||
	    fcntl(sealed, F_ADD_SEALS, SEALS) < 0)
		err_sys(e, path, "copy it into memory");
	else
		return steal_fd(&sealed);
	if (err_code(e) == -EACCES)
		err_remedy(e, "sysctl vm.memfd_noexec=1 allows programs in memory");
	return err_code(e);
}

int memfd_exec_copy(const char *path, struct err *e)
{
	autoclose int file = open(path, O_RDONLY | O_CLOEXEC);

	if (file >= 0)
		return seal(file, INT_MAX, path, e);
	err_sys(e, path, "open");
	return err_remedy(e, "reinstall the suite (make install)");
}

/*
 * The size of the part of this program's file that the kernel loads.  Symbols and debug information
 * lie behind it, and are most of a file that is not stripped.
 */
static size_t loaded_size(void)
{
	const ElfW(Phdr) *segment = (const void *)getauxval(AT_PHDR);
	size_t size = 0;

	for (unsigned long n = getauxval(AT_PHNUM); segment && n; n--, segment++)
		if (segment->p_type == PT_LOAD && size < segment->p_offset + segment->p_filesz)
			size = segment->p_offset + segment->p_filesz;
	return size ? size : INT_MAX;
}

static bool is_sealed(int file)
{
	int seals = file < 0 ? -1 : fcntl(file, F_GET_SEALS);

	return seals >= 0 && (seals & SEALS) == SEALS;
}

bool memfd_exec_is_copy(void)
{
	autoclose int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);

	return is_sealed(file);
}

int memfd_exec_self(char *const argv[], struct err *e)
{
	autoclose int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), sealed = -1;

	if (is_sealed(file)) {
		prctl(PR_SET_NAME, "pct"); /* the kernel has named it after the descriptor */
		return 0;
	}
	sealed = seal(file, loaded_size(), path_self(), e);
	if (sealed < 0)
		return sealed;
	if (setenv(PATH_SELF, path_self(), 1) < 0)
		return err_sys(e, PATH_SELF, "set it");
	syscall(SYS_execveat, sealed, "", argv, environ, AT_EMPTY_PATH);
	return err_sys(e, path_self(), "run a copy of it");
}
