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

# Host keys, of the types that are there.
key() { ssh-keygen -l -f "$work/lxc/$1/rootfs/etc/ssh/ssh_host_ed25519_key.pub" | cut -d ' ' -f 2,3; }
mkdir "$tree/etc/ssh"
ssh-keygen -q -t ed25519 -N '' -C root@first -f "$tree/etc/ssh/ssh_host_ed25519_key"
check 'a copy of one with host keys' copy -N keys
same 'has its own name on them' root@keys "$(key keys | cut -d ' ' -f 2)"
check 'and its own keys' test "$(key first | cut -d ' ' -f 1)" != "$(key keys | cut -d ' ' -f 1)"
same 'of the same types, readable by its root' '600 ssh_host_ed25519_key
644 ssh_host_ed25519_key.pub' "$(cd "$work/lxc/keys/rootfs/etc/ssh" && stat -c '%a %n' ssh*)"

# Unprivileged: liblxc runs the hook as host root, and what it writes is container root's.
cp "$work/lxc/first/config" "$work/config"
printf 'lxc.idmap = %s 0 100000 65536\n' u g >>"$work/lxc/first/config"
chown -R 100000:100000 "$tree"
check 'a copy of an unprivileged one' copy -N mapped
same 'has its own name' mapped "$(found mapped etc/hostname)"
same 'and its own keys' root@mapped "$(key mapped | cut -d ' ' -f 2)"
same 'all is its own' '' "$(find "$work/lxc/mapped/rootfs" ! -uid 100000)"
chown 0:0 "$tree/etc"
copy -N other >"$work/out" 2>&1
check 'the hook has no more rights than its root' test -s "$work/lxc/other/rootfs/etc/machine-id"
# Its root gave the top away.
chown 100007 "$tree"
copy -N given >"$work/out" 2>&1
check 'nor when the top is another'"'"'s' test -s "$work/lxc/given/rootfs/etc/machine-id"
chown 100000:100000 "$tree/etc"
check 'a copy of one like that' copy -N given2
same 'has its own name' given2 "$(found given2 etc/hostname)"
# As for an ordinary user: in the container's own namespace.
check 'the hook within the namespace' lxc-usernsexec -m b:0:100000:65536 -- \
	env LXC_ROOTFS_MOUNT="$work/lxc/mapped/rootfs" LXC_CONFIG_FILE="$work/lxc/mapped/config" \
	LXC_NAME=within "$stage/hooks/lxc.hook.clone"
same 'gives the name' within "$(found mapped etc/hostname)"
cp "$work/config" "$work/lxc/first/config"
chown -R 0:0 "$tree"

# A container of pct is set up from its own config.
mkdir -p "$PCT_ETC/lxc/4711" "$PCT_LIB"
echo 'lxc.utsname = of-pct.example.org' >"$PCT_ETC/lxc/4711/config"
check 'a copy that pct has a config of' lxc-copy -P "$work/lxc" -n first -p "$PCT_LIB" -N 4711 -K
same 'has the name that it says' of-pct "$(cat "$PCT_LIB/4711/rootfs/etc/hostname")"
check 'a number elsewhere is none of pct' copy -N 4711
same 'and has its own name' 4711 "$(found 4711 etc/hostname)"

ln -s "$work/outside" "$tree/etc/hosts"
echo untouched >"$work/outside"
check 'a link that leads out' copy -N fourth
same 'is not followed' untouched "$(cat "$work/outside")"
refuses 1 'without liblxc' 'lxc.hook.clone = PATH' "$stage/hooks/lxc.hook.clone"
finish
