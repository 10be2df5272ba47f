#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct rescan: the config follows what the storages have.
. "$(dirname "$0")/../lib.sh"
new_bridge
mkdir -p "$work/second"
printf 'dir: second\n\tpath %s/second\n\tcontent rootdir\n\ndir: alias\n\tpath %s\n\tcontent rootdir\n' \
	"$work" "$PCT_VZ" >"$PCT_ETC/storage.cfg"
rescan() { "$pct" rescan --vmid "$ctid" "$@" 2>&1; }

new_ct busybox --rootfs local:0.25 >/dev/null 2>&1
config=$PCT_ETC/lxc/$ctid/config image=$images/$ctid/vm-$ctid-rootfs.raw
cp "$config" "$work/before"
same 'nothing to correct' '' "$(rescan)"
check 'the config is as before' cmp "$work/before" "$config"

# ---- sizes ----
truncate -s 512M "$image"
same 'what would change' "$ctid: rootfs: size=512M, was size=256M (not changed)" "$(rescan --dryrun)"
check 'did not change' cmp "$work/before" "$config"
same 'what changes' "$ctid: rootfs: size=512M, was size=256M" "$(rescan)"
same 'is in the config' 'pve.disksize = 0.5' "$(grep disksize "$config")"
same 'and not again' '' "$(rescan)"
sed -i '/^pve.disksize/d' "$config"
same 'a config without a size' "$ctid: rootfs: size=512M, had no size" "$(rescan)"
truncate -s $(((512 << 20) - 1024)) "$image"
same 'a part of a MiB counts as one' '' "$(rescan)"
truncate -s 512M "$image"
check start "$pct" start "$ctid"
sed -i 's/^pve.disksize.*/pve.disksize = 1/' "$config"
same 'while it runs' "$ctid: rootfs: size=512M, was size=1G" "$(rescan)"
same 'nothing is pending' '' "$("$pct" pending "$ctid" | grep ^new)"
"$pct" stop "$ctid"

# ---- volumes that no slot names ----
raw_volume "$ctid" "vm-$ctid-disk-1.raw"
mkdir "$images/$ctid/subvol-$ctid-disk-2.subvol"
echo not a volume >"$images/$ctid/notes.txt"
install -d -m 700 "$work/second/images/$ctid" && truncate -s 1M "$work/second/images/$ctid/vm-$ctid-disk-0.raw"
rescan >"$work/said"
same 'they become unused' 3 "$(grep -c ': unused: .*, which the config did not name$' "$work/said")"
same 'in the config' "alias:$ctid/subvol-$ctid-disk-2.subvol alias:$ctid/vm-$ctid-disk-1.raw second:$ctid/vm-$ctid-disk-0.raw" \
	"$(sed -n 's/^pve.unused[0-9]* = //p' "$config" | sort | paste -sd ' ')"
same 'not again, though another storage has them, too' '' "$(rescan)"
same 'the root volume is none of them, though another storage has it, too' '' \
	"$(grep "unused.*rootfs" "$config")"

# Whatever a snapshot or a pending change names is in use.
sed -i '/^pve.unused/d' "$config"
rm -r "$work/second/images/$ctid" "$images/$ctid/subvol-$ctid-disk-2.subvol"
printf 'dir: second\n\tpath %s/second\n\tcontent rootdir\n' "$work" >"$PCT_ETC/storage.cfg"
printf 'snap.pve.snapname = one\nsnap.pve.mp0 = local:%s/vm-%s-disk-1.raw,mp=/data\n' "$ctid" "$ctid" >>"$config"
same 'a volume of a snapshot' '' "$(rescan)"
sed -i '/^snap/d' "$config"
echo "# local:$ctid/vm-$ctid-disk-1.raw was removed" >>"$config"
same 'a comment is no use' "$ctid: unused: local:$ctid/vm-$ctid-disk-1.raw, which the config did not name" "$(rescan)"

# ---- missing ones ----
rm "$images/$ctid/vm-$ctid-disk-1.raw"
check 'a missing volume' "$pct" rescan --vmid "$ctid"
cp "$work/out" "$work/said"
check 'is told' grep -q "warning: container $ctid: unused0: the volume local:$ctid/vm-$ctid-disk-1.raw is missing: $images" "$work/said"
mv "$image" "$work/away"
rescan >"$work/said"
check 'also the root volume' grep -q "rootfs: the volume local:.* is missing" "$work/said"
same 'whose size stays' 'pve.disksize = 0.5' "$(grep disksize "$config")"
mv "$work/away" "$image"

# ---- all containers; a config of Proxmox VE ----
first=$ctid
new_ctid
raw_volume "$ctid" "vm-$ctid-disk-0.raw"
raw_volume "$ctid" "vm-$ctid-disk-1.raw"
printf 'arch: amd64\nhostname: web1\nrootfs: local:%s/vm-%s-disk-0.raw,mountoptions=noatime\n' "$ctid" "$ctid" \
	>"$PCT_ETC/lxc/$ctid.conf"
truncate -s 1G "$images/$first/vm-$first-rootfs.raw"
new_ct busybox --rootfs local:0.25 >/dev/null 2>&1
echo 'pve.lock = backup' >>"$PCT_ETC/lxc/$ctid/config"
truncate -s 512M "$images/$ctid/vm-$ctid-rootfs.raw"
"$pct" rescan >"$work/said" 2>"$work/err"
same 'of all: fails if one does' 1 $?
same 'which is named' 1 "$(grep -c "^pct: container $ctid: .*locked (backup)" "$work/err")"
check 'the others are done' grep -qx "$first: rootfs: size=1G, was size=512M" "$work/said"
pve=${ctids[1]}
same 'in the format of Proxmox VE' \
	"rootfs: local:$pve/vm-$pve-disk-0.raw,mountoptions=noatime,size=16M unused0: local:$pve/vm-$pve-disk-1.raw" \
	"$(grep -E '^(rootfs|unused)' "$PCT_ETC/lxc/$pve.conf" | paste -sd ' ')"
refuses 2 'no number' '--vmid: not a CTID' "$pct" rescan --vmid web1
refuses 1 'no such container' 'there is no container 105' "$pct" rescan --vmid 105
same 'nothing is left' '' "$(leftovers "${ctids[@]}")"
finish
