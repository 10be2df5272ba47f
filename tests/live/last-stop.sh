#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct status says why a container stopped last.
. "$(dirname "$0")/../lib.sh"
new_ctid
template busybox
"$pct" create "$ctid" "$template" --memory 32 --swap 0 >/dev/null 2>&1

reason() { "$pct" status "$ctid" | sed -n 's/^last stop: //p'; }
# stops WHAT REASON COMMAND...: the container stops by this, and for this reason.
stops() {
	"$pct" start "$ctid" >"$work/out" 2>&1 || not_ok "$1: start" <"$work/out"
	same "$1: none is shown while it runs" '' "$(reason)"
	"${@:3}" >/dev/null 2>&1 </dev/null
	within 10 no_monitor "$ctid"
	same "$1" "$2" "$(reason)"
}
kill_init() { kill "$1" "$(init_pid "$ctid")"; }

same 'none before the first start' '' "$(reason)"
stops 'pct stop' 'it was killed by pct stop' "$pct" stop "$ctid"
stops 'pct shutdown' 'it was shut down by pct' "$pct" shutdown "$ctid" --timeout 20
stops 'a halt inside' 'it was halted from inside' "$pct" exec "$ctid" -- poweroff -f
stops 'a signal' 'its init was killed by signal 9 (SIGKILL)' kill_init -KILL
same 'JSON has it' 'its init was killed by signal 9 (SIGKILL)' \
	"$("$pct" status "$ctid" --output-format json | jq -r '."last-stop"')"

# Init takes all the memory, which its own program cannot do.
cat >"$work/eat.c" <<'EOS'
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int main(void)
{
	while (access("/eat", F_OK) < 0)
		usleep(10000);
	for (char *p; (p = malloc(1 << 20));)
		memset(p, 1, 1 << 20);
	return 3;
}
EOS
check 'a program that eats memory' cc -static -w -o "$work/eat" "$work/eat.c" || finish
"$pct" start "$ctid" 2>/dev/null
"$pct" exec "$ctid" -- sh -c 'cat >/eater && chmod 755 /eater' <"$work/eat"
"$pct" stop "$ctid"
echo 'lxc.init.cmd = /eater' >>"$PCT_ETC/lxc/$ctid/config"
eat() { : >"/proc/$(init_pid "$ctid")/root/eat"; }
stops 'out of memory' 'its init was killed by signal 9 (SIGKILL); the out-of-memory killer has killed 1 of its processes: see pct set --memory' \
	"$pct" exec "$ctid" -- touch /eat
sed -i 's|^lxc.init.cmd.*|lxc.init.cmd = /none|' "$PCT_ETC/lxc/$ctid/config"
"$pct" start "$ctid" >/dev/null 2>&1
same 'nor when a start has failed since' '' "$(reason)"
finish
