#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# "make demo": a container from template to shell, on this host's real folders and bridge.
# Everything that it makes is removed again.
set -eu
[ "$(id -u)" = 0 ] || { echo 'make demo needs root: sudo make demo' >&2 && exit 1; }
unshare --user true 2>/dev/null || {
	echo 'make demo needs user namespaces; the kernel allows none in a chroot: use a container' >&2
	exit 1
}
cd "$(dirname "$0")/.."
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin
bridge=vmbr0 made_bridge='' ctid=200 made_template=''

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# Print a command as a user would type it, and run it.
show() { typed "$*" && "$@"; }
typed() { printf '\033[1m# %s\033[0m\n' "$*"; }
# build NAME: true when there is a template, in $template.
build() {
	typed "pct distro build $1"
	pct distro build "$1" >"$work/built" && cat "$work/built" || return
	made_template=$(tail -n 1 "$work/built") template=$made_template
}

# Where pct makes folders, and a link to one; in an order whose reverse has the deepest first.
folders() {
	find /etc/pve /var/lib/vz -maxdepth 3 \( -type d -o -type l \) 2>/dev/null | LC_ALL=C sort
}

# A container's root is nobody on the host, and has to get to the hooks: not below /root.
umask 022
work=$(mktemp -d /tmp/pct-demo-XXXXXX)
folders >"$work/folders"
cleanup() {
	status=$?
	trap '' INT TERM
	if [ -e "/etc/pve/lxc/$ctid/config" ] && [ -n "${created:-}" ]; then
		pct stop $ctid >/dev/null 2>&1 || :
		pct destroy $ctid || :
	fi
	[ -z "$made_template" ] || rm -f "$made_template"
	[ -z "$made_bridge" ] || ip link del $bridge || :
	comm -13 "$work/folders" <(folders) | tac | while read -r path; do
		rmdir "$path" 2>/dev/null || [ ! -L "$path" ] || rm "$path"
	done
	rm -rf --one-file-system "$work"
	[ $status = 0 ] || echo "demo: failed" >&2
	exit $status
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
chmod 755 "$work"
cp -R "${O:-build}/pct" "${O:-build}/hooks" distro-templates "$work/"
PATH=$work:$PATH

while [ -e /etc/pve/lxc/$ctid ] || [ -e /var/lib/lxc/$ctid ]; do ctid=$((ctid + 1)); done

if ip link show $bridge >/dev/null 2>&1; then
	say "The bridge $bridge exists."
else
	say "Create the bridge $bridge with the address 10.77.0.1/24."
	made_bridge=1
	show ip link add $bridge type bridge
	show ip addr add 10.77.0.1/24 dev $bridge
	show ip link set $bridge up
fi

say 'A template.'
cache=/var/lib/vz/template/cache
template=$(find $cache -name 'debian-12-standard_*.tar.*' 2>/dev/null | sort | tail -n 1)
if [ -n "$template" ]; then
	echo "The template of Debian exists."
elif ! build debian; then
	echo 'Debian could not be built (does its mirror answer?): the demo continues with busybox.'
	build busybox
fi

say 'Create a container with an address.'
created=1
show pct create $ctid "${template##*/}" --hostname web1 \
	--net0 name=eth0,bridge=$bridge,ip=10.77.0.20/24,gw=10.77.0.1
show pct config $ctid

say 'Changes that setup makes in the template, as a diff.'
mkdir "$work/tree"
tar -C "$work/tree" -xf "$template"
show pct setup --rootfs "$work/tree" --config /etc/pve/lxc/$ctid/config --phase create --diff

say 'Start it.'
time show pct start $ctid
show pct list
tries=0
until ping -c 1 -W 1 10.77.0.20 >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ $tries -lt 60 ] || break
	sleep 0.5
done
show ping -c 2 -W 2 10.77.0.20

mountpoint -q /var/lib/lxcfs || say 'Without the package lxcfs, free and uptime show the values of the host.'

say 'Enter it.  These lines are typed into the shell inside: hostname, addresses, a ping, exit.'
printf '%s\n' hostname 'ip addr show eth0' 'cat /etc/network/interfaces /etc/resolv.conf' \
	'ping -c 1 10.77.0.1' exit >"$work/typed"
typed pct enter $ctid
pct enter $ctid <"$work/typed"

say 'Stop it and remove it.'
show pct stop $ctid
show pct destroy $ctid
created=''
show pct list
say 'Done.'
