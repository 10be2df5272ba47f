/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <inttypes.h>
#include <stdio.h>

#include "ct/ct.h"
#include "ct/volume/volumes.h"
#include "lib/base/util.h"
#include "lib/host/free-space.h"
#include "pct/cmd.h"
#include "pct/notes.h"
#include "pct/output.h"

const struct option_def fstrim_options[] = {
	{ "ignore-mountpoints", "[0|1]", "Only the root volume" },
	{ 0 },
};

static void print(const struct ct_volume *v)
{
	char text[ROOM_TEXT_MAX];

	switch (v->result) {
	case CT_VOLUME_KNOWN:
		printf("%s: %s (%" PRIu64 " bytes) trimmed\n", v->slot, room_text(v->trimmed, text),
		       v->trimmed);
		break;
	case CT_VOLUME_FOREIGN:
		printf("%s: not trimmed: %s belongs to this host\n", v->slot, v->id);
		break;
	case CT_VOLUME_TREE:
		printf("%s: not trimmed: %s is a folder, which keeps no unused blocks\n", v->slot,
		       v->id);
		break;
	case CT_VOLUME_SKIPPED:
	case CT_VOLUME_FAILED: /* a note says why */
		break;
	}
}

int cmd_fstrim(const struct args *args, struct err *e)
{
	struct ct_volumes volumes = { 0 };
	bool failed = false;
	struct ct ct;
	unsigned lock = ct_is_running(args->ctid) ? 0 : CT_LOCK;
	int r = ct_open(args->ctid, lock | CT_LOAD | CT_UNLOCKED, &ct, e);

	if (r == 0)
		r = ct_fstrim(&ct, args_flag(args, "ignore-mountpoints"), &volumes, e);
	for (size_t i = 0; i < volumes.n; i++) {
		print(&volumes.v[i]);
		failed |= volumes.v[i].result == CT_VOLUME_FAILED;
	}
	ct_volumes_done(&volumes);
	output_flush(NULL);
	return finish_ct(&ct, r == 0 ? failed : r);
}
