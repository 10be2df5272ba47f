#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct move-volume: the copy is the same, the config names all that there is at any moment, and a failure
# leaves the container as it was.
. "$(dirname "$0")/../lib.sh"
new_bridge
"$pct" storage add dir other --path "$work/other" --content rootdir
new_ct busybox --rootfs local:0.2 --mp0 local:0.1,mp=/data,backup=1 >"$work/out" 2>&1
config=$PCT_ETC/lxc/$ctid/config
value() { "$pct" config "$ctid" | sed -n "s/^$1: //p"; }
root=$images/$ctid/vm-$ctid-rootfs.raw
data=$images/$ctid/vm-$ctid-disk-0.raw
moved=$work/other/images/$ctid/vm-$ctid-disk-0.raw

check 'start' "$pct" start "$ctid"
inside sh -c 'dd if=/dev/urandom of=/data/random bs=1M count=8 2>/dev/null; cp /data/random /root/random; sync'
before=$(inside md5sum /data/random /root/random)
refuses 1 'while it runs' 'is running; stop it first' "$pct" move-volume "$ctid" mp0 other
check 'stop' "$pct" stop "$ctid"

# ---- what is refused, and changes nothing ----
cp "$config" "$work/config"
refuses 1 'a slot that is not there' 'mp7: the container has no such volume' "$pct" move-volume "$ctid" mp7 other
refuses 1 'to the storage where it is' 'is on the storage local already' "$pct" move-volume "$ctid" mp0 local
refuses 1 'to no storage' 'none: there is no such storage' "$pct" move-volume "$ctid" mp0 none
refuses 2 'without a storage' 'STORAGE' "$pct" move-volume "$ctid" mp0
mkdir "$work/small" && mount -t tmpfs -o size=4m tmpfs "$work/small"
"$pct" storage add dir small --path "$work/small" --content rootdir
refuses 1 'no room' 'small: has [0-9]* MiB left, and the files of .* need [0-9]* MiB' \
	"$pct" move-volume "$ctid" mp0 small
same 'nothing is made there' '' "$(find "$work/small" -name '*.raw')"
umount "$work/small"
same 'the config is as it was' '' "$(diff "$work/config" "$config")"

# ---- mp0 and rootfs ----
cp "$data" "$work/data.raw"
check 'mp0 to the other storage' "$pct" move-volume "$ctid" mp0 other
check 'its blocks are the same' cmp "$work/data.raw" "$moved"
same 'the config names it, with its words' "other:$ctid/vm-$ctid-disk-0.raw,mp=/data,backup=1,size=103M" "$(value mp0)"
same 'the old one is unused' "local:$ctid/vm-$ctid-disk-0.raw" "$(value unused0)"
check 'and still there' cmp "$work/data.raw" "$data"
[ "$(stat -c %b "$moved")" -le $(($(stat -c %b "$data") + 512)) ]
same 'holes stay holes' 0 $?
check 'rootfs, without the old one' "$pct" move-volume "$ctid" rootfs other --delete
check 'it is gone' test ! -e "$root"
same 'the config names the new one alone' "1 unused" "$("$pct" config "$ctid" | grep -c '^unused') unused"
check 'start on them' "$pct" start "$ctid"
same 'the files are the same' "$before" "$(inside md5sum /data/random /root/random)"
check 'an unused volume moves while it runs' "$pct" move-volume "$ctid" unused0 other --delete
check 'the old one of these is gone' test ! -e "$data"
check 'stop again' "$pct" stop "$ctid"

# ---- a folder ----
new_ct busybox --rootfs local:0 >"$work/out" 2>&1
refuses 1 'a folder' 'is a folder, and pct can only move images' "$pct" move-volume "$ctid" rootfs other

# ---- interrupted, and killed ----
new_ct busybox --rootfs local:0.2 --mp0 local:1,mp=/data >"$work/out" 2>&1
config=$PCT_ETC/lxc/$ctid/config
check 'start with much data' "$pct" start "$ctid"
inside sh -c 'dd if=/dev/urandom of=/data/much bs=1M count=600 2>/dev/null; sync'
check 'stop it' "$pct" stop "$ctid"
cp "$config" "$work/config"
"$pct" move-volume "$ctid" mp0 other >"$work/out" 2>&1 &
within 20 test -e "$work/other/images/$ctid/vm-$ctid-disk-0.raw"
kill -TERM $! && wait $!
same 'interrupted: the status' 1 $?
same 'the config is as it was before' '' "$(diff "$work/config" "$config")"
same 'nothing is left there' '' "$(find "$work/other/images" -path "*$ctid*")"
"$pct" move-volume "$ctid" mp0 other >"$work/out" 2>&1 &
within 20 test -e "$work/other/images/$ctid/vm-$ctid-disk-0.raw"
kill -9 $!
wait $! 2>/dev/null
same 'killed: mp0 is the old one' "local:$ctid/vm-$ctid-disk-0.raw" "$(value mp0 | cut -d , -f 1)"
same 'the half-made one is named' "other:$ctid/vm-$ctid-disk-0.raw" "$(value unused0)"
refuses 1 'a start tells' 'is locked .disk.' "$pct" start "$ctid"
check 'unlock' "$pct" unlock "$ctid"
check 'remove the half-made one' "$pct" set "$ctid" --delete unused0 --purge
check 'start' "$pct" start "$ctid"
check 'stop' "$pct" stop "$ctid"
check 'move it' "$pct" move-volume "$ctid" mp0 other --delete
same 'nothing is left of the old one' '' "$(find "$images/$ctid" -name '*disk-0*')"
for id in "${ctids[@]}"; do "$pct" destroy "$id" >/dev/null 2>&1; done
same 'destroy removes all' '' "$(find "$images" "$work/other/images" -name '*.raw')"
finish
