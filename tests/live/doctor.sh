#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct doctor finds what is wrong, with a remedy, and removes what a killed container left.
. "$(dirname "$0")/../lib.sh"
new_bridge

# finds CHECK: its findings, a line each.
finds() {
	"$pct" doctor --output-format json | jq -r --arg check "$1" \
		'.[] | select(.check == $check) | .level + ": " + .object + ": " + .text' | tee "$work/found"
}
# found WHAT CHECK PATTERN
found() {
	finds "$2" >/dev/null
	check "$1" grep -Eq "$3" "$work/found"
}
new_ct busybox >/dev/null 2>&1
config=$PCT_ETC/lxc/$ctid/config
cp "$config" "$work/config"
check 'a healthy host and container' "$pct" doctor
mv "$stage/hooks/pct-enter" "$work/"
found 'a program that is missing' programs "^error: $stage/hooks/pct-enter: cannot execute"
mv "$work/pct-enter" "$stage/hooks/"
check 'start' "$pct" start "$ctid"
same 'a running container has left nothing' '' "$(finds stale; finds loops; finds configs)"
"$pct" exec "$ctid" -- poweroff
check 'it powers off' within 30 no_monitor "$ctid"
same 'neither has one that powered off' '' "$(finds stale)"
check 'start again' "$pct" start "$ctid"

# The monitor dies without its hooks.
kill -9 "$(monitor_pid "$ctid")"
within 10 stopped "$ctid"
found 'a killed one has left run files' stale "^warning: container $ctid: .*run files"
check 'leftovers alone are no error' "$pct" doctor
"$pct" doctor --fix >"$work/fixed"
check 'they are removed' grep -q "^fixed: container $ctid: " "$work/fixed"
same 'nothing is left to find' '' "$(finds stale)"
same 'nothing is left' '' "$(leftovers "$ctid")"
mkdir -p "$PCT_RUN/pct/987654321" && touch "$PCT_RUN/pct/987654321/plan"
found 'what a destroyed one left' stale 'container 987654321: '

# A start was faster than --fix, which waits for the lock.
lock=$PCT_RUN/pct/lock/987654321.lock
exec 9>"$lock" && flock 9
"$pct" doctor --fix >"$work/fixed" 2>&1 9>&- &
doctor=$!
check 'it waits for the lock' within 30 eval "ls -l /proc/$doctor/fd | grep -qF $lock"
sleep 60 9>&- &
monitor=$!
echo $monitor "$(cut -d ' ' -f 22 /proc/$monitor/stat)" >"$PCT_RUN/pct/987654321/monitor"
exec 9>&-
wait $doctor
same 'what was started meanwhile is not called fixed' '' "$(grep 987654321 "$work/fixed")"
check 'and keeps what it has' test -e "$PCT_RUN/pct/987654321/plan"
kill $monitor
rm -r "$PCT_RUN/pct/987654321"

# The folder of a config is removed by hand.
new_ct busybox >/dev/null 2>&1
lost=$ctid
check 'start' "$pct" start "$lost"
mv "$PCT_ETC/lxc/$lost" "$work/config-of-lost"
same 'what runs without a config is no garbage' '' "$(finds folders)"
mv "$work/config-of-lost" "$PCT_ETC/lxc/$lost"
check 'stop' "$pct" stop "$lost"
rm -r "${PCT_ETC:?}/lxc/$lost"
left="$PCT_LIB/$lost, $PCT_RUN/pct/$lost"
same 'the folders of a lost one are named, and its volumes' \
	"warning: container $lost: has no config, but left $left, and its volumes in $images/$lost" "$(finds folders)"
"$pct" doctor --fix >"$work/fixed"
check '--fix keeps them as long as there are volumes' grep -q \
	"^warning: container $lost: .*; restore its config, or remove the volumes (rm -r $images/$lost)" "$work/fixed"
check 'all of them' test -e "$PCT_LIB/$lost/config" -a -e "$PCT_RUN/pct/$lost" -a -e "$images/$lost"
rm -r "${images:?}/$lost"
same 'without volumes' "warning: container $lost: has no config, but left $left" "$(finds folders)"
"$pct" doctor --fix >"$work/fixed"
check '--fix removes them' grep -qx "fixed: container $lost: has no config, but left $left" "$work/fixed"
same 'nothing is left of it' '' "$(files_of "$lost")"
# A container of another program, with a run folder of ours.
mkdir -p "$PCT_LIB/$lost" "$PCT_RUN/pct/$lost"
echo 'lxc.uts.name = other' >"$PCT_LIB/$lost/config"
"$pct" doctor --fix >"$work/fixed"
same "only our folder is removed" "$PCT_LIB/$lost" "$(files_of "$lost")"
rm -r "${PCT_LIB:?}/$lost"
ctid=${config%/config} ctid=${ctid##*/}

device=$(losetup --find --show "$images/$ctid/vm-$ctid-rootfs.raw")
same 'a loop device' "warning: $device: is attached to an image of container $ctid, which is stopped" \
	"$(finds loops)"
losetup -d "$device"

# wrong WHAT CHECK PATTERN: an error, and exit status 1.
wrong() {
	found "$1" "$2" "^error: .*($3)"
	"$pct" doctor >"$work/text"
	same "$1: exit status" 1 $?
	check "$1: in text, with a remedy" grep -Eq "^error: .*($3)" "$work/text"
}
sed -i 's/^pve.network.bridge = .*/pve.network.bridge = none0/' "$config"
wrong 'a bridge that is not there' configs 'none0: there is no such bridge for net0'
echo 'pve.network.ip = 10.0.0.300/24' >>"$config"
wrong 'a config that does not parse' configs 'bad address|given twice'
cp "$work/config" "$config"
echo 'pve.mp0 = local:1/data.raw,mp=/srv' >>"$config"
wrong 'data that a start would lack' configs 'mp0.*local:1/data.raw'
cp "$work/config" "$config"
mv "$images/$ctid/vm-$ctid-rootfs.raw" "$work/raw"
wrong 'a volume that is not there' configs "vm-$ctid-rootfs.raw"
mv "$work/raw" "$images/$ctid/vm-$ctid-rootfs.raw"
printf 'dir: other\n\tpath %s/none\n\tcontent rootdir\n' "$work" >"$PCT_ETC/storage.cfg"
wrong 'a storage that is not there' storages none
printf 'dir: other\n\tpath relative\n' >"$PCT_ETC/storage.cfg"
wrong 'a storage.cfg that does not parse' storages 'storage.cfg:2'
rm "$PCT_ETC/storage.cfg"
mount -t tmpfs tmpfs "$PCT_LIB/$ctid/rootfs"
"$pct" stop "$ctid" 2>/dev/null
check 'a mount that a user made is kept by stop' mountpoint -q "$PCT_LIB/$ctid/rootfs"
found 'a mount' stale 'leftovers: mounts'
"$pct" doctor --fix >/dev/null
check 'it is removed' test -z "$(grep -F "$PCT_LIB/$ctid/rootfs" /proc/self/mountinfo)"
check 'it starts again' "$pct" start "$ctid"
finish
