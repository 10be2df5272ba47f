#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers of another host: whose ids their volumes have is found by looking, and what they would
# lack is refused.  /etc/subuid and its like are this test's own, in a mount namespace.
[ -n "${OWN_ETC:-}" ] || OWN_ETC=1 exec unshare -m bash "$0"
. "$(dirname "$0")/../lib.sh"
mount -t tmpfs -o mode=755 ids /mnt
for name in subuid subgid; do
	printf 'root:100000:65536\nroot:300000:65536\n' >"/mnt/$name" && mount --bind "/mnt/$name" "/etc/$name"
done
new_bridge
checked() { "$pct" config --check | sed 's|^[^:]*/config:*||'; }
found() { "$pct" doctor --output-format json | jq -r '.[] | select(.check == "configs") | .text'; }
owners() { inside stat -c %u:%g / /etc /bin/busybox /etc/network/interfaces /etc/hosts | sort -u; }

for form in 1 0; do
	what=$([ $form = 1 ] && echo image || echo folder)
	check "$what: create" new_ct busybox --rootfs local:$form
	config=$PCT_ETC/lxc/$ctid/config
	volume=$(echo "$images/$ctid"/*)

	# As Proxmox VE has it: all ids on disk are the host's.
	shift_ids "$ctid" 100000
	same "$what, shifted: the check has nothing to say" ' fine' "$(checked)"
	check "$what, shifted: setup" "$pct" setup "$ctid"
	if [ $form = 0 ]; then
		check 'setup of the folder' "$pct" setup --rootfs "$volume" --config "$config"
		same 'writes what belongs to root of the container' '' "$(find "$volume" ! -uid +99999)"
	fi
	check "$what, shifted: start" "$pct" start "$ctid"
	same "$what, shifted: root of the container owns its files" 0:0 "$(owners)"
	check "$what, shifted: exec writes" inside touch /root/made
	check "$what, shifted: set while it runs" "$pct" set "$ctid" --hostname other
	same "$what, shifted: what it wrote is root's" 0:0 "$(owners)"
	same "$what, shifted: as is what exec wrote" 0:0 "$(inside stat -c %u:%g /root/made)"
	same "$what, shifted: and there are no other owners" '' \
		"$(inside find / -xdev '(' -user 65534 -o -group 65534 ')' ! -path /proc ! -path /sys)"
	same "$what, shifted: no device could be opened" 1 \
		"$(grep -c ' / rw,nodev' "/proc/$(init_pid "$ctid")/mountinfo")"
	check "$what, shifted: net" "$pct" net "$ctid"
	"$pct" stop "$ctid"
	check "$what, shifted: net of a stopped one" "$pct" net "$ctid"
	same "$what, shifted: the doctor has nothing to say" '' "$(found)"
	refuses 1 "$what, shifted: another range" 'host ids, of the former map: .* wrong owners; keep the map' \
		"$pct" set "$ctid" --idmap auto

	# Another range, whose map is the remedy that each command names.
	shift_ids "$ctid" 200000
	why="$volume: belongs to 300000:300000, so its files are shifted for another range of ids: root of the container is 100000:100000 on this host"
	remedy="pct set $ctid --idmap \"u 0 300000 65536;g 0 300000 65536\""
	same "$what, other range: the check says so" "$(grep -n ^pve.volid "$config" | cut -d : -f 1): error: pve.volid: $why; $remedy" "$(checked)"
	for command in start setup net; do
		refuses 1 "$what, other range: $command" "$why; $remedy" "$pct" $command "$ctid"
	done
	same "$what, other range: the doctor" "$why" "$(found)"
	check "$what, other range: the remedy" bash -c "${remedy/pct/$pct}"
	check "$what, other range: start" "$pct" start "$ctid"
	same "$what, other range: root of the container owns its files" 0:0 "$(owners)"
	same "$what, other range: it is that root" 300000 "$(stat -c %u "/proc/$(init_pid "$ctid")")"
	"$pct" stop "$ctid"

	# The key of former versions.
	echo 'pve.shifted = 1' >>"$config"
	check "$what, shifted: the key may say so, too" "$pct" start "$ctid"
	"$pct" stop "$ctid"
	shift_ids "$ctid" -300000
	refuses 1 "$what, not shifted: but the key says so" \
		'belongs to 0:0, .* but pve.shifted says that they have the host.s; remove' "$pct" start "$ctid"
	sed -i /shifted/d "$config"
	check "$what, not shifted: start" "$pct" start "$ctid"
	same "$what, not shifted: root of the container owns its files" 0:0 "$(owners)"
	"$pct" stop "$ctid"

	# A privileged one has no other ids.
	sed -i '/idmap/d; /^pve.unprivileged/d' "$config"
	check "$what, privileged: start" "$pct" start "$ctid"
	same "$what, privileged: root owns its files" 0:0 "$(owners)"
	"$pct" stop "$ctid"
	shift_ids "$ctid" 100000
	refuses 1 "$what, privileged and shifted" \
		'shifted for an unprivileged container, and this one is privileged; add the line "pve.unprivileged = 1" to the config' \
		"$pct" start "$ctid"
	same "$what, privileged and shifted: the check" 1 "$(checked | grep -c 'error: .* this one is privileged')"

	check "$what: destroy" "$pct" destroy "$ctid"
	same "$what: nothing is left" '' "$(files_of "$ctid")"
done

# An archive that was made on that host.
new_ctid
"$pct" create "$ctid" "$template" --rootfs local:0 >/dev/null 2>&1
shift_ids "$ctid" 100000
tar -C "$images/$ctid"/* --numeric-owner -cf "$PCT_VZ/template/cache/host-ids.tar" .
destroy "$ctid"
for privileged in 0 1; do
	check "create from host ids, --unprivileged $((1 - privileged))" \
		"$pct" create "$ctid" host-ids.tar --rootfs local:1 --unprivileged $((1 - privileged))
	same 'says so' 1 "$(grep -c 'the files in the archive have host ids, with 100000 for root' "$work/out")"
	check 'start' "$pct" start "$ctid"
	same 'root of the container owns its files' 0:0 "$(inside stat -c %u:%g / /etc /bin/busybox | sort -u)"
	destroy "$ctid"
done

# What it would lack.
check 'create' "$pct" create "$ctid" "$template" --rootfs local:0
config=$PCT_ETC/lxc/$ctid/config
mkdir "$work/share" && chmod 755 "$work"
printf 'pve.mp0 = local:%s/vm-%s-disk-1.raw,mp=/data\npve.mp1 = %s,mp=/srv\n' "$ctid" "$ctid" "$work/share" >>"$config"
cp "$config" "$work/config"
for command in "$pct start $ctid" "lxc-start -P $PCT_LIB -n $ctid -F"; do
	$command >"$work/out" 2>&1
	check "no start without its data: ${command%% *}" eval "! runs $ctid"
done
refuses 1 'with the reason' "mp0: local:$ctid/vm-$ctid-disk-1.raw: there is no such volume: $images/$ctid/vm-$ctid-disk-1.raw; copy it there, or name another in the config" \
	"$pct" start "$ctid"
same 'which changes nothing' '' "$(diff "$work/config" "$config")"
same 'and mounts nothing' '' "$(grep -F "$work/share" /proc/self/mountinfo)"
raw_volume "$ctid" "vm-$ctid-disk-1.raw"
check 'start with its data' "$pct" start "$ctid"
same 'has it in its place' '/data ext4' "$("$pct" exec "$ctid" -- awk '$2 == "/data" { print $2, $3 }' /proc/mounts </dev/null)"
"$pct" stop "$ctid"
check 'it can do without' "$pct" set "$ctid" --delete mp0,mp1
same 'says where the volume is' \
	"pct: warning: container $ctid: the volume local:$ctid/vm-$ctid-disk-1.raw stays, and is now unused0 in the config" \
	"$(cat "$work/out")"
same 'and keeps it' "pve.unused0 = local:$ctid/vm-$ctid-disk-1.raw" "$(grep '^pve.unused\|^pve.mp' "$config")"
check 'start' "$pct" start "$ctid"
echo 'pve.hookscript = local:snippets/x' >>"$config"
refuses 1 'a reboot would not come back' 'hookscript: .*/snippets: .*; if it can do without: ' "$pct" reboot "$ctid"
check 'so it runs' runs "$ctid"
check 'the remedy while it runs' "$pct" set "$ctid" --delete hookscript
same 'removes the lines' '' "$(grep '^pve.hook' "$config")"

# destroy loses no volume without a word.
"$pct" stop "$ctid"
echo 'pve.unused1 = none:x' >>"$config"
refuses 1 'destroy with a volume that it cannot remove' \
	"unused1: cannot remove the volume none:x: none: there is no such storage; to remove the container and leave this volume: pct destroy $ctid --force" \
	"$pct" destroy "$ctid"
check 'nothing is gone' test -e "$config" -a -e "$images/$ctid/subvol-$ctid-rootfs.subvol/etc" -a \
	-e "$images/$ctid/vm-$ctid-disk-1.raw"
check 'destroy --force' "$pct" destroy "$ctid" --force
same 'says what stays' 1 "$(grep -c 'unused1: .*; the volume stays' "$work/out")"
same 'and removes all others' '' "$(files_of "$ctid")"

# left ID PATTERN: a container with this root volume is destroyed with --force, which says PATTERN.
left() {
	mkdir -p "${config%/*}"
	printf 'pve.volid = %s\npve.unprivileged = 1\n' "$1" >"$config"
	refuses 1 "destroy of one on $1" "rootfs: cannot remove the volume $2; to remove the container and leave this volume: pct destroy $ctid --force" \
		"$pct" destroy "$ctid"
	check 'it is still there' test -e "$config"
	check 'destroy --force' "$pct" destroy "$ctid" --force
	same 'says what stays' 1 "$(grep -c "rootfs: cannot remove the volume $2; the volume stays" "$work/out")"
	check 'the container is gone' test ! -e "${config%/*}"
}
printf 'esxi: later\n\tserver 198.18.0.9\n' >"$PCT_ETC/storage.cfg"
left "later:vm-$ctid-disk-0" "later:vm-$ctid-disk-0: later: the storage has the type esxi, which pct does not support"
left "none:$ctid/x.raw" "none:$ctid/x.raw: none: there is no such storage"
raw_volume "$ctid" x.qcow2
left "local:$ctid/x.qcow2" "local:$ctid/x.qcow2: is not a raw image"
check 'the file is still there' test -e "$images/$ctid/x.qcow2"
raw_volume 123456 x.raw
left local:123456/x.raw "local:123456/x.raw: belongs to container 123456, not to $ctid"
check 'so is that of another' test -e "$images/123456/x.raw"
mkdir -p "${config%/*}"
printf 'pve.volid = local:%s/gone.raw\npve.unprivileged = 1\n' "$ctid" >"$config"
check 'destroy of one whose volume is missing' "$pct" destroy "$ctid"
same 'says so' "pct: warning: container $ctid: rootfs: the volume local:$ctid/gone.raw was already missing: $images/$ctid/gone.raw" \
	"$(cat "$work/out")"
check 'and it is gone' test ! -e "${config%/*}"
same 'nothing is left behind' '' "$(leftovers "$ctid")"
umount /etc/subuid /etc/subgid /mnt
finish
