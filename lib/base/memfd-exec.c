/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/base/memfd-exec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "lib/base/err.h"
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

static int copy(int to, int from)
{
	ssize_t n;

	do
		n = sendfile(to, from, NULL, INT_MAX);
	while (n > 0 || (n < 0 && errno == EINTR));
	return (int)n;
}

int memfd_exec_copy(const char *path, struct err *e)
{
	autoclose int file = open(path, O_RDONLY | O_CLOEXEC), sealed = -1;

	if (file < 0) {
		err_sys(e, path, "open");
		return err_remedy(e, "reinstall the suite (make install)");
	}
	sealed = make_file();
	if (sealed >= 0 && copy(sealed, file) == 0 && fcntl(sealed, F_ADD_SEALS, SEALS) == 0)
		return steal_fd(&sealed);
	err_sys(e, path, "copy it into memory");
	if (err_code(e) == -EACCES)
		err_remedy(e, "sysctl vm.memfd_noexec=1 allows programs in memory");
	return err_code(e);
}
