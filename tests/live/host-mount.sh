#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct mount and unmount: root of this host sees the files, nobody else does, and no start attaches
# the volume meanwhile.
. "$(dirname "$0")/../lib.sh"
new_bridge
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }
options_of() { sed -n "s|^[^ ]* [^ ]* [^ ]* [^ ]* $1 \([^ ]*\) .*|\1|p" /proc/self/mountinfo; }
below() { grep -cF " $PCT_LIB/$ctid/" /proc/self/mountinfo; }

for kind in '1 local:0.25' '0 local:0.25' '1 local:0'; do
	read -r mapped size <<<"$kind"
	what=$([ "$mapped" = 1 ] && echo unprivileged || echo privileged)
	[ "$size" != local:0 ] || what+=' folder'
	new_ct busybox --rootfs "$size" --unprivileged "$mapped" >/dev/null 2>&1
	config=$PCT_ETC/lxc/$ctid/config top=$PCT_LIB/$ctid/rootfs
	cp "$config" "$work/before"
	check "$what: mount" "$pct" mount "$ctid"
	same "$what: it prints the folder" "$top" "$(cat "$work/out")"
	same "$what: with the files, and the ids that they have on disk" 0 "$(stat -c %u "$top/bin")"
	same "$what: without devices and setuid programs" 'nosuid nodev' \
		"$(options_of "$top" | tr , '\n' | grep -x 'nosuid\|nodev' | paste -sd ' ')"
	check "$what: no other user can enter it" eval '! as_user ls "$top" 2>/dev/null'
	same "$what: the lock" 'lock: mounted' "$("$pct" config "$ctid" | grep ^lock)"
	echo hello >"$top/root/from-host"
	locked="the container is locked \(mounted\); pct unmount $ctid ends that"
	refuses 1 "$what: start" "$locked" "$pct" start "$ctid"
	refuses 1 "$what: a second mount" "$locked" "$pct" mount "$ctid"
	refuses 1 "$what: destroy" "$locked" "$pct" destroy "$ctid"
	refuses 1 "$what: set" "$locked" "$pct" set "$ctid" --memory 64
	refuses 1 "$what: unmount in use" "is in use; end the programs that use it; \"fuser -vm $top\"" \
		bash -c 'cd "$1" && exec "$2" unmount "$3"' - "$top" "$pct" "$ctid"
	same "$what: it is still mounted and locked" '1 lock: mounted' \
		"$(below) $("$pct" config "$ctid" | grep ^lock)"
	check "$what: df while it is mounted" "$pct" df "$ctid"
	check "$what: unmount" "$pct" unmount "$ctid"
	same "$what: nothing is mounted" 0 "$(below)"
	same "$what: nor attached" '' "$(losetup -n -O BACK-FILE | grep -F "$images/$ctid/")"
	check "$what: the config is as before" cmp "$work/before" "$config"
	check "$what: unmount again" "$pct" unmount "$ctid"
	check "$what: start" "$pct" start "$ctid"
	same "$what: what was written is there" 'hello 0' \
		"$(inside cat /root/from-host) $(inside stat -c %u /root/from-host)"
	refuses 1 "$what: mount while it runs" "container $ctid: is running; stop it first" "$pct" mount "$ctid"
	check "$what: unmount while it runs does nothing" "$pct" unmount "$ctid"
	same "$what: it runs" hello "$(inside cat /root/from-host)"
	"$pct" stop "$ctid"
done

# ---- what a killed command leaves ----
new_ct busybox --rootfs local:0.25 >/dev/null 2>&1
config=$PCT_ETC/lxc/$ctid/config top=$PCT_LIB/$ctid/rootfs
cp "$config" "$work/before"
echo 'pve.lock = mounted' >>"$config"
chmod 700 "$PCT_LIB/$ctid"
check 'unmount after a mount that was killed' "$pct" unmount "$ctid"
check 'the config is as before' cmp "$work/before" "$config"
check 'and start' "$pct" start "$ctid"
"$pct" stop "$ctid"
"$pct" mount "$ctid" >/dev/null && "$pct" unlock "$ctid" 2>/dev/null
check 'unmount without the lock' "$pct" unmount "$ctid"
same 'nothing is mounted then' 0 "$(below)"
echo 'pve.lock = backup' >>"$config"
refuses 1 'unmount of another lock' 'the container is locked \(backup\)' "$pct" unmount "$ctid"
sed -i '/^pve.lock/d' "$config"

# ---- failures leave nothing ----
mv "$images/$ctid/vm-$ctid-rootfs.raw" "$work/away"
refuses 1 'a missing volume' 'there is no such volume' "$pct" mount "$ctid"
check 'the config is as before' cmp "$work/before" "$config"
same 'others can enter the folder again' 755 "$(stat -c %a "$PCT_LIB/$ctid")"
mv "$work/away" "$images/$ctid/vm-$ctid-rootfs.raw"
for ((i = 0; i < 20; i++)); do
	"$pct" mount "$ctid" && "$pct" unmount "$ctid" || break
done >/dev/null
same '20 times' 20 "$i"

# ---- mount points that are missing, also as they are in a folder of the host ----
mkdir -p "$work/share/data"
"$pct" set "$ctid" --mp0 local:0.05,mp=/new/place --mp1 "$work/share,mp=/srv" \
	--mp2 local:0.05,mp=/srv/data 2>/dev/null
"$pct" mount "$ctid" >"$work/out" 2>"$work/err"
same 'others are mounted' "1 $top" "$(below) $(cat "$work/out")"
same 'each is told' "mp0: its mount point /new/place is missing
mp2: its mount point /srv/data is missing" "$(grep -o 'mp[02]: its mount point .* is missing' "$work/err")"
check 'unmount' "$pct" unmount "$ctid"

# ---- a config of Proxmox VE ----
new_ctid
raw_volume "$ctid" "vm-$ctid-disk-0.raw"
printf 'arch: amd64\nhostname: web1\nrootfs: local:%s/vm-%s-disk-0.raw,size=16M\nunprivileged: 1\n' \
	"$ctid" "$ctid" >"$PCT_ETC/lxc/$ctid.conf"
cp "$PCT_ETC/lxc/$ctid.conf" "$work/before"
check 'mount, in the format of Proxmox VE' "$pct" mount "$ctid"
check 'with its lock' grep -qx 'lock: mounted' "$PCT_ETC/lxc/$ctid.conf"
check 'its unmount' "$pct" unmount "$ctid"
check 'byte for byte as before' cmp "$work/before" "$PCT_ETC/lxc/$ctid.conf"

same 'nothing is left' '' "$(leftovers "${ctids[@]}")"
finish
