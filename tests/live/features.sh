#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The features of a container: what processes of its init and of exec can do with and without each.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
mkdir "$work/tree"
tar -C "$work/tree" -xf "$cache/$template"
cp "$build/hostile/calls" "$work/tree/calls"
calls='keyctl btrfs mknod-null mknodat-disk mknod-fifo fuse tmpfs ext4'
echo "::once:/bin/sh -c '/calls $calls >/found.new; mv /found.new /found'" >>"$work/tree/etc/inittab"
tar -C "$work/tree" --zstd -cf "$PCT_VZ/template/cache/calls.tar.zst" .

# Without udev, the host may keep /dev/fuse to itself.
mknod -m 666 "$work/fuse" c 10 229
# shellcheck disable=SC2016
with_fuse() { unshare -m sh -c 'mount --bind "$1" /dev/fuse && shift && exec "$@"' - "$work/fuse" "$@"; }

seen() { [ -e "/proc/$(init_pid "$ctid")/root/found" ]; }
# can WHAT EXPECTED [FOR-EXEC]: the results of all calls, of a process of init and of one of exec.
can() {
	check "$1: start" with_fuse "$pct" start "$ctid"
	within 10 seen
	same "$1: a process of init" "$2" "$(tr '\n' ',' <"/proc/$(init_pid "$ctid")/root/found")"
	# shellcheck disable=SC2086
	same "$1: a process of exec" "${3:-$2}" "$(inside /calls $calls | tr '\n' ',')"
	inside rm /found
}
sys() { inside sed -n 's/^[^ ]* \/sys sysfs \(r[ow]\).*/\1/p' /proc/mounts; }

new_ctid
check 'create, unprivileged' "$pct" create "$ctid" "$PCT_VZ/template/cache/calls.tar.zst"
can unprivileged 'keyctl ENOSYS,btrfs EPERM,mknod-null EPERM,mknodat-disk EPERM,mknod-fifo yes,fuse ENOENT,tmpfs yes,ext4 EPERM,'
same '/sys is read-only' ro "$(sys)"
same 'the profile is for root only' 640 "$(stat -c %a "$PCT_LIB/$ctid/seccomp")"

# The filter of a container is that of its start, also if exec asks for it only later.
"$pct" stop "$ctid" && rm "$PCT_LIB/$ctid/seccomp" && with_fuse "$pct" start "$ctid"
rm -f "$PCT_RUN/pct/$ctid/enter"
check 'set while it runs' with_fuse "$pct" set "$ctid" --features keyctl=1,fuse=1,force_rw_sys=1
same 'is pending' 'pending until the next start: features' "$(cat "$work/out")"
same 'and changes no filter that is in use' 'keyctl ENOSYS' "$(inside /calls keyctl)"
within 10 seen && inside rm /found
"$pct" stop "$ctid"
can 'keyctl and fuse' 'keyctl yes,btrfs EPERM,mknod-null EPERM,mknodat-disk EPERM,mknod-fifo yes,fuse yes,tmpfs yes,ext4 EPERM,'
same 'force_rw_sys' rw "$(sys)"
"$pct" stop "$ctid"

# ---- mknod ----
refuses 1 'mknod without the daemon' \
	'pve.features: mknod needs the daemon pve-lxc-syscalld, which does not run on this host; start it' \
	"$pct" set "$ctid" --features mknod=1
python3 "$top/tests/live/syscalld.py" "$PCT_RUN/pve/lxc-syscalld.sock" >"$work/calls" &
daemon=$!
within 5 test -S "$PCT_RUN/pve/lxc-syscalld.sock"
check 'with the daemon' "$pct" set "$ctid" --features mknod=1
plain='mknod-fifo yes,fuse ENOENT,tmpfs yes,ext4 EPERM,'
can mknod "keyctl ENOSYS,btrfs EPERM,mknod-null yes,mknodat-disk yes,$plain" \
	"keyctl ENOSYS,btrfs EPERM,mknod-null ENOSYS,mknodat-disk ENOSYS,$plain"
same 'the daemon is told the container' "$ctid $ctid" "$(paste -sd ' ' "$work/calls")"
# liblxc gives the monitor a descriptor each time that pct asks for the filter.
monitor=$(monitor_pid "$ctid")
open_files() { find "/proc/$monitor/fd" -mindepth 1 | wc -l; }
before=$(open_files)
for _ in 1 2 3; do rm -f "$PCT_RUN/pct/$ctid/enter" && inside true; done
as_before() { [ "$(open_files)" = "$before" ]; }
check 'the monitor keeps none of exec' within 5 as_before
ticks=$(cut -d ' ' -f 14,15 "/proc/$monitor/stat")
sleep 1
same 'and sleeps' "$ticks" "$(cut -d ' ' -f 14,15 "/proc/$monitor/stat")"
"$pct" stop "$ctid"
kill "$daemon"
wait "$daemon" 2>/dev/null
rm "$PCT_RUN/pve/lxc-syscalld.sock"
refuses 1 'a start without the daemon' 'mknod needs the daemon' "$pct" start "$ctid"
same 'leaves nothing' '' "$(leftovers "$ctid")"

# ---- profiles of the user ----
check 'delete features' "$pct" set "$ctid" --delete features
printf '2\ndenylist\n[all]\nkeyctl errno 13\n' >"$work/mine"
echo "lxc.seccomp.profile = $work/mine" >>"$PCT_ETC/lxc/$ctid/config"
check 'set a feature of the filter' "$pct" set "$ctid" --features keyctl=1
same 'which the profile of the config replaces' \
	"pct: warning: container $ctid: features: keyctl=1 has no effect, since lxc.seccomp.profile replaces the filter of system calls" \
	"$(cat "$work/out")"
can 'own profile' 'keyctl EACCES,btrfs ENOTTY,mknod-null EPERM,mknodat-disk EPERM,mknod-fifo yes,fuse ENOENT,tmpfs yes,ext4 EPERM,'
destroy "$ctid"

# ---- privileged ----
new_ctid
check 'create, privileged' "$pct" create "$ctid" "$PCT_VZ/template/cache/calls.tar.zst" --unprivileged 0
all='keyctl yes,btrfs ENOTTY,mknod-null yes,mknodat-disk yes,mknod-fifo yes'
can privileged "$all,fuse ENOENT,tmpfs yes,ext4 yes,"
"$pct" stop "$ctid"
check 'set fuse and mount' with_fuse "$pct" set "$ctid" --features fuse=1,mount=ext4
can 'privileged with fuse' "$all,fuse yes,tmpfs yes,ext4 yes,"
"$pct" stop "$ctid"
without() { unshare -m sh -c 'mount -t tmpfs none /dev; mknod /dev/null c 1 3; exec "$@"' - "$@"; }
refuses 1 'a host without FUSE' 'fuse needs /dev/fuse, which this host lacks; load the module: modprobe fuse' \
	without "$pct" start "$ctid"
finish
