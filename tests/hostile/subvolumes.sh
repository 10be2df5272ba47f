#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root of a container makes subvolumes on its volume, where that is on btrfs: they count for the size
# of the volume, and go away with it.
. "$(dirname "$0")/../lib.sh"
mkdir "$work/data" && truncate -s 2G "$work/data.img" && mkfs.btrfs -q "$work/data.img" >/dev/null 2>&1 &&
	mount -o loop "$work/data.img" "$work/data"
simple_quotas "$work/data"
"$pct" storage add btrfs data --path "$work/data" --content rootdir
template busybox
limits=$("$pct" storage status data --output-format json | jq '.[0].can | contains(["folder-limits"])')

# as_root COMMAND...: with the rights of root of the container, on its mounts.
as_root() { nsenter -t "$(init_pid "$ctid")" -U --setuid 0 --setgid 0 "$@"; }
subvolumes() { btrfs subvolume list "$work/data" | wc -l; }
groups() { btrfs qgroup show "$work/data" 2>/dev/null | grep -c '^1/'; }
used() { du -sm "$work/data/images/$ctid" | cut -f 1; }

for size in 0.1 0; do
	if [ $size != 0 ] && [ "$limits" = false ]; then
		skip 'subvolumes in a folder with a size' 'the kernel has no simple quotas'
		continue
	fi
	new_ctid
	check "data:$size: create" "$pct" create "$ctid" "$template" --rootfs data:$size --memory 64 --swap 0
	check "data:$size: start" "$pct" start "$ctid"
	"$pct" exec "$ctid" -- mkdir /many
	root=/proc/$(init_pid "$ctid")/root
	same "data:$size: root makes subvolumes" 304 "$(as_root "$top/tests/hostile/subvolumes.py" "$root/many" 2>&1)"
	same "data:$size: they are there" 305 "$(subvolumes)"
	if [ $size != 0 ]; then
		refuses 1 "data:$size: they have no more room than their volume" 'quota' \
			as_root dd if=/dev/urandom "of=$root/many/$(printf %0255d 0 | tr 0 w | sed 's/^..../0000/')/file" \
			bs=1M count=200 status=none
		sync -f "$work/data"
		check "data:$size: nor do they take more" [ "$(used)" -le 103 ]
		same "data:$size: df tells" 103 \
			"$("$pct" df "$ctid" --output-format json | jq '.[0].size_bytes / 1048576')"
	fi
	"$pct" stop "$ctid"
	check "data:$size: destroy" "$pct" destroy "$ctid"
	same "data:$size: nothing is left" '0 0' "$(subvolumes) $(groups)"
	same "data:$size: no file" '' "$(files_of "$ctid"; find "$work/data/images" -mindepth 1)"
done
finish
