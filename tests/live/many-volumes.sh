#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# All 256 mount points of a container, whose folders the first start has to make.
. "$(dirname "$0")/../lib.sh"
template busybox
new_ctid
check create "$pct" create "$ctid" "$template" --memory 64 --swap 0 --rootfs local:0
for ((i = 0; i < 256; i++)); do
	mkdir "$images/$ctid/subvol-$ctid-disk-$i.subvol"
	echo "pve.mp$i = local:$ctid/subvol-$ctid-disk-$i.subvol,mp=/m/$i"
done >"$work/lines"
sed -i "/^pve.unprivileged/r $work/lines" "$PCT_ETC/lxc/$ctid/config"
check 'the config is fine' "$pct" config "$ctid" --check
check start "$pct" start "$ctid"
same 'all are mounted' 256 "$(inside grep -c ' /m/' /proc/mounts)"
check 'setup knows them' "$pct" set "$ctid" --hostname many
check stop "$pct" stop "$ctid"
check destroy "$pct" destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid"; ls "$images")"
finish
