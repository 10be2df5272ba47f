#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container's root decides whether what enters it goes on: liblxc puts it into a cgroup that is
# theirs to freeze.  And what runs in there may say more than anybody wants to read.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
# To pct it looks like OpenWrt, which is told of its networks, with systemd as its init.
mkdir "$work/pose"
tar -C "$work/pose" -xf "$cache/$template"
cp "$(readlink -f "$work/pose/bin/busybox")" "$work/busybox"
install -D "$work/busybox" "$work/pose/lib/systemd/systemd"
ln -sf /lib/systemd/systemd "$work/pose/sbin/init"
mkdir -p "$work/pose/etc/init.d" "$work/pose/etc/rc.d" "$work/pose/etc/config"
ln -s ../init.d/network "$work/pose/etc/rc.d/S20network"
printf '#!/bin/sh\n' | tee "$work/pose/sbin/netifd" "$work/pose/etc/init.d/network" >"$work/pose/bin/ubus"
cat >"$work/flood.c" <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	static char data[65536];

	fcntl(1, F_SETPIPE_SZ, 1048576);
	for (;;)
		write(1, data, sizeof data);
}
END
check 'a program that floods' cc -static -w -o "$work/pose/bin/systemctl" "$work/flood.c" || finish
chmod 755 "$work/pose/sbin/netifd" "$work/pose/etc/init.d/network" "$work/pose/bin/ubus"
tar -C "$work/pose" --zstd -cf "$PCT_VZ/template/cache/pose.tar.zst" .
new_ctid
"$pct" create "$ctid" pose.tar.zst --hostname pose \
	--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" 2>&1 | sed 's/^/# /'
check 'start' timeout 60 "$pct" start "$ctid"

# ends STATUS SECONDS WHAT COMMAND...: with the status, and in time.  A test in the background has
# its interrupts ignored.
ends() {
	local want=$1 seconds=$2 what=$3 began=$SECONDS status
	shift 3
	timeout -k 1 60 env --default-signal "$@" >"$work/out" 2>&1 </dev/null
	status=$?
	if [ $status -eq "$want" ] && [ $((SECONDS - began)) -le "$seconds" ]; then
		ok "$what"
	else
		{ echo "exit $status after $((SECONDS - began)) s: $*" && head -c 4000 "$work/out"; } >"$work/why"
		not_ok "$what" <"$work/why"
	fi
}
description=0
# all_end HOW ADDRESS: of a container that looks as if it ran.
all_end() {
	ends 0 40 "$1: set ends" "$pct" set "$ctid" --nameserver "$2"
	same "$1: and says that it was not told" 1 "$(grep -c 'ubus: did not end within 20 s' "$work/out")"
	description=$((description + 1))
	ends 0 10 "$1: nobody holds the lock" "$pct" set "$ctid" --description "$description"
	ends 1 15 "$1: wait --boot ends" "$pct" wait "$ctid" --boot --timeout 3
	ends 143 10 "$1: exec ends when it is told" \
		timeout --preserve-status 2 "$pct" exec "$ctid" -- true
	ends 130 10 "$1: exec ends by an interrupt" \
		timeout --preserve-status -s INT 2 "$pct" exec "$ctid" -- true
	ends 130 20 "$1: enter ends by one of its terminal" bash -c \
		"(sleep 4; printf '\003'; sleep 1) |
			script -qec '$pct enter $ctid; s=\$?; stty -a | grep -qw -- -isig || exit \$s' /dev/null"
	same "$1: no pct is left" '' "$(pgrep -af "^$pct [a-z]* $ctid" | grep -v 'monitor' |
		while read -r pid rest; do grep -q lxc "/proc/$pid/cgroup" || echo "$rest"; done)"
}

ends 1 10 'wait --boot ends in time, whatever is said' "$pct" wait "$ctid" --boot --timeout 3

# By the container's root, who leaves the group that is frozen.
# shellcheck disable=SC2016
inside sh -c 'mkdir /cg && mount -t cgroup2 none /cg && mkdir -p /cg/init /cg/.lxc &&
	echo $$ >/cg/init/cgroup.procs &&
	for pid in $(cat /cg/cgroup.procs); do echo $pid >/cg/init/cgroup.procs; done &&
	set -- $(cat /cg/cgroup.controllers) &&
	{ [ $# -eq 0 ] || echo "+$1" >/cg/cgroup.subtree_control; } &&
	echo 1 >/cg/.lxc/cgroup.freeze'
frozen=$(find /sys/fs/cgroup -path "*/lxc.payload.$ctid/.lxc/cgroup.freeze")
same 'what enters is frozen' 1 "$(cat "$frozen")"
all_end 'frozen' 192.0.2.1
is_empty() { [ -z "$(cat "${frozen%freeze}procs")" ]; }
check 'nothing is left in there' within 5 is_empty
echo 0 >"$frozen"

# By cgroup v1, which does not let go of what is killed; where there is none, by v2.
group=$(find /sys/fs/cgroup -path "*/freezer/*lxc.payload.$ctid/freezer.state")
[ -n "$group" ] || group=$(find /sys/fs/cgroup -path "*/lxc.payload.$ctid/cgroup.freeze")
case $group in */freezer.state) freeze=FROZEN thaw=THAWED ;; *) freeze=1 thaw=0 ;; esac
echo $freeze >"$group"
for command in "set $ctid --nameserver 192.0.2.2" "exec $ctid -- true" "enter $ctid" "wait $ctid --boot"; do
	# shellcheck disable=SC2086
	refuses 1 "as a whole: ${command%% *}" 'is frozen; lxc-unfreeze ' timeout 10 "$pct" $command
done
ends 0 10 'as a whole: a setting that nothing inside needs' "$pct" set "$ctid" --description thawed
echo $thaw >"$group"
check 'nothing is left in there' within 5 is_empty
same 'exec goes on' hello "$(inside echo hello)"
check 'stop' timeout 60 "$pct" stop "$ctid"
finish
