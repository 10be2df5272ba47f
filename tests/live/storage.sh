#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Storages that are not as they should be: silent, not mounted, read-only, nearly full.  And containers
# on one that is.
. "$(dirname "$0")/../lib.sh"
cfg=$PCT_ETC/storage.cfg
end_silent() { [ -z "${SILENT_PID:-}" ] || { umount -l "$work/silent"; eval "exec ${SILENT[1]}>&-"; }; }
trap 'end_silent; cleanup' EXIT
template busybox
"$pct" storage set local --content vztmpl
"$pct" storage add dir data --path "$work/data" --content rootdir

# ---- a container on a storage of its own, by default ----
new_ctid
"$pct" create "$ctid" "$template" --rootfs 0.25 >"$work/out" 2>&1
same 'create takes the first storage for containers, and tells' "pct: the storage is data" \
	"$(grep storage "$work/out")"
check 'the volume is there' test -e "$work/data/images/$ctid/vm-$ctid-rootfs.raw"
check 'start' "$pct" start "$ctid"
"$pct" set "$ctid" --delete rootfs >/dev/null 2>&1
refuses 1 'free of a volume that is in use' "is rootfs of container $ctid" \
	"$pct" storage free "data:$ctid/vm-$ctid-rootfs.raw"
tree=$("$pct" storage alloc data "$ctid" '' 0)
check 'free of a folder that the running container does not have' "$pct" storage free "$tree"
mv "$PCT_ETC/lxc/$ctid/config" "$work/config"
raw=$("$pct" storage list data --vmid "$ctid" | awk '/raw/ { print $1 }')
refuses 1 'free with the config gone' "is attached already" "$pct" storage free "$raw"
mv "$work/config" "$PCT_ETC/lxc/$ctid/config"
"$pct" stop "$ctid"

# ---- a mount point without its mount ----
"$pct" storage set data --shared 1
sed -i '/^\tshared 1/a\	is_mountpoint 1' "$cfg"
offline="the storage is offline: nothing is mounted on $work/data; mount it"
refuses 1 'start' "$offline" "$pct" start "$ctid"
refuses 1 'status' "data: $offline" "$pct" storage status data
refuses 1 'alloc' "$offline" "$pct" storage alloc data "$ctid" '' 16M
check 'doctor' eval '"$pct" doctor | grep -q "^error: .*data: $offline"'
mount --bind "$work/data" "$work/data"
check 'with its mount: start' "$pct" start "$ctid"
"$pct" stop "$ctid"

# ---- read-only ----
mount -o remount,bind,ro "$work/data"
refuses 1 'create on a read-only storage' "data: the storage is read-only: $work/data" \
	"$pct" create 999999998 "$template" --storage data
check 'doctor of a read-only storage' eval '"$pct" doctor | grep -q "^error: data: the storage is read-only"'
umount "$work/data"
sed -i '/is_mountpoint/d' "$cfg"
check 'destroy' "$pct" destroy "$ctid"

# ---- nearly full ----
mkdir "$work/small"
mount -t tmpfs -o size=10m tmpfs "$work/small"
"$pct" storage add dir small --path "$work/small" --content vztmpl
full() { "$pct" doctor | sed -n 's/^warning: small: \(.*\); .*/\1/p'; }
same 'doctor of an empty one' '' "$(full)"
head -c 8500K /dev/zero >"$work/small/a"
same 'doctor of a full one' 'the storage is 83 % full' "$(full)"
head -c 1400K /dev/zero >"$work/small/b"
same 'doctor of a very full one' 'the storage is 96 % full: writes of its containers will fail soon' "$(full)"
"$pct" storage remove small
umount "$work/small"

# ---- silent ----
if [ ! -w /dev/fuse ]; then
	skip 'silent storage' 'the kernel has no FUSE'
	finish
fi
mkdir "$work/silent"
coproc SILENT { "$top/tests/live/silent-mount.py" "$work/silent"; }
read -r answer <&"${SILENT[0]}"
same 'a mount that never answers' mounted "$answer" || finish
printf 'dir: silent\n\tpath %s\n\tcontent rootdir\n' "$work/silent" >>"$cfg"
# ends WHAT PATTERN COMMAND...: within half a minute, and it names the storage.
ends() {
	refuses 1 "$1, within half a minute" "$2" timeout -k 1 30 "${@:3}"
}
gone='silent: the storage did not answer within 10 seconds; .*--disable 1'
ends 'status' "pct: warning: $gone" "$pct" storage status
same 'of the others it has all' 'data active' \
	"$("$pct" storage status --output-format json 2>/dev/null | jq -r '.[] | select(.storage == "data") | "\(.storage) \(.status)"')"
ends 'content' "$gone" "$pct" storage content silent
ends 'create' "$gone" "$pct" create 999999998 "$template" --storage silent
ends 'add' 'more: the storage did not answer' "$pct" storage add dir more --path "$work/silent/x"
check 'list does not look' timeout 5 "$pct" storage list
check 'doctor' eval 'timeout 60 "$pct" doctor | grep -q "^error: .*$gone"'
check 'set of it' timeout 5 "$pct" storage set silent --disable
finish
