#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root of a privileged container can keep whoever opens one of its files waiting, and stop all
# writes to its file system: commands of the host end nevertheless, and say why.
. "$(dirname "$0")/../lib.sh"
new_bridge
# Descriptor 7 is its top.
thaw() { "$work/block" u <&7; }
trap 'thaw 2>/dev/null; cleanup' EXIT

cat >"$work/block.c" <<'EOS'
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int root = open("/", O_RDONLY | O_DIRECTORY), asked;
	if (argc > 1 && argv[1][0] == 'f') /* f: freeze; u: thaw standard input */
		return ioctl(root, FIFREEZE, 0) < 0;
	if (argc > 1 && argv[1][0] == 'u')
		return ioctl(0, FITHAW, 0) < 0;
	asked = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC, O_RDONLY);
	if (asked < 0 || fanotify_mark(asked, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN_PERM, AT_FDCWD, "/") < 0)
		return 1;
	write(1, "\n", 1);
	for (;;)
		pause();
}
EOS
check 'a program that blocks' cc -static -o "$work/block" "$work/block.c" || finish
started() {
	check "$1: start" "$pct" start "$ctid" || finish
	cp "$work/block" "/proc/$(init_pid "$ctid")/root/usr/bin/"
}

new_ct busybox --unprivileged 0 >/dev/null 2>&1
started 'asked'
"$pct" exec "$ctid" -- block </dev/null >"$work/blocks" 2>&1 &
check 'who opens a file there waits' within 10 test -s "$work/blocks"
background set set "$ctid" --hostname other
background net net "$ctid"
background diff setup "$ctid" --diff
background dns wait "$ctid" --dns --timeout 3
wait "${runs[@]}"
told 'wait --dns keeps to its time' dns 1 6 'after 3 s still missing: dns (its /etc/resolv.conf is still'
told 'net ends' net 1 45 'a process in the container blocks file access'
told 'setup --diff ends' diff 1 45 'a process in the container blocks file access'
told 'set ends' set 1 100 "host name: the container's files: .* does not answer, and was killed"
check 'stop' timeout 60 "$pct" stop "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid")"

# A process can have its command line in memory that it does not hand out; that would hold up everybody
# on this machine who lists processes, so here it is who reads that waits.
new_ct busybox >/dev/null 2>&1
"$pct" set "$ctid" --net0 "name=eth0,bridge=$bridge,ip=dhcp"
check 'start' "$pct" start "$ctid" || finish
GAP_OPEN=/cmdline LD_PRELOAD=$build/hostile/gap.so background client set "$ctid" \
	--net0 "name=eth0,bridge=$bridge,ip=$net.20/24"
wait "${runs[-1]}"
told 'set does not wait for a command line' client 0 60 'does not answer, and was killed; pct reboot'
check 'stop' "$pct" stop "$ctid"

new_ct busybox --unprivileged 0 >/dev/null 2>&1
started 'frozen'
exec 7<"/proc/$(init_pid "$ctid")/root/"
check 'its file system is frozen' "$pct" exec "$ctid" -- block f
background set set "$ctid" --hostname other
wait "${runs[-1]}"
told 'set ends' set 1 100 'the kernel holds it, so that it cannot be killed'
held=$(pgrep -fx "$pct set $ctid --hostname other")
check 'a process is left' test -n "$held"
check 'which does not keep the lock' timeout 5 flock -n "$PCT_RUN/pct/lock/$ctid.lock" true
"$pct" exec "$ctid" -- touch /root/new </dev/null >/dev/null 2>&1 &
# As itself: pct exec waits in state D as well, for the kernel, before it has become this program.
writes() { ps -eo stat=,args= | grep -q '^D[^ ]*  *touch /root/new$'; }
check 'one of its own waits to write' within 10 writes
background stop stop "$ctid"
wait "${runs[-1]}"
told 'stop ends' stop 1 75 'was killed, but has not ended after 60 s; the kernel holds one'
check 'its file system is thawed' thaw
gone() { [ -z "$(pgrep -fx "$pct set $ctid --hostname other")" ]; }
check 'it is gone then' within 5 gone
exec 7<&-
check 'the container is gone, too' within 10 no_monitor "$ctid"
"$pct" stop "$ctid" >/dev/null 2>&1
same 'nothing is left' '' "$(leftovers "$ctid")"
finish
