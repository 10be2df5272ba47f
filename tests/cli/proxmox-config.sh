#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A config of Proxmox VE at its place there, CTID.conf: every command finds it, it stays where it is,
# keeps its format, and loses nothing.  Nothing is started.
. "$(dirname "$0")/../lib.sh"

file=$PCT_ETC/lxc/105.conf
mkdir -p "${file%/*}"
cat >"$file" <<'END'
#notes
arch: amd64
cmode: shell
dev0: /dev/kvm
features: keyctl=1,later=1,nesting=1
hostname: ct1
memory: 512
mp0: local:105/vm-105-disk-1.raw,mp=/data,size=8G
net0: name=eth0,bridge=vmbr0,ip=dhcp,type=veth
rootfs: local:105/vm-105-disk-0.raw,size=8G
swap: 512
unused0: local:105/vm-105-disk-7.raw
what: ever
lxc.cap.drop: sys_time

[pve:pending]
memory: 1024

[s1]
#snapshot
hostname: old_name
END
cp "$file" "$work/before"
kept() { same "$1 changes nothing" '' "$(diff "$work/before" "$file")"; }

same 'list' '105        stopped                 ct1' "$("$pct" list | sed -n '2s/ *$//p')"
same 'completion offers it' 105 "$("$pct" __complete start '' | cut -f 1)"
same 'config' 'features: keyctl=1,later=1,nesting=1
hostname: ct1' "$("$pct" config 105 | grep '^feat\|^host')"
same 'config shows pending changes as they will be' 'memory: 1024' "$("$pct" config 105 | grep ^mem)"
same 'config --current' 'memory: 512' "$("$pct" config 105 --current | grep ^mem)"
same 'pending' 'cur memory: 512
new memory: 1024' "$("$pct" pending 105 | grep ' memory')"
same 'a network without hardware address always has the same one' 1 \
	"$({ "$pct" config 105; "$pct" config 105; } | grep -o 'hwaddr=[^,]*' | sort -u | wc -l)"
"$pct" config --check >"$work/out"
same 'config --check names each line without effect or volume' '3 5 8 10 13' \
	"$(grep 'is kept, but\|has no effect\|no such volume' "$work/out" | sed "s|^$file:||; s/:.*//" | sort -n | xargs)"
"$pct" doctor >"$work/out" 2>&1
same 'doctor knows it' '' "$(grep -i 'no config\|unknown container' "$work/out")"
kept 'looking'
# A start makes pending changes, as in Proxmox VE; it writes nothing else.
sed '/^\[pve:pending/,/^$/d' "$work/before" >"$file"
cp "$file" "$work/without"
refuses 1 'a start without its volume' 'vm-105-disk-0.raw' "$pct" start 105
same 'a start that is refused changes nothing' '' "$(diff "$work/without" "$file")"
raw_volume 105 vm-105-disk-0.raw
refuses 1 'a start without its mount point' "mp0: .*/vm-105-disk-1.raw; .*" "$pct" start 105
same 'a start that fails changes nothing' '' "$(diff "$work/without" "$file")"
rm -r "$images/105"
cp "$work/before" "$file"

# ---- changes ----
check 'set' "$pct" set 105 --hostname ct2 --onboot --delete memory
same 'set changes the lines of its options, and makes pending changes' '6,7c6
< hostname: ct1
< memory: 512
---
> hostname: ct2
9a9
> onboot: 1
15,17d14
< 
< [pve:pending]
< memory: 1024' "$(diff "$work/before" "$file")"
same 'there is no second config' '' "$(find "$PCT_ETC/lxc" -mindepth 1 ! -path "$file")"
cp "$file" "$work/before"
refuses 2 'a bad value' 'net0: ip: bad address' "$pct" set 105 --net0 name=eth0,ip=10.0.0.300/24
kept 'a bad value'
check 'set of features' "$pct" set 105 --features keyctl=1,nesting=1
same 'it says which have no effect' \
	'pct: warning: container 105: features: keyctl=1 has no effect on a privileged container' "$(cat "$work/out")"
check 'set of a network' "$pct" set 105 --net0 name=eth0,bridge=vmbr0,ip=10.0.0.5/24
same 'it has the address that it had' \
	"$("$pct" config 105 | grep -o 'hwaddr=[^,]*')" "$(grep -o 'hwaddr=[^,]*' "$file")"
check 'the mode' [ "$(stat -c %a "$file")" = 640 ]
cp "$file" "$work/before"
check 'set --delete of a mount point' "$pct" set 105 --delete mp0
same 'keeps its volume' '7d6
< mp0: local:105/vm-105-disk-1.raw,mp=/data,size=8G
12a12
> unused1: local:105/vm-105-disk-1.raw' "$(diff "$work/before" "$file")"
rm -r "$PCT_LIB/105"
# A raw line is deleted by its key, or, if several have that, with its value as pct config shows it.
cp "$file" "$work/before"
check 'set --delete of a raw line' "$pct" set 105 --delete lxc.cap.drop
same 'removes it' '14d13
< lxc.cap.drop: sys_time' "$(diff "$work/before" "$file")"
sed -i 's|^what: ever|&\nlxc.mount.entry: /a b none  bind,ro 0 0\nlxc.mount.entry: tmpfs c tmpfs defaults 0 0|' "$file"
cp "$file" "$work/before"
refuses 2 'one of several' 'lxc.mount.entry: several lines have this key; name one: --delete "lxc.mount.entry=/a b none  bind,ro 0 0"' \
	"$pct" set 105 --delete lxc.mount.entry
refuses 1 'a raw line that is not there' 'no such line' "$pct" set 105 --delete 'lxc.mount.entry=/b'
refuses 2 'the key of an option' 'lxc.uts.name: is the key of an option; give the option: hostname' \
	"$pct" set 105 --delete lxc.uts.name
kept 'a wrong deletion'
line=$("$pct" config 105 | sed -n 's/^lxc.mount.entry: \(.a .*\)/\1/p')
check 'set --delete with a value' "$pct" set 105 --delete "lxc.mount.entry=$line"
same 'removes that line' '14d13
< lxc.mount.entry: /a b none  bind,ro 0 0' "$(diff "$work/before" "$file")"
check 'set --delete of the last' "$pct" set 105 --delete hostname,lxc.mount.entry
same 'beside an option' 0 "$(grep -c '^lxc.mount\|^hostname' <(sed '/^\[/,$d' "$file"))"
rm -r "$PCT_LIB/105"

# ---- the config of the old format beside it ----
mkdir "${file%.conf}" && echo 'lxc.utsname = other' >"${file%.conf}/config"
for command in config start destroy 'set --tty 1' pending; do
	read -r name options <<<"$command"
	# shellcheck disable=SC2086
	refuses 1 "$name with two configs" "lxc/105/config: container 105 has a second config: $file; move" \
		"$pct" "$name" 105 $options
done
"$pct" list >"$work/out" 2>&1
same 'list names both' 1 "$(grep -c "105/config: container 105 has a second config: $file" "$work/out")"
"$pct" doctor >"$work/out" 2>&1
same 'doctor names both' 1 "$(grep -c "has a second config: $file" "$work/out")"
rm -r "${file%.conf}"

# ---- destroy ----
mkdir -p "$work/root" "$PCT_VZ/template/cache"
refuses 1 'create of its number' "$file: container 105 already exists" "$pct" create 105 "$work/none"
sed -i '/^rootfs\|^protection/d' "$file"
sed -i 's/^unused0: .*/unused0: none:vm-105-disk-7/' "$file"
refuses 1 'destroy with unused volumes' 'unused0: cannot remove .* destroy 105 --force' "$pct" destroy 105
sed -i '/^unused/d' "$file"
check 'destroy' "$pct" destroy 105
check 'its config is gone' [ ! -e "$file" ]
finish
