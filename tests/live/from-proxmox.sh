#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A tree of Proxmox VE is brought over by the steps of the README: the check names beforehand which
# containers will not start, and no other; the others start whole; no config loses a byte.
[ -n "${OWN_ETC:-}" ] || OWN_ETC=1 exec unshare -m bash "$0"
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
mount -t tmpfs -o mode=755 ids /mnt
for name in subuid subgid; do
	printf 'root:%s:65536\n' 100000 200000 300000 >"/mnt/$name" && mount --bind "/mnt/$name" "/etc/$name"
done
new_bridge
there=$work/there tree=$work/there/pve
lxc=$tree/nodes/a/lxc here=$PCT_ETC/lxc
mkdir -p "$lxc" "$there/images" "$here"
declare -A of=() # name of a case: its number

# The root file systems: as images and folders, with the ids of the container and of the host.
for form in 1 0; do
	new_ct busybox --rootfs local:$form >/dev/null 2>&1
	for ids in 0 100000 200000; do
		kept=$there/$form.$ids
		[ $ids = 0 ] || shift_ids "$ctid" 100000
		if [ $form = 1 ]; then cp --sparse=always "$images/$ctid"/* "$kept"; else cp -a "$images/$ctid"/* "$kept"; fi
	done
	"$pct" destroy "$ctid" --force >/dev/null 2>&1
done

# given NAME FORM IDS: the container NAME; its config is standard input, with its number for CTID, the
# bridge for BRIDGE and an address of its own for ADDRESS.
given() {
	new_ctid
	of[$1]=$ctid
	sed "s/CTID/$ctid/g; s/BRIDGE/$bridge/g; s|ADDRESS|$net.$((20 + ${#of[@]}))/24|g" >"$lxc/$ctid.conf"
	mkdir -p "$there/images/$ctid"
	case $2 in
	raw) cp --sparse=always "$there/1.$3" "$there/images/$ctid/vm-$ctid-disk-0.raw" ;;
	subvol) cp -a "$there/0.$3" "$there/images/$ctid/subvol-$ctid-disk-0.subvol" ;;
	esac
}

given plain raw 100000 <<'END'
#web server
#%C3%A4 second line
arch: amd64
cores: 1
features: nesting=1
hostname: plain
memory: 256
nameserver: 198.18.0.53
net0: name=eth0,bridge=BRIDGE,hwaddr=BC:24:11:00:00:01,ip=ADDRESS,type=veth
onboot: 1
ostype: debian
parent: before_upgrade
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
searchdomain: example.org
startup: order=2,up=3
swap: 128
tags: web;prod
timezone: host
unprivileged: 1
lxc.environment: A=b

[before_upgrade]
#old note
arch: amd64
hostname: old
memory: 128
net0: name=eth0,bridge=vmbr7,hwaddr=BC:24:11:00:00:01,ip=dhcp,type=veth
ostype: debian
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
snaptime: 1700000000
swap: 0
unprivileged: 1
END
given subvol subvol 100000 <<'END'
arch: amd64
hostname: subvol
memory: 256
net0: name=eth0,bridge=BRIDGE,firewall=1,hwaddr=BC:24:11:00:00:02,ip=ADDRESS,type=veth
ostype: debian
rootfs: local-zfs:subvol-CTID-disk-0,size=8G
swap: 0
unprivileged: 1
END
given privileged raw 0 <<'END'
arch: amd64
hostname: privileged
memory: 256
net0: name=eth0,bridge=BRIDGE,hwaddr=BC:24:11:00:00:03,ip=ADDRESS,type=veth
ostype: debian
rootfs: local-lvm:vm-CTID-disk-0,size=1G
swap: 128
END
given waiting raw 100000 <<'END'
arch: amd64
hostname: waiting
memory: 128
net0: name=eth0,bridge=BRIDGE,hwaddr=BC:24:11:00:00:04,ip=ADDRESS,type=veth
onboot: 1
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
tty: 1
unprivileged: 1

[pve:pending]
delete: tty
memory: 256

[s1]
memory: 64
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
END
given extras raw 100000 <<'END'
arch: amd64
cmode: shell
dev0: /dev/fuse,mode=0666
features: fuse=1,keyctl=1,mount=nfs,nesting=1
hostname: extras
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
unused0: local:CTID/vm-CTID-disk-9.raw
lxc.cap.drop: sys_time
lxc.mount.entry: tmpfs srv tmpfs defaults,create=dir 0 0
END
share=$work/share && mkdir "$share" && chmod 755 "$work" && chown 1000:1000 "$share"
given volumes raw 100000 <<END
arch: amd64
hostname: volumes
memory: 256
mp0: local:CTID/vm-CTID-disk-1.raw,mp=/data,backup=1,mountoptions=noatime;nosuid,size=8G
mp1: $share,mp=/srv,replicate=0,ro=1,shared=1
mp2: local:CTID/subvol-CTID-disk-2.subvol,mp=/data/deep,acl=1,size=0T
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,acl=1,mountoptions=noatime,size=1G
unprivileged: 1
unused0: local:CTID/vm-CTID-disk-9.raw
END
cp --sparse=always "$there/1.100000" "$there/images/$ctid/vm-$ctid-disk-1.raw"
cp -a "$there/0.100000" "$there/images/$ctid/subvol-$ctid-disk-2.subvol"
given mount raw 100000 <<'END'
arch: amd64
hostname: mount
memory: 256
mp0: local:CTID/vm-CTID-disk-1.raw,mp=/data,size=8G
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
END
given script raw 100000 <<'END'
arch: amd64
hookscript: local:snippets/x.pl
hostname: script
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
END
given template raw 100000 <<'END'
arch: amd64
hostname: template
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/base-CTID-disk-0.raw,size=1G
template: 1
unprivileged: 1
END
given locked raw 100000 <<'END'
arch: amd64
hostname: locked
lock: backup
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
END
given lvm none <<'END'
arch: amd64
hostname: lvm
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local-lvm:vm-CTID-disk-0,size=1G
unprivileged: 1
END
given zfs none <<'END'
arch: amd64
hostname: zfs
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local-zfs:subvol-CTID-disk-0,size=1G
unprivileged: 1
END
given qcow2 raw 100000 <<'END'
arch: amd64
hostname: qcow2
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.qcow2,size=1G
unprivileged: 1
END
given linked raw 100000 <<'END'
arch: amd64
hostname: linked
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:107/base-107-disk-0.raw/CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
END
given missing none <<'END'
arch: amd64
hostname: missing
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
END
given range raw 200000 <<'END'
arch: amd64
hostname: range
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
END
given bridge raw 100000 <<'END'
arch: amd64
hostname: bridge
memory: 256
net0: name=eth0,bridge=vmbr99,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
END
given bindmount raw 100000 <<'END'
arch: amd64
hostname: bindmount
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
lxc.mount.entry: /none/media srv none bind 0 0
END
given noroot raw 100000 <<'END'
arch: amd64
hostname: noroot
memory: 256
unprivileged: 1
END
given badpending raw 100000 <<'END'
arch: amd64
hostname: badpending
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1

[pve:pending]
memory: 128
net0: name=eth0,bridge=vmbr98,ip=ADDRESS,type=veth
END
given mppending raw 100000 <<'END'
arch: amd64
hostname: mppending
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1

[pve:pending]
mp0: local:CTID/vm-CTID-disk-1.raw,mp=/data,size=8G
END
given privshift raw 100000 <<'END'
arch: amd64
hostname: privshift
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
END
given rawrange raw 200000 <<'END'
arch: amd64
hostname: rawrange
memory: 256
net0: name=eth0,bridge=BRIDGE,ip=ADDRESS,type=veth
rootfs: local:CTID/vm-CTID-disk-0.raw,size=1G
unprivileged: 1
lxc.idmap: u 0 300000 65536
lxc.idmap: g 0 300000 65536
END
given old raw 100000 <<'END'
lxc.arch = amd64
lxc.include = INCLUDE
lxc.utsname = old
lxc.cgroup.memory.limit_in_bytes = 268435456
lxc.cgroup.memory.memsw.limit_in_bytes = 402653184
lxc.network.type = veth
pve.network.bridge = BRIDGE
lxc.network.hwaddr = BC:24:11:00:00:31
lxc.network.name = eth0
pve.network.ip = ADDRESS
lxc.network.veth.pair = vethCTID.0
pve.volid = local:CTID/vm-CTID-disk-0.raw
pve.disksize = 1
pve.unprivileged = 1
lxc.id_map = u 0 100000 65536
lxc.id_map = g 0 100000 65536
pending.tty = 1

snap.pve.snapname = s1
snap.lxc.utsname = older
END
sed -i "s|INCLUDE|$stage/distro-templates/busybox/common.conf|" "$lxc/$ctid.conf"
mkdir -p "$lxc/$ctid" && mv "$lxc/$ctid.conf" "$lxc/$ctid/config"
cat >"$tree/storage.cfg" <<END
dir: local
	path $PCT_VZ
	content iso,vztmpl,backup,rootdir
	prune-backups keep-all=1

lvmthin: local-lvm
	thinpool data
	vgname pve
	content rootdir,images

zfspool: local-zfs
	pool rpool/data
	sparse 1

esxi: later
	server 198.18.0.9
	skip-cert-verification 1
END

# refused FILE: the containers that a check in this file says will not start.
refused() { sed -n 's,^.*/\([0-9]*\)[./][^:]*:[0-9: ]*\(error: \|lock: \|template: \).*,\1,p' "$1" | sort -u; }
# named FILE: those and the containers that lack something on this host.
named() { sed -n 's,^.*/\([0-9]*\)[./][^:]*:.* on this host: .*,\1,p' "$1" | cat - <(refused "$1") | sort -u; }
# numbers NAME...: the numbers of these cases.
numbers() { for name in "$@"; do echo "${of[$name]}"; done | sort -u; }
config_of() { if [ -e "$here/$1.conf" ]; then echo "$here/$1.conf"; else echo "$here/$1/config"; fi; }

# ---- the check of the tree, which is the first thing that the README says ----
print=$(fingerprint "$there")
"$pct" config --check "$tree" >"$work/tree"
same 'the check of a tree with errors fails' 1 $?
same 'it changes nothing' "$print" "$(fingerprint "$there")"

# ---- the steps of the README ----
cp "$tree/storage.cfg" "$PCT_ETC/"
for id in "${of[@]}"; do
	cp -a "$there/images/$id" "$images/" && chmod 700 "$images/$id"
	cp -a "$lxc/$id"* "$here/"
done
# As the steps say, of volumes of storages that pct does not support.
sed -i "s|^rootfs: local-zfs:[^,]*|rootfs: local:${of[subvol]}/subvol-${of[subvol]}-disk-0.subvol|" \
	"$here/${of[subvol]}.conf"
sed -i "s|^rootfs: local-lvm:[^,]*|rootfs: local:${of[privileged]}/vm-${of[privileged]}-disk-0.raw|" \
	"$here/${of[privileged]}.conf"
cp -a "$here" "$work/before"
"$pct" config --check >"$work/check"
same 'list knows all of them' "$(printf '%s\n' "${of[@]}" | sort)" "$("$pct" list | sed -n '1!s/ .*//p' | sort)"

# ---- start all ----
fail=(mount script template locked lvm zfs qcow2 linked missing range bridge bindmount noroot
	badpending mppending privshift rawrange)
for id in "${of[@]}"; do
	"$pct" start "$id" >"$work/start.$id" 2>&1 || echo "$id"
done | sort >"$work/failed"
same 'start refuses what it should' "$(numbers "${fail[@]}")" "$(cat "$work/failed")"
same 'the check here named each that does not start, and no other' "$(cat "$work/failed")" "$(refused "$work/check")"
same 'the check of the tree named each of them' '' "$(comm -13 <(named "$work/tree") "$work/failed")"
same 'it called nothing an error that starts' '' "$(comm -23 <(refused "$work/tree") "$work/failed")"
"$pct" config --check "$tree" >"$work/tree"
same 'with the volumes here it names these, and the two whose volumes have another name now' \
	"$(numbers "${fail[@]}" subvol privileged)" "$(named "$work/tree")"
for name in "${fail[@]}"; do
	id=${of[$name]}
	same "$name: the start says why in one line" 1 "$(wc -l <"$work/start.$id")"
	reason=$(sed 's/^pct: //; s/; .*//; s/ for net0$//; s/^[^ ]*\.conf[^ ]*: //' "$work/start.$id")
	same "$name: the check gave the same reason" 1 "$(grep "/${id}[./]" "$work/check" | grep -cF -- "$reason")"
	same "$name: in the words of the file" '' "$(grep 'pve\.\|converted' "$work/start.$id")"
	same "$name: it changed nothing in the config" '' "$(diff "$work/before/$id.conf" "$here/$id.conf")"
done
same 'line numbers are those of the file' '3 6 7 9 10' "$(for name in locked template bindmount mppending badpending; do
	sed -n "s/^.*\/${of[$name]}.conf:\([0-9]*\): .*\(lock: the\|template: a\|entry: there\|mp0: .*no such volume\|vmbr98\).*/\1/p" "$work/check"
done | xargs)"

# ---- those that run ----
for name in plain subvol privileged waiting extras volumes old; do
	ctid=${of[$name]}
	address=$("$pct" config "$ctid" | sed -n 's/^net0:.*,ip=\([^,]*\).*/\1/p')
	check "$name: has its address" within 30 has_address "$ctid" "$address"
	check "$name: answers" ping -c 1 -W 5 "${address%/*}"
	check "$name: net" "$pct" net "$ctid"
	same "$name: root owns its files" 0:0 \
		"$(inside stat -c %u:%g / /etc /bin/busybox /etc/network/interfaces /etc/hosts | sort -u)"
	same "$name: nobody owns any" '' \
		"$(inside find / -xdev '(' -user 65534 -o -group 65534 ')' ! -path /proc ! -path /sys ! -path /srv)"
	same "$name: its host name" "$name" "$(inside hostname)"
	case $name in
	waiting) changes='3c3
< memory: 128
---
> memory: 256
7d6
< tty: 1
9,12d7
< 
< [pve:pending]
< delete: tty
< memory: 256' ;;
	old) changes='5a6
> lxc.tty = 1
17d17
< pending.tty = 1' ;;
	*) changes='' ;;
	esac
	config=$(config_of "$ctid")
	same "$name: the start changed only what waited" "$changes" "$(diff "$work/before${config#"$here"}" "$config")"
done
ctid=${of[plain]}
same 'a raw key is in effect' 1 "$("$pct" exec "$ctid" -- env </dev/null | grep -c '^A=b$')"
same 'the check named no other line of that one' '5 9' \
	"$(sed -n "s/^.*\/$ctid.conf:\([0-9]*\):.*/\1/p" "$work/check" | sort -nu | xargs)"
ctid=${of[volumes]}
same 'volumes: config shows the lines of the file' "$(grep '^mp\|^rootfs\|^unused' "$here/$ctid.conf")" \
	"$("$pct" config "$ctid" | grep '^mp\|^rootfs\|^unused')"
same 'volumes: they are in their places' '/ /data /data/deep /srv' \
	"$(inside awk '$2 ~ "^/(|data|data/deep|srv)$" { print $2 }' /proc/mounts | sort -u | xargs)"
same 'volumes: root owns their files' '0:0 0:0' "$(inside stat -c %u:%g /data/etc /data/deep/etc | xargs)"
same 'volumes: the check names only the ids of the folder, and net0 without ip6' '5 7' \
	"$(sed -n "s/^.*\/$ctid.conf:\([0-9]*\):.*/\1/p" "$work/check" | sort -nu | xargs)"
ctid=${of[extras]}
sed -n 's/^pct: warning: container [0-9]*: [^:]*: \(.*is kept\)/\1/p' "$work/start.$ctid" >"$work/without"
same 'a line has no effect' 1 "$(wc -l <"$work/without")"
same 'the check named it' 1 "$(grep "/$ctid.conf:[234]:" "$work/check" | grep -cF -f "$work/without")"
same 'a type that cannot be mounted is told' 1 "$(grep -c 'features: mount=nfs has no effect' "$work/start.$ctid")"
same 'the feature fuse is in effect' /dev/fuse "$(inside ls -d /dev/fuse)"
same 'a raw mount is there' 1 "$(inside grep -c ' /srv tmpfs ' /proc/mounts)"
same 'as is one more dropped capability' 0 $(((16#$(inside sed -n 's/^CapBnd:[^0-9a-f]*//p' /proc/1/status) >> 25) & 1))

# ---- the day after: set, a change that waits, reboot, stop, destroy ----
# changed WHAT EXPECTED: how the config of $ctid differs from that of the last time.
keep() { cp "$(config_of "$ctid")" "$work/last"; }
changed() {
	same "$1" "$2" "$(diff "$work/last" "$(config_of "$ctid")" | grep '^[<>] .')"
	keep
}
for name in plain old; do
	ctid=${of[$name]} config=$(config_of "${of[$name]}")
	keep
	if [ $name = plain ]; then host='hostname:' tty='tty:' waits='> [pve:pending]
> tty: 3' merged='> tty: 3
< [pve:pending]
< tty: 3'; else host='lxc.utsname =' tty='lxc.tty =' waits='> pending.tty = 3' merged='< lxc.tty = 1
> lxc.tty = 3
< pending.tty = 3'; fi
	check "$name: set" "$pct" set "$ctid" --hostname other
	changed "$name: set changes one line" "< $host $name
> $host other"
	check "$name: a change that waits" "$pct" set "$ctid" --tty 3
	changed "$name: is kept" "$waits"
	init=$(init_pid "$ctid")
	check "$name: reboot" "$pct" reboot "$ctid"
	check "$name: comes back" within 40 rebooted "$init"
	changed "$name: the reboot made the change" "$merged"
	check "$name: another one" "$pct" set "$ctid" --tty 4
	check "$name: stop" "$pct" stop "$ctid"
	keep
	# A start that fails leaves them pending, whoever starts it and whatever fails.
	mv "$images/$ctid" "$images/$ctid.away"
	refuses 1 "$name: no start without its volume" 'there is no such volume' "$pct" start "$ctid"
	changed "$name: it changes nothing" ''
	lxc-start -P "$PCT_LIB" -n "$ctid" -F >/dev/null 2>&1
	check "$name: neither does lxc-start" stopped "$ctid"
	changed "$name: which fails as well" ''
	mv "$images/$ctid.away" "$images/$ctid"
	check "$name: the change can be dropped" "$pct" set "$ctid" --revert tty
	check "$name: lxc-start" lxc-start -P "$PCT_LIB" -n "$ctid"
	check "$name: runs" within 10 runs "$ctid"
	keep
	check "$name: another change" "$pct" set "$ctid" --tty 5
	check "$name: stop again" "$pct" stop "$ctid"
	check "$name: lxc-start makes it" lxc-start -P "$PCT_LIB" -n "$ctid"
	check "$name: runs again" within 10 runs "$ctid"
	changed "$name: in the config" "< $tty 3
> $tty 5"
	check "$name: stop once more" "$pct" stop "$ctid"
	same "$name: the snapshot is as it was" "$(sed -n '/^\[before/,$p; /^snap\./p' "$work/before${config#"$here"}")" \
		"$(sed -n '/^\[before/,$p; /^snap\./p' "$config")"
done

# ---- the remedies, as they are told ----
for name in mount script mppending range rawrange; do
	ctid=${of[$name]}
	case $name in
	mount | mppending) # copy the volume
		same "$name: the remedy" 1 "$(grep -c '; copy it there, or name another in the config$' "$work/start.$ctid")"
		cp --sparse=always "$there/1.100000" "$images/$ctid/vm-$ctid-disk-1.raw" ;;
	script)
		check "$name: without" "$pct" set "$ctid" --delete hookscript ;;
	*)
		remedy=$(sed -n 's/^.*; pct \(set .*\)$/\1/p' "$work/start.$ctid")
		check "$name: $remedy" eval "$pct $remedy" ;;
	esac
	check "$name: start" "$pct" start "$ctid"
	same "$name: root owns its files" 0:0 "$(inside stat -c %u:%g / /etc | sort -u)"
done
ctid=${of[badpending]}
check 'badpending: drop the change' "$pct" set "$ctid" --revert net0
check 'badpending: start with its former network' "$pct" start "$ctid"
check 'badpending: has its address' within 30 has_address "$ctid" "$("$pct" config "$ctid" |
	sed -n 's/^net0:.*,ip=\([^,]*\).*/\1/p')"
ctid=${of[privshift]}
sed -i "\$a$(sed -n 's/^.*add the line "\(.*\)" to.*/\1/p' "$work/start.$ctid")" "$here/$ctid.conf"
check 'privshift: start with the line that was told' "$pct" start "$ctid"

# ---- destroy ----
ctid=${of[waiting]}
"$pct" stop "$ctid"
check 'destroy' "$pct" destroy "$ctid"
same 'nothing is left of it' '' "$(files_of "$ctid")"
ctid=${of[lvm]}
refuses 1 'destroy of one whose volume pct cannot remove' 'local-lvm: .*; to remove the container and leave' \
	"$pct" destroy "$ctid"
for id in "${of[@]}"; do "$pct" stop "$id" >/dev/null 2>&1; done
same 'nothing is left of the starts' '' "$(leftovers "${of[@]}")"
umount /etc/subuid /etc/subgid /mnt
finish
