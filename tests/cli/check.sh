#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# config --check finds what a start refuses: each rule over several lines, and of this host.
. "$(dirname "$0")/../lib.sh"

file=$PCT_ETC/lxc/105/config
mkdir -p "${file%/*}" "$images/105" && : >"$images/105/vm-105-rootfs.raw"
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

whole='pve.volid = none:105/vm-105-rootfs.raw'
finds 'an unknown storage' '1: error: pve.volid: none: there is no such storage'
whole='pve.volid = local:106/vm-106-rootfs.raw'
finds 'a volume of another' \
	'1: error: pve.volid: local:106/vm-106-rootfs.raw: belongs to container 106, not to 105'
whole='pve.volid = local:105/vm-105-other.raw'
finds 'a volume that is not there' \
	"1: error: pve.volid: local:105/vm-105-other.raw: there is no such volume: $images/105/vm-105-other.raw"
whole='lxc.utsname = a'
finds 'no volume at all' ' error: pve.volid is missing: the container has no root volume'
whole='pve.volid = local:105/vm-105-rootfs.raw'
finds 'a bridge that is not there' '3: error: pve.network.bridge: none0: there is no such bridge, for net0 of container 105' \
	'lxc.network.type = veth' 'pve.network.bridge = none0' 'lxc.network.veth.pair = veth105.0'
finds 'nothing else' ' fine' "$mapped"

# Of a tree from elsewhere, what this host lacks is for it to know; volumes and bridges come later.
pve=$work/pve && mkdir -p "$pve/nodes/a/lxc"
printf '%s\n' 'arch: amd64' 'net0: name=eth0,bridge=none0' 'rootfs: none:105/vm-105-disk-0.raw,size=8G' \
	'unprivileged: 1' 'lxc.idmap: u 0 4000000000 65536' 'lxc.idmap: g 0 4000000000 65536' \
	'lxc.include: /none' >"$pve/nodes/a/lxc/105.conf"
check 'of a tree from elsewhere it is no error' "$pct" config --check "$pve"
same 'but told' '3: rootfs: on this host: none: there is no such storage
5: lxc.idmap: on this host: the ids of "u 0 4000000000 65536" are not delegated to root
7: power: lxc.include: includes further settings from "/none"' \
	"$(sed "s|^$pve/nodes/a/lxc/105.conf:||; s|; .*||" "$work/out")"
printf '%s\n' 'rootfs: local:105/vm-105-disk-0.raw,size=8G' 'lxc.idmap: u 5 100000 65536' \
	'lxc.idmap: u 6 200000 1' >"$pve/nodes/a/lxc/105.conf"
"$pct" config --check "$pve" >"$work/out"
same 'what is wrong anywhere is an error' 1 $?
same 'with the line of that file' '3: error: lxc.idmap: "u 5 100000 65536" and "u 6 200000 1" overlap' \
	"$(sed "s|^$pve/nodes/a/lxc/105.conf:||; / power: /d" "$work/out")"

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

# To look changes nothing: liblxc would make this file.
printf '%s\n' "$whole" "lxc.log.file = $work/made" >"$file"
"$pct" config --check >/dev/null
check 'a check makes no file that a config names' test ! -e "$work/made"
finish
