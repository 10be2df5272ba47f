#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct resize: a volume grows, stopped or running; it never shrinks, and the config has its size.
. "$(dirname "$0")/../lib.sh"
new_bridge

# In MiB: the size of a file, and of the file system in it.
mib_of() { echo $(($(stat -c %s "$1") >> 20)); }
fs_mib() { dumpe2fs -h "$1" 2>/dev/null | awk -F: '/^Block count/ { n = $2 } /^Block size/ { s = $2 } END { print n * s / 1048576 }'; }
rootfs() { "$pct" config "$ctid" | sed -n 's/^rootfs: [^,]*,//p'; }
sizes() { echo "$(mib_of "$image") $(fs_mib "$image") $(rootfs)"; }
idle() { [ -z "$(pgrep -f "resize2fs $image"; losetup -j "$image")" ]; }
sound() { e2fsck -fn "$image"; }

for kind in 1 0; do
	what=$([ $kind = 1 ] && echo unprivileged || echo privileged)
	check "$what: create" new_ct busybox --rootfs local:0.25 --unprivileged $kind
	image=$(echo "$images/$ctid"/*.raw)
	same "$what: as it was made" '256 256 size=256M' "$(sizes)"
	check "$what: add to the size" "$pct" resize "$ctid" rootfs +256M
	same "$what: image, file system and config" '512 512 size=512M' "$(sizes)"
	check "$what: the file system has no errors" sound
	check "$what: to a size" "$pct" resize "$ctid" rootfs 1G
	same "$what: all three have it" '1024 1024 size=1G' "$(sizes)"
	check "$what: the same size again" "$pct" resize "$ctid" rootfs 1024M
	refuses 1 "$what: a smaller one" 'rootfs: has 1024 MiB already, and a volume cannot shrink; +' \
		"$pct" resize "$ctid" rootfs 512M
	same "$what: nothing has changed" '1024 1024 size=1G' "$(sizes)"
	check "$what: start" "$pct" start "$ctid"
	same "$what: the new size inside" 1 "$(inside df -m / | awk 'END { print ($2 > 900) }')"

	# While it runs; root of a test machine may lack the right.
	before=$(init_pid "$ctid")
	if grep -q '^CapEff:.*[13579bdf]......$' /proc/self/status; then
		check "$what: while it runs" "$pct" resize "$ctid" rootfs +1G
		same "$what: image and config" '2048 size=2G' "$(mib_of "$image") $(rootfs)"
		same "$what: inside" 1 "$(inside df -m / | awk 'END { print ($2 > 1900) }')"
	else
		refuses 1 "$what: while it runs, without CAP_SYS_RESOURCE" \
			"lacks CAP_SYS_RESOURCE, .*; stop the container first: pct shutdown $ctid" \
			"$pct" resize "$ctid" rootfs +1G
		same "$what: nothing has changed" '1024 1024 size=1G' "$(sizes)"
		same "$what: nor has the loop device" $((1 << 30)) \
			"$(losetup -n -O NAME -j "$image" | xargs blockdev --getsize64)"
	fi
	same "$what: attached once, as before" 1 "$(losetup -n -O NAME -j "$image" | wc -l)"
	same "$what: it still runs" "$before" "$(init_pid "$ctid")"
	same "$what: nothing is pending" '' "$("$pct" pending "$ctid" | grep '^new')"
	check "$what: its files can be written" inside sh -c 'echo yes >/written && sync'
	check "$what: stop" "$pct" stop "$ctid"
	check "$what: no errors afterwards" sound
	check "$what: it starts again" "$pct" start "$ctid"
	same "$what: with what was written" yes "$(inside cat /written)"
	"$pct" stop "$ctid"
done

# ---- what cannot be ----
refuses 1 'no such slot' 'mp7: container .* has no such volume; it has rootfs' "$pct" resize "$ctid" mp7 8G
for size in 8 G +G 8g 8GB 1.G 1e3G '' ' 8G' 99999999999999999G; do
	refuses 2 "the size \"$size\"" 'bad size ".*"; write it as 16G, ' "$pct" resize "$ctid" rootfs "$size"
done
refuses 1 'too large a size' 'a volume cannot be so large' "$pct" resize "$ctid" rootfs 1025T
sed -i 's/^pve.volid = .*/pve.volid = \/dev\/sda/' "$PCT_ETC/lxc/$ctid/config"
refuses 1 'a device of the host' 'pve.volid: ' "$pct" resize "$ctid" rootfs +1G
new_ct busybox --rootfs local:0 >/dev/null 2>&1
refuses 1 'a folder' 'cannot resize local:.*: it is a folder, without a size' \
	"$pct" resize "$ctid" rootfs 8G

# ---- an interrupted growth is completed ----
new_ct busybox --rootfs local:0.25 >/dev/null 2>&1
image=$(echo "$images/$ctid"/*.raw)
truncate -s 512M "$image"
check 'a volume that has grown before its file system' "$pct" resize "$ctid" rootfs 512M
same 'now both have' '512 512 size=512M' "$(sizes)"

# ---- killed while it grows: the file system is sound, and the next command completes the growth ----
longer() { [ "$(mib_of "$image")" -ne 256 ]; }
written() { [ "$(stat -c %b "$image")" -ne "$blocks" ]; }
for moment in longer written; do
	new_ct busybox --rootfs local:0.25 >/dev/null 2>&1
	image=$(echo "$images/$ctid"/*.raw)
	e2fsck -fp "$image" >/dev/null
	blocks=$(stat -c %b "$image")
	"$pct" resize "$ctid" rootfs 32G &
	pid=$!
	until $moment || ! kill -0 $pid 2>/dev/null; do :; done
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	check "killed when $moment: nobody works on it for long" within 60 idle
	check "killed when $moment: no errors" sound
	check "killed when $moment: the config follows" "$pct" rescan --vmid "$ctid"
	check "killed when $moment: again" "$pct" resize "$ctid" rootfs 32G
	same "killed when $moment: all three have it" '32768 32768 size=32G' "$(sizes)"
	"$pct" destroy "$ctid"
done

# ---- damage ----
new_ct busybox --rootfs local:0.5 >/dev/null 2>&1
image=$(echo "$images/$ctid"/*.raw)
cp --sparse=always "$image" "$work/kept"
dd if=/dev/urandom of="$image" bs=4096 seek=1 count=4 conv=notrunc status=none
refuses 1 'a damaged file system' 'its file system has errors; pct fsck .* --device rootfs --force' \
	"$pct" resize "$ctid" rootfs +256M
same 'has its size' '512 size=512M' "$(mib_of "$image") $(rootfs)"
cp --sparse=always "$work/kept" "$image"

# ---- in use ----
"$pct" start "$ctid"
loop=$(losetup -r -f --show "$image")
refuses 1 'attached twice' "is attached more than once; \"losetup -j $image\"" \
	"$pct" resize "$ctid" rootfs +256M
losetup -d "$loop"
"$pct" stop "$ctid"
exec {held}<"$image" && flock -n $held
refuses 1 'locked by somebody else' 'is attached already' "$pct" resize "$ctid" rootfs +256M
exec {held}<&-

# ---- a config of Proxmox VE ----
new_ctid
raw_volume "$ctid" "vm-$ctid-disk-0.raw"
image=$images/$ctid/vm-$ctid-disk-0.raw
cat >"$PCT_ETC/lxc/$ctid.conf" <<END
arch: amd64
hostname: web1
rootfs: local:$ctid/vm-$ctid-disk-0.raw,mountoptions=noatime,size=16M
unprivileged: 1

[snap1]
rootfs: local:$ctid/vm-$ctid-disk-0.raw,size=16M
END
sed 's/^\(rootfs:.*noatime,size\)=16M/\1=32M/' "$PCT_ETC/lxc/$ctid.conf" >"$work/want"
check 'in the format of Proxmox VE' "$pct" resize "$ctid" rootfs +16M
same 'only the size differs' "$(cat "$work/want")" "$(cat "$PCT_ETC/lxc/$ctid.conf")"
same 'and the volume has it' '32 32' "$(mib_of "$image") $(fs_mib "$image")"

check 'stop' "$pct" stop --all
same 'nothing is left' '' "$(leftovers "${ctids[@]}")"
finish
