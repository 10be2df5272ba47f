#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# config --check finds what a start refuses: each rule over several lines, and of this host.
. "$(dirname "$0")/../lib.sh"

file=$PCT_ETC/lxc/105/config
mkdir -p "${file%/*}" && raw_volume 105 vm-105-rootfs.raw
whole='pve.volid = local:105/vm-105-rootfs.raw'
mapped='pve.unprivileged = 1'

# finds WHAT EXPECTED LINE...: what is wrong with a config of these lines; the root volume is line 1.
finds() {
	local what=$1 expected=$2
	shift 2
	printf '%s\n' "$whole" "$@" >"$file"
	same "$what" "$expected" "$("$pct" config --check | grep -v ': power: ' | sed "s|^$file:*||; s|; .*||")"
}
# starts_not LINE: pct start gives the same reason as the line of --check that follows.
same_as_start() {
	"$pct" start 105 >"$work/out" 2>&1
	same "start says so of ${1%%: *}" 1 "$(grep -cF -- "${1#*: }" "$work/out")"
}

finds 'an id map that overlaps inside' \
	'3: error: lxc.idmap: "u 0 100000 100" and "u 99 100200 1" overlap' \
	'lxc.idmap = u 0 100000 100' 'lxc.idmap = u 99 100200 1' 'lxc.idmap = g 0 100000 100'
same_as_start 'overlap: "u 0 100000 100" and "u 99 100200 1" overlap'
finds 'or outside' '4: error: lxc.idmap: "g 0 100000 100" and "g 100 100099 1" overlap' \
	'lxc.idmap = u 0 100000 100' 'lxc.id_map = g 0 100000 100' 'lxc.idmap = g 100 100099 1'
finds 'root that is left out' '2: error: lxc.idmap: group 0 of the container is not mapped' \
	'lxc.idmap = u 0 100000 100' 'lxc.idmap = g 1 100000 100'
same_as_start 'left out: group 0 of the container is not mapped'
finds 'a kind that liblxc does not know' '2: error: lxc.idmap: bad id map "b 0 100000 100"' \
	'lxc.idmap = b 0 100000 100'
finds 'ids that root was not given' \
	'2: error: lxc.idmap: the ids of "u 0 4000000000 10" are not delegated to root' \
	'lxc.idmap = u 0 4000000000 10' 'lxc.idmap = g 0 4000000000 10'
same_as_start 'not given: the ids of "u 0 4000000000 10" are not delegated to root'
same 'the remedy names the line to add' 1 \
	"$(grep -c 'add the line "root:4000000000:10" to /etc/subuid' "$work/out")"

finds 'what cannot be lowered, each' '2: error: lxc.include: there is no such file: "/none"
3: error: lxc.monitor.unshare: is always 1 for a container of pct
4: error: lxc.rootfs.mount: pve.volid already sets the root file system
6: error: lxc.include: there is no such file: "/nor/this"' \
	'lxc.include = /none' 'lxc.monitor.unshare = 0' 'lxc.rootfs.mount = /x' "$mapped" \
	'lxc.include = /nor/this'
same_as_start 'the first: there is no such file: "/none"'
finds 'and in a broken id map' '2: error: lxc.idmap: user 0 of the container is not mapped
3: error: lxc.monitor.unshare: is always 1 for a container of pct' \
	'lxc.idmap = g 0 100000 10' 'lxc.monitor.unshare = 0'

# volume ID EXPECTED LINE...: what is wrong with this root volume.
volume() {
	local id=$1 expected=$2
	shift 2
	whole="pve.volid = $id"
	finds "the volume $id" "${expected:+1: error: pve.volid: }${expected:- fine}" "$@"
}
printf 'esxi: later\n\tserver 198.18.0.9\n\n' >"$PCT_ETC/storage.cfg"
printf 'zfspool: local-zfs\n\tpool not-there\n\n' >>"$PCT_ETC/storage.cfg"
printf 'dir: off\n\tpath /off\n\tdisable\n\ndir: there\n\tpath /there\n\tnodes no-such-node\n' \
	>>"$PCT_ETC/storage.cfg"
unsupported='which pct does not support'
volume none:105/vm-105-rootfs.raw 'none: there is no such storage'
volume later:vm-105-disk-0 "later: the storage has the type esxi, $unsupported"
no_pool='the kernel has no ZFS'
[ ! -e /sys/module/zfs ] || no_pool='the pool not-there is not imported'
volume local-zfs:subvol-105-disk-0 "local-zfs: $no_pool"
volume local-zfs:105/disk-0 'local-zfs:105/disk-0: is not a volume id'
volume off:105/x.raw 'off: the storage is disabled'
volume there:105/x.raw 'there: the storage is only for the nodes no-such-node'
volume local:105/vm-105-disk-0.qcow2 'local:105/vm-105-disk-0.qcow2: is not a raw image'
volume local:100/base-100-disk-0.raw/105/vm-105-disk-0.raw \
	"local:100/base-100-disk-0.raw/105/vm-105-disk-0.raw: is a linked clone, $unsupported"
volume local:vm-105-disk-0 'local:vm-105-disk-0: is not a volume id'
volume local:106/vm-106-rootfs.raw \
	'local:106/vm-106-rootfs.raw: belongs to container 106, not to 105'
volume local:105/vm-105-other.raw \
	"local:105/vm-105-other.raw: there is no such volume: $images/105/vm-105-other.raw"
: >"$images/105/empty.raw" && mkdir "$images/105/folder.raw" && : >"$images/105/file.subvol"
volume local:105/empty.raw "$images/105/empty.raw: contains no known file system"
volume local:105/folder.raw "$images/105/folder.raw: is not a regular file"
volume local:105/file.subvol "$images/105/file.subvol: is not a folder"
cp "$images/105/vm-105-rootfs.raw" "$images/105/short.raw" && truncate -s 8M "$images/105/short.raw"
volume local:105/short.raw \
	"$images/105/short.raw: is truncated: its file system has 16777216 bytes, the image 8388608"
mke2fs -q -F -t ext2 "$images/105/ext2.raw" 8M >/dev/null 2>&1
volume local:105/ext2.raw "$images/105/ext2.raw: holds ext2, not ext4"
chmod 755 "$images/105"
volume local:105/vm-105-rootfs.raw \
	"$images/105: has mode 0755 and owner 0:0"
chmod 700 "$images/105"

# The ids on disk.
mkdir "$images/105/tree.subvol"
for owner in 0:0 100000:100000 200000:300000; do
	raw_volume 105 "$owner.raw" "$owner" && mv "$images/105/$owner.raw" "$images/105/${owner%:*}.raw"
done
other='so its files are shifted for another range of ids: root of the container is 100000:100000 on this host'
volume local:105/0.raw '' "$mapped"
volume local:105/100000.raw '' "$mapped"
volume local:105/100000.raw '' "$mapped" 'pve.shifted = 1'
volume local:105/200000.raw "$images/105/200000.raw: belongs to 200000:300000, $other" "$mapped"
same 'the remedy is the map' 1 "$("$pct" config --check |
	grep -c '; pct set 105 --idmap "u 0 200000 65536;g 0 300000 65536"$')"
volume local:105/0.raw "$images/105/0.raw: belongs to 0:0, so its files have the container's ids, but pve.shifted says that they have the host's" \
	"$mapped" 'pve.shifted = 1'
privileged='so its files are shifted for an unprivileged container, and this one is privileged'
volume local:105/100000.raw "$images/105/100000.raw: belongs to 100000:100000, $privileged"
chown 100000:100000 "$images/105/tree.subvol"
volume local:105/tree.subvol '' "$mapped"
volume local:105/tree.subvol "$images/105/tree.subvol: belongs to 100000:100000, $privileged"
chown 0:7 "$images/105/tree.subvol"
volume local:105/tree.subvol '' "$mapped"
rm "$PCT_ETC/storage.cfg"

whole='lxc.utsname = a'
finds 'no volume at all' ' error: pve.volid is missing: the container has no root volume'
whole='pve.volid = local:105/vm-105-rootfs.raw'
finds 'a bridge that is not there' '3: error: pve.network.bridge: none0: there is no such bridge for net0' \
	'lxc.network.type = veth' 'pve.network.bridge = none0' 'lxc.network.veth.pair = veth105.0'
# Volumes, folders and devices of the host: without data there is no start.
data="local:105/x.raw: there is no such volume: $images/105/x.raw"
finds 'a mount point' "3: error: pve.mp0: $data" "$mapped" 'pve.mp0 = local:105/x.raw,mp=/d'
same_as_start "data: $data"
same 'start names the mount point' 1 "$(grep -c '^pct: mp0: ' "$work/out")"
share=$work/share && mkdir -p "$share" && ln -s share "$work/link"
chown 1000:1001 "$share"
finds 'each of them' "3: error: pve.mp1: $data
4: error: pve.mp12: $work/none: there is no such folder on the host
5: error: pve.mp13: /dev/none0: there is no such device on the host" "$mapped" \
	'pve.mp1 = local:105/x.raw,mp=/d' "pve.mp12 = $work/none,mp=/srv" 'pve.mp13 = /dev/none0,mp=/x'
finds 'a link to a folder' "3: error: pve.mp0: $work/link: is, or leads through, a symbolic link" "$mapped" \
	"pve.mp0 = $work/link,mp=/srv"
same_as_start 'link: is, or leads through, a symbolic link'
finds 'quotas of an unprivileged container' '3: error: pve.mp0: quota works only in a privileged container' \
	"$mapped" 'pve.mp0 = local:105/x.raw,mp=/d,quota=1'
raw_volume 105 x.raw
finds 'a mount point whose volume is there' ' fine' "$mapped" 'pve.mp0 = local:105/x.raw,mp=/d,ro=1,backup=1'
finds 'words of the root volume' ' fine' "$mapped" 'pve.rootfs = acl=1,ro=1,mountoptions=noatime;noexec'
rm "$images/105/x.raw"

# A folder of the host, whose files have ids that an unprivileged container does not have.
# noted LINE...: the remedies for this config; the check succeeds, as a folder that it shows is no error.
noted() {
	printf '%s\n' "$whole" "$@" >"$file"
	"$pct" config --check >"$work/out" || echo error
	sed -n "s|^.*: .*$share.*its files keep the ids of the host, so in the container they belong to nobody; ||p" "$work/out"
}
give="to give the container's user 1000 and group"
same 'the files of a folder of the host' "$give 1001 the files of these ids of the host: add owner=1000:1001 to mp0" \
	"$(noted "$mapped" "pve.mp0 = $share,mp=/srv")"
"$pct" doctor --output-format json >"$work/doctor"
same 'doctor warns of it' 1 "$(jq -r '.[] | select(.level == "warning") | "\(.object): \(.text); \(.remedy)"' "$work/doctor" |
	grep -c "container 105: mp0.*$share: its files keep .*owner=1000:1001 to mp0$")"
chown 0:0 "$share"
same 'no remedy gives those of root away' "$give 1000 the files of these ids of the host: add owner=1000:1000 to mp0" \
	"$(noted "$mapped" "pve.mp0 = $share,mp=/srv")"
same 'with owner there is none' '' "$(noted "$mapped" "pve.mp0 = $share,mp=/srv,owner=1000:1000")"
same 'nor if the config says so' '' "$(noted "$mapped" "pve.mp0 = $share,mp=/srv,idmap=passthrough")"
chown 101000:101000 "$share"
same 'nor if the folder belongs to the container' '' "$(noted "$mapped" "pve.mp0 = $share,mp=/srv")"
chown 1000:1000 "$share"
same 'nor in a privileged container' '' "$(noted "pve.mp0 = $share,mp=/srv")"
finds 'an owner that the container lacks' \
	'3: error: pve.mp0: owner names u 70000 to 70000, which the container lacks' "$mapped" \
	"pve.mp0 = $share,mp=/srv,owner=70000:1"
finds 'what is only missing' '3: pve.cmode: is kept, but the console is always a terminal
4: pve.nix: unknown key, which has no effect' "$mapped" 'pve.cmode = shell' 'pve.nix = 1' \
	'pve.unused0 = local:105/x.raw'
finds 'what is behind a pending change, with its line' '3: pve.cmode: is kept, but the console is always a terminal
5: error: lxc.include: there is no such file: "/none"' "$mapped" 'pve.cmode = shell' 'pending.tty = 1' \
	'lxc.include = /none'
same_as_start 'there: there is no such file: "/none"'
same 'start names it, too' 1 "$(grep -c "$file:5: lxc.include: " "$work/out")"
finds 'a lock' '3: pve.lock: the container is locked (backup)' "$mapped" 'pve.lock = backup'
finds 'a template' '3: pve.template: a template cannot be started' "$mapped" 'pve.template = 1'

mkdir -p "$PCT_LIB/105/rootfs" && chmod 700 "$PCT_LIB"
finds 'a folder in the way' " error: $PCT_LIB: container root cannot pass this folder (mode 0700) to reach its root file system" \
	"$mapped"
same_as_start 'way: container root cannot pass this folder'
chmod 755 "$PCT_LIB"
finds 'files that liblxc needs' '3: error: lxc.hook.pre-start: there is no such file: "/none/hook"
4: error: lxc.mount.entry: there is no such file: "/none/data"' "$mapped" \
	'lxc.hook.pre-start = /none/hook -x' 'lxc.mount.entry = /none/data data none bind'
same_as_start 'hook: there is no such file: "/none/hook"'
finds 'nothing else' ' fine' "$mapped"

# Of a tree from elsewhere, what this host lacks is told; volumes and bridges come later.
pve=$work/pve && mkdir -p "$pve/nodes/a/lxc"
printf '%s\n' 'arch: amd64' 'net0: name=eth0,bridge=none0' 'rootfs: none:105/vm-105-disk-0.raw,size=8G' \
	'unprivileged: 1' 'lxc.idmap: u 0 4000000000 65536' 'lxc.idmap: g 0 4000000000 65536' \
	'lxc.include: /none' >"$pve/nodes/a/lxc/105.conf"
check 'of a tree from elsewhere it is no error' "$pct" config --check "$pve"
same 'but told' '2: net0: on this host: none0: there is no such bridge for net0
3: rootfs: on this host: none: there is no such storage
5: lxc.idmap: on this host: the ids of "u 0 4000000000 65536" are not delegated to root
7: power: lxc.include: includes further settings from "/none"' \
	"$(sed "s|^$pve/nodes/a/lxc/105.conf:||; s|; .*||" "$work/out")"
printf '%s\n' 'rootfs: local:105/vm-105-disk-0.raw,size=8G' 'lxc.idmap: u 5 100000 65536' \
	'lxc.idmap: u 6 200000 1' >"$pve/nodes/a/lxc/105.conf"
"$pct" config --check "$pve" >"$work/out"
same 'what is wrong anywhere is an error' 1 $?
same 'with the line of that file' "1: rootfs: on this host: local:105/vm-105-disk-0.raw: there is no such volume: $images/105/vm-105-disk-0.raw
"'3: error: lxc.idmap: "u 5 100000 65536" and "u 6 200000 1" overlap' \
	"$(sed "s|^$pve/nodes/a/lxc/105.conf:||; s|; .*||; / power: /d" "$work/out")"
printf '%s\n' 'rootfs: local:105/vm-105-disk-0.qcow2,size=8G' 'unprivileged: 1' >"$work/105.conf"
same 'also in a file alone' '1: error: rootfs: local:105/vm-105-disk-0.qcow2: is not a raw image' \
	"$("$pct" config --check "$work/105.conf" | sed "s|^$work/105.conf:||; s|; .*||")"

# What a stranger's config would do to the host: each line, and how the command ends.
printf '%s\n' "$whole" "$mapped" 'lxc.hook.pre-start = /bin/sh -c id' 'lxc.mount.entry = / mnt none bind' \
	'lxc.idmap = u 0 0 65536' 'lxc.idmap = g 0 0 65536' 'lxc.apparmor.profile = unconfined' \
	'lxc.seccomp.profile =' 'lxc.cgroup.devices.allow = a' 'lxc.net.0.type = empty' \
	'lxc.net.0.script.up = /x' >"$file"
check 'a config that gives power is none that is wrong' "$pct" config --check
same 'each line is named' '3: power: lxc.hook.pre-start: runs "/bin/sh -c id" as root on the host before each start
4: power: lxc.mount.entry: gives the container write access to all files of the host
5: power: lxc.idmap: gives the container user 0 (root) of the host
6: power: lxc.idmap: gives the container group 0 (root) of the host
7: power: lxc.apparmor.profile: lets the container run without an AppArmor profile
8: power: lxc.seccomp.profile: lets the container make every system call
9: power: lxc.cgroup.devices.allow: gives the container every device of the host
11: power: lxc.net.0.script.up: runs "/x" as root on the host when its network comes up' \
	"$(sed "s|^$file:||" "$work/out")"
same 'in JSON they have a level of their own' power "$("$pct" config --check --output-format json |
	jq -r '.[].findings[].level' | sort -u)"
"$pct" config --check --strict >/dev/null
same 'with --strict it fails' 1 $?
printf '%s\n' "$whole" "$mapped" >"$file"
check 'what gives nothing passes' "$pct" config --check --strict
same 'and is fine' "$file: fine" "$(cat "$work/out")"

# Nothing in a tree from elsewhere can pass for a line of the check.
rm -r "$pve"
node=$(printf 'a\nlxc: fine\n\033[2J\342\200\256b')
mkdir -p "$pve/nodes/$node/lxc/105"
printf 'pve.unprivileged = 1\npve.x\342\200\256y z\nlxc.hook.stop = /x\033[2J\r\n' \
	>"$pve/nodes/$node/lxc/105/config"
"$pct" config --check "$pve" >"$work/out"
same 'each line is about the file' 2 "$(wc -l <"$work/out")"
same 'and begins with it' 2 "$(grep -c "^$pve/nodes/a?lxc: fine??\[2J?b/lxc/105/config:" "$work/out")"
same 'no control character is left, nor what turns a line around' '' \
	"$(LC_ALL=C grep -c '[^ -~]' "$work/out" | grep -v '^0$')"

net1=('lxc.network.type = veth' 'lxc.network.veth.pair = veth105.1' 'lxc.network.name = eth1')
finds 'a name server on an interface that is not there' \
	'2: pve.nameserver: the container has no network named "eth7", on which fe80::1%eth7 could be asked' \
	'pve.nameserver = 192.0.2.1 fe80::1%eth7' "${net1[@]}"
finds 'on one that is there' '' 'pve.nameserver = fe80::1%eth1' "${net1[@]}"
finds 'a link-local one of the only network' '' 'pve.nameserver = fe80::1' "${net1[@]}"
finds 'and of no network' \
	'2: pve.nameserver: the address fe80::1 is link-local, and does not say on which network it is' \
	'pve.nameserver = fe80::1'

# To look changes nothing: liblxc would make this file.
printf '%s\n' "$whole" "lxc.log.file = $work/made" >"$file"
"$pct" config --check >/dev/null
check 'a check makes no file that a config names' test ! -e "$work/made"
finish
