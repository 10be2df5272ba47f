/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "lib/runtime/enter/enter-user.c"

#include "lib/base/util.h"

#include "tests/fuzz/fuzz.h"

/* passwd(5) and group(5) of a container: no result points outside of the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *passwd = fuzz_text(data, size), *group = xstrdup(passwd);
	struct enter_user user = { .name = "www" };
	gid_t ids[4];

	if (enter_user_find(passwd, "www", &user))
		fuzz_assert(strcmp(user.name, "www") == 0 && *user.home == '/' &&
			    *user.shell == '/' && user.uid != (uid_t)-1 && user.gid != (gid_t)-1);
	fuzz_assert(enter_user_groups(group, &user, ids, 4) <= 5);
	return 0;
}
