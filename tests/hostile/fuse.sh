#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root of a privileged container mounts a file system of its own that stops to answer (FUSE): who asks
# it waits, and cannot be killed.  No command of the host asks it while it holds a lock, and stop ends
# what waits for it.
. "$(dirname "$0")/../lib.sh"
grep -qw fuse /proc/filesystems || { skip 'all of it' 'FUSE' && finish; }
new_bridge

# Whatever happens: what waits for these is not to stay.
abort_all() {
	local id
	mkdir -p "$work/control" && mount -t fusectl none "$work/control"
	find /sys/fs/cgroup -path "*/lxc.payload.$ctid*" -name cgroup.procs -exec cat {} + |
		while read -r pid; do
			grep -h 'fuse.test' "/proc/$pid/task"/*/mountinfo
		done 2>/dev/null | cut -d ' ' -f 3 | sort -u >"$work/connections"
	umount -l "$work/host"
	while read -r id; do
		echo 1 >"$work/control/${id#0:}/abort"
	done <"$work/connections"
	umount "$work/control"
	kill "$hosts" 2>/dev/null
}
hosts=''
trap 'abort_all; cleanup' EXIT

check 'a file system that stops' cc -D_GNU_SOURCE -static -pthread -w -o "$work/fuse" "$top/tests/hostile/fuse.c" || finish
template busybox
mkdir "$work/tree"
tar -C "$work/tree" -xf "$cache/$template"
rm "$work/tree/sbin/init"
cp "$work/fuse" "$work/tree/sbin/init"
cp "$work/fuse" "$work/tree/bin/fuse"
tar -C "$work/tree" --zstd -cf "$PCT_VZ/template/cache/fuse.tar.zst" .
new_ctid
"$pct" create "$ctid" fuse.tar.zst --hostname web1 --unprivileged 0 --rootfs local:0 \
	--net0 "name=eth0,bridge=$bridge,ip=dhcp" 2>&1 | sed 's/^/# /'
tree=$images/$ctid/subvol-$ctid-rootfs.subvol

# One of the host's that the container has as well.
mkdir "$work/host"
"$work/fuse" serve "$work/host" &
hosts=$!
disown
check 'a file system of the host' within 5 mountpoint -q "$work/host"
printf '%s\n' "lxc.mount.entry = $work/host srv none bind,optional 0 0" \
	'lxc.cgroup.devices.allow = c 10:229 rwm' >>"$PCT_ETC/lxc/$ctid/config"
mkdir -p "$tree/srv"

free() { timeout 5 flock -n "$PCT_RUN/pct/lock/$ctid.lock" true; }
# those WORDS: the container's processes with this command line
those() { pgrep -f "$1" --ns "$init" --nslist pid; }
# ended WHAT COMMAND...
ended() {
	background stop "${@:2}"
	wait "${runs[-1]}"
	told "$1" stop 0 20 ''
	check "$1: nothing is left" within 5 nothing_left
	check "$1: the host's own goes on" timeout -k 1 5 stat "$work/host/file"
}
nothing_left() { ! leftovers "$ctid" | grep -vF " $work/host "; }

# ---- init has its root there ----
touch "$tree/rooted"
started() {
	check "$1: start" "$pct" start "$ctid" || finish
	init=$(init_pid "$ctid")
	check "$1: its root is the file system" within 5 bash -c '[ "$(stat -c %i "$1")" = 1 ]' - "/proc/$init/root/"
	server=$(those /sbin/init | grep -vx "$init")
	kill -USR1 "$server"
}
started 'root'
background set set "$ctid" --hostname other
background net net "$ctid"
background dns wait "$ctid" --dns --timeout 3
background status status "$ctid"
background list list --full
wait "${runs[@]}"
told 'status ends' status 0 2 running
told 'list ends' list 0 2 running
told 'wait --dns keeps to its time' dns 1 6 'after 3 s still missing: dns'
told 'net ends' net 1 45 "container's files: process .* does not answer"
told 'set ends' set 1 100 "host name: the container's files: .* does not answer"
check 'nobody holds the lock' free
# Of a volume with a size they show the use of the disk; a folder has none.
config=$PCT_ETC/lxc/$ctid/config
cp "$config" "$work/config"
sed -i "s/subvol-$ctid-rootfs\.subvol/vm-$ctid-disk-0.raw/" "$config"
background verbose status "$ctid" --verbose
background list list --full
wait "${runs[@]}"
told 'status --verbose does without the disk' verbose 0 6 '^uptime: '
same 'after it has asked' '' "$(sed -n 's/^exit 0 after 0 s$/it has not/p' "$work/verbose")"
told 'list --full does so' list 0 6 'running.* s '
cp "$work/config" "$config"
ended 'stop' stop "$ctid"

started 'init waits for it'
kill -USR1 "$init"
waits() { grep -q 'fuse\|request_wait' "/proc/$1/wchan"; }
check 'init waits' within 5 waits "$init"
ended 'stop of that' stop "$ctid"

touch "$tree/deep"
started 'and so does who is to answer'
kill -USR1 "$init"
check 'init waits' within 5 waits "$init"
ended 'stop of that, too' stop "$ctid"

started 'with its monitor gone'
kill -USR1 "$init"
check 'init waits' within 5 waits "$init"
kill -9 "$(monitor_pid "$ctid")"
within 5 no_monitor "$ctid"
check 'status' timeout 5 grep -q 'monitor: gone' <("$pct" status "$ctid")
ended 'stop of that as well' stop "$ctid"

# ---- of a process of its own ----
rm "$tree/rooted" "$tree/deep"
check 'start' "$pct" start "$ctid" || finish
init=$(init_pid "$ctid")
inside mkdir -p /fuse
inside sh -c 'fuse serve /fuse deep >/dev/null 2>&1 &'
check 'it serves' within 5 inside test -e /fuse/file
kill -USR1 "$(those 'fuse serve')"
inside sh -c 'fuse ask /fuse >/dev/null 2>&1 &'
background push push "$ctid" /etc/hostname /fuse/new
background pull pull "$ctid" /fuse/file "$work/pulled"
wait "${runs[@]}"
told 'push ends' push 1 45 "container $ctid: there was no progress for 30 s; .* pct stop $ctid ends it"
told 'pull ends' pull 1 45 "container $ctid: there was no progress for 30 s; .* pct stop $ctid ends it"
check 'nobody holds the lock' free
ended 'stop of one with processes that wait' stop "$ctid"

# What is not mounted any more has no name; who is in there is known by where they are.
check 'start' "$pct" start "$ctid" || finish
init=$(init_pid "$ctid")
inside sh -c 'fuse serve /fuse deep >/dev/null 2>&1 &'
check 'it serves' within 5 inside test -e /fuse/file
inside sh -c 'cd /fuse && (while ! [ -e /told ]; do sleep 0.1; done; fuse ask .) >/dev/null 2>&1 &'
sleep 0.5
inside umount -l /fuse
kill -USR1 "$(those 'fuse serve')"
inside touch /told
ended 'stop of one that is not mounted any more' stop "$ctid"

finish
