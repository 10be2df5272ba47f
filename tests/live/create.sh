#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A create that fails or is interrupted says why, and leaves nothing.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
folder=$PCT_VZ/template/cache
new_ctid

# create_fails STATUS WHAT PATTERN TEMPLATE [OPTION...]
create_fails() {
	local status=$1 what=$2 pattern=$3
	shift 3
	refuses "$status" "$what" "$pattern" "$pct" create "$ctid" "$@"
	nothing_made "$what"
}
nothing_made() { same "$1: nothing is left behind" '' "$(leftovers "$ctid" && files_of "$ctid")"; }

create_fails 1 'template that is not there' 'none\.tar\.zst' none.tar.zst
create_fails 1 'no template of this name' 'build one: pct distro build debian$' debian
create_fails 1 'nor of this release' 'build one: pct distro build debian --release 13 --variant networkd$' \
	debian-13-networkd
create_fails 1 'nor of the default variant' 'build one: pct distro build debian --release 13$' \
	debian-13-standard
create_fails 1 'a release that the recipe lacks' 'no such template.*or give a path' debian-9
create_fails 1 'nor a recipe' 'no such template.*or give a path' frobnicate
other=${template/standard/other}
: >"$folder/$other"
create_fails 1 'two templates of this name' "may be ($template or $other|$other or $template); give more" busybox
rm "$folder/$other"
: >"$folder/busybox-standard_0.9-1_amd64.tar.zst"
check 'create and start' "$pct" create "$ctid" "$template" --features mount=nfs --start
same 'a feature without effect is told once' \
	"pct: warning: container $ctid: features: mount=nfs has no effect, since the kernel lets only privileged containers mount this" "$(cat "$work/out")"
"$pct" destroy "$ctid" --force
check 'the newest template of a name' "$pct" create "$ctid" busybox
same 'is told' "pct: the template is $folder/$template" "$(cat "$work/out")"
check 'remove it' "$pct" destroy "$ctid"
rm "$folder/busybox-standard_0.9-1_amd64.tar.zst"
head -c 1M /dev/urandom >"$folder/noise.tar.zst"
create_fails 1 'template that is no archive' 'noise\.tar\.zst' noise.tar.zst
head -c 300K "$folder/$template" >"$folder/half.tar.zst"
create_fails 1 'half a template' 'half\.tar\.zst' half.tar.zst
create_fails 2 'bad address' '10\.0\.0\.300' "$template" --net0 name=eth0,ip=10.0.0.300/24
create_fails 1 'storage that is not there' 'none' "$template" --storage none
create_fails 2 'host name with blanks' 'hostname' "$template" --hostname 'web 1'

# No room: a storage of one megabyte, and a volume of a size that its contents do not fit in.
mkdir "$work/small" && mount -t tmpfs -o size=1m,mode=755 small "$work/small"
printf 'dir: small\n\tpath %s\n\tcontent rootdir,images\n\ndir: local\n\tpath %s\n\tcontent %s\n' \
	"$work/small" "$PCT_VZ" rootdir,images,vztmpl >"$PCT_ETC/storage.cfg"
refuses 1 'no space left' 'would leave less than 51 KiB free' "$pct" create "$ctid" "$template" --rootfs small:0
same 'no space left: nothing on that storage' '' "$(find "$work/small" -name "*$ctid*")"
umount "$work/small" && rm "$PCT_ETC/storage.cfg"
nothing_made 'no space left'

# Interrupted: the archive comes through a pipe that stays open.
for signal in INT TERM KILL; do
	mkfifo "$work/slow"
	{ zstd -dcq "$folder/$template" | head -c 1M && exec sleep 20; } >"$work/slow" &
	feeder=$!
	# A background job of a script ignores SIGINT; env puts it back.
	env --default-signal=INT "$pct" create "$ctid" - <"$work/slow" >/dev/null 2>&1 &
	creating=$!
	sleep 1
	kill -$signal $creating && wait $creating 2>/dev/null
	kill $feeder && wait $feeder 2>/dev/null
	if [ $signal = KILL ]; then
		check 'destroy removes what a killed create left' "$pct" destroy "$ctid"
	fi
	nothing_made "create ended by SIG$signal"
	rm "$work/slow"
done

# The example of the design comes out to the byte, but for its random hardware address.
"$pct" create "$ctid" "$template" --unprivileged 0 --memory 0 --swap 0 --hostname ct1 \
	--rootfs local:8 --net0 "name=eth0,bridge=$bridge,ip=192.168.3.106/20,gw=192.168.2.1" \
	>/dev/null 2>&1
same 'the config is written as the design has it' "# lxc config for container $ctid
lxc.include = INCLUDE
lxc.utsname = ct1
pve.disksize = 8
pve.volid = local:$ctid/vm-$ctid-rootfs.raw
# network config
lxc.network.type = veth
pve.network.bridge = $bridge
pve.network.gw = 192.168.2.1
lxc.network.hwaddr = MAC
pve.network.ip = 192.168.3.106/20
lxc.network.name = eth0
lxc.network.veth.pair = veth$ctid.0" \
	"$(sed 's/\(hwaddr = \).*/\1MAC/; s/\(include = \).*/\1INCLUDE/' "$PCT_ETC/lxc/$ctid/config")"
refuses 1 'create of one that exists' "$ctid" "$pct" create "$ctid" "$template"
check 'create --force replaces it' "$pct" create "$ctid" "$template" --force
check 'destroy' "$pct" destroy "$ctid"
nothing_made 'destroy'

mkdir "$PCT_ETC/lxc/$ctid" && echo mine >"$PCT_ETC/lxc/$ctid/notes"
refuses 1 'create in a folder with files' 'contains files' "$pct" create "$ctid" "$template"
same 'which stay' mine "$(cat "$PCT_ETC/lxc/$ctid/notes")"
rm "$PCT_ETC/lxc/$ctid/notes"
check 'create in an empty folder' "$pct" create "$ctid" "$template" --rootfs local:0
check 'destroy that' "$pct" destroy "$ctid"

for spec in "$template" "local:vztmpl/$template" "$folder/$template"; do
	check "create from ${spec%/*}" "$pct" create "$ctid" "$spec" --rootfs local:0 &&
		"$pct" destroy "$ctid"
done
for packer in cat gzip 'xz -0' 'zstd -q'; do
	zstd -dcq "$folder/$template" | $packer >"$work/packed"
	check "create from standard input, packed by $packer" \
		bash -c '"$1" create "$2" - --rootfs local:0 <"$3"' - "$pct" "$ctid" "$work/packed" &&
		"$pct" destroy "$ctid"
done

# A backup of Proxmox VE is a template, but for its config.
mkdir -p "$work/more/etc/vzdump" && echo 'mp0: x' >"$work/more/etc/vzdump/pct.conf"
zstd -dcq "$folder/$template" >"$folder/backup.tar"
tar -rf "$folder/backup.tar" -C "$work/more" ./etc/vzdump/pct.conf
check 'create from a backup of Proxmox VE' "$pct" create "$ctid" "$folder/backup.tar" --rootfs local:0.5
same 'it says that the config in it is not used' 1 \
	"$(grep -c 'a backup of Proxmox VE, .*: /etc/vzdump/pct.conf in the container lists .* to set$' "$work/out")"
same 'half a GiB is' "$((512 << 20)) 0.5 512M" "$(stat -c %s "$images/$ctid/vm-$ctid-rootfs.raw") $(
	sed -n 's/^pve.disksize = //p' "$PCT_ETC/lxc/$ctid/config") $(
	"$pct" config "$ctid" | sed -n 's/^rootfs: .*,size=//p')"
"$pct" destroy "$ctid"
echo 'x' >"$work/more/etc/vzdump/pct.fw"
tar -rf "$folder/backup.tar" -C "$work/more" ./etc/vzdump/pct.fw
check 'with rules of its firewall' "$pct" create "$ctid" "$folder/backup.tar" --rootfs local:0.5
same 'it says so of them' 1 "$(grep -c 'pct.conf .*, and /etc/vzdump/pct.fw the rules' "$work/out")"
"$pct" destroy "$ctid"
nothing_made 'the end'
finish
