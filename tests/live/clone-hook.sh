#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc.hook.clone, run by a real lxc-copy on a container of plain LXC.
. "$(dirname "$0")/../lib.sh"

tree=$work/lxc/first/rootfs
mkdir -p "$tree"/{etc,var/lib/dhcp,var/lib/NetworkManager}
echo 'ID=debian' >"$tree/etc/os-release"
echo first >"$tree/etc/hostname"
echo 0123456789abcdef0123456789abcdef >"$tree/etc/machine-id"
echo lease >"$tree/var/lib/dhcp/dhclient.eth0.leases"
head -c 64 /dev/zero >"$tree/var/lib/NetworkManager/secret_key"
cat >"$work/lxc/first/config" <<EOF
lxc.uts.name = first
lxc.net.0.type = empty
lxc.rootfs.path = dir:$tree
lxc.hook.clone = $stage/hooks/lxc.hook.clone
EOF
copy() { lxc-copy -P "$work/lxc" -n first "$@"; }
found() { cat "$work/lxc/$1/rootfs/$2" 2>&1; }

check 'lxc-copy runs the hook' copy -N second
same 'the copy has its own name' second "$(found second etc/hostname)"
same 'in hosts, too' 1 "$(found second etc/hosts | grep -c '^127.0.1.1 second$')"
check 'the original has its machine-id' test -s "$tree/etc/machine-id"
check 'the copy has none of it' test ! -s "$work/lxc/second/rootfs/etc/machine-id"
same 'nor its lease' '' "$(ls "$work/lxc/second/rootfs/var/lib/dhcp")"
same 'nor its secret' '' "$(ls "$work/lxc/second/rootfs/var/lib/NetworkManager")"
check 'a copy that keeps the name' copy -N third -K
same 'keeps it' first "$(found third etc/hostname)"

ln -s "$work/outside" "$tree/etc/hosts"
echo untouched >"$work/outside"
check 'a link that leads out' copy -N fourth
same 'is not followed' untouched "$(cat "$work/outside")"
refuses 1 'without liblxc' 'lxc.hook.clone = PATH' "$stage/hooks/lxc.hook.clone"
finish
