#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A volume that pct made has a line in the config until it is removed, and a volume with another
# line is not removed.
. "$(dirname "$0")/../lib.sh"
template busybox
volume() { echo "local:$ctid/vm-$ctid-disk-$1.raw"; }
lines() { sed -n 's/^\(pve\.\|pending\.\)\(mp\|unused\)/\1\2/p' "$PCT_ETC/lxc/$ctid/config"; }
has() { [ -e "$images/$ctid/$1" ]; }
new_ctid
check create "$pct" create "$ctid" "$template" --memory 64 --swap 0 --rootfs local:0 --mp0 local:0.05,mp=/d
check start "$pct" start "$ctid"
before=$(lines)

# ---- pending changes that are dropped or replaced ----
check 'another volume for mp0' "$pct" set "$ctid" --mp0 local:0.05,mp=/d2
same 'is pending' "pending.mp0 = $(volume 1),mp=/d2,size=52M" "$(lines | grep pending)"
check 'revert' "$pct" set "$ctid" --revert mp0
same 'keeps it' "$before
pve.unused0 = $(volume 1)" "$(lines)"
check 'another one' "$pct" set "$ctid" --mp0 local:0.05,mp=/d3
check 'is replaced' "$pct" set "$ctid" --mp0 "$(volume 1),mp=/d3"
same 'and kept' "$before
pve.unused0 = $(volume 1)
pve.unused1 = $(volume 2)
pending.mp0 = $(volume 1),mp=/d3" "$(lines)"

# ---- a volume that another line names ----
"$pct" set "$ctid" --delete unused0 --purge >"$work/out" 2>&1
same 'purge of a volume with a pending change' \
	"pct: warning: container $ctid: the volume $(volume 1) stays, as another line of the config names it" \
	"$(cat "$work/out")"
check 'it is there' has "vm-$ctid-disk-1.raw"
check stop "$pct" stop "$ctid"
check 'start, with it' "$pct" start "$ctid"
same 'its place' 1 "$(inside grep -c ' /d3 ' /proc/mounts)"
check stop "$pct" stop "$ctid"
cat >"$PCT_ETC/storage.cfg" <<END_CFG
dir: local
	path $PCT_VZ
	content rootdir,vztmpl
dir: again
	path $PCT_VZ
	content rootdir
END_CFG
cat >>"$PCT_ETC/lxc/$ctid/config" <<END_LINES
pve.unused7 = local:$ctid/subvol-$ctid-rootfs.subvol
pve.unused8 = again:$ctid/vm-$ctid-disk-1.raw
END_LINES
for slot in unused7 unused8; do
	"$pct" set "$ctid" --delete $slot --purge >"$work/out" 2>&1
	same "$slot: the volume of another line stays" 1 "$(grep -c 'stays, as another line' "$work/out")"
	same "$slot: but not the line" '' "$(lines | grep $slot)"
done
check 'start' "$pct" start "$ctid"

# ---- destroy ----
check 'a volume that is only pending' "$pct" set "$ctid" --mp0 local:0.05,mp=/d4
check stop "$pct" stop "$ctid"
check destroy "$pct" destroy "$ctid"
same 'no volume is left' '' "$(ls "$images")"
finish
