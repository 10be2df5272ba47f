#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# inside.sh DIR ROOT PROGRAM: have the real program apply network files, and see what came of it.
# run.py runs it as the first process of network, mount, process, UTS and IPC namespaces of its own:
# all that is started or mounted here ends with it.
#
#   DIR/etc      the network files, laid over a copy of ROOT      DIR/links   NAME MTU, a line each
#   DIR/case     what is expected (network-cases.json)            DIR/log     what the program said
set -eu
dir=$1 lower=$2 program=$3
here=$(cd "$(dirname "$0")" && pwd)
exec 2>"$dir/log"

# ---- the root: a throw-away overlay ----
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/over/{upper,work} /run/root /run/sysctl-net
root=/run/root
mount -t overlay -o "lowerdir=$lower,upperdir=/run/over/upper,workdir=/run/over/work" overlay "$root"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
	: >"$root/dev/$node" && mount --bind "/dev/$node" "$root/dev/$node"
done
# As in a container: read-only but for the network.  networkd waits for no udev then, and
# ifupdown2 sets an MTU by /sys.
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys/net" /run/sysctl-net
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount --bind /run/sysctl-net "$root/proc/sys/net"
mount -t sysfs sysfs "$root/sys"
mount --bind "$root/sys/devices/virtual/net" "$root/sys/devices/virtual/net"
mount -o remount,bind,ro "$root/sys"

# ---- its network files: none but the skeleton's ----
(
	cd "$root/etc"
	rm -rf network/interfaces network/interfaces.d netplan/* systemd/network/* sysctl.d/* \
		systemd/resolved.conf.d NetworkManager/system-connections/* NetworkManager/conf.d/* \
		resolv.conf hosts hostname dhcpcd.conf
)
cp -a "$dir/etc/." "$root/etc/"
[ ! -e "$dir/var" ] || cp -a "$dir/var" "$root/" # the seed of cloud-init
# As NixOS does at each boot.
activate() {
	local etc path
	cp -a "$dir/nix" "$root/"
	etc=$(chroot "$root" readlink -f /nix/var/nix/profiles/system/etc)
	ln -sfn "$etc" "$root/etc/static"
	(cd "$root$etc" && find . -type l -printf '%P\n') | while read -r path; do
		rm -rf "${root:?}/etc/$path" && mkdir -p "$(dirname "$root/etc/$path")"
		ln -s "/etc/static/$path" "$root/etc/$path"
	done
}
[ ! -e "$dir/nix" ] || activate
hostname -F "$root/etc/hostname"
# The first boot makes one, and DHCP clients identify themselves by it.
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"

# ---- the link: a bridge in a namespace of its own, and who serves it ----
mkdir -p /run/netns
ip netns add served
on_link() { nsenter --net=/run/netns/served "$@"; }
# The router has its addresses at once; inside, duplicate address detection is on, as in a container.
# Without forwarding, a router's neighbour advertisements would take the default route away.
on_link sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.forwarding=1
on_link ip link add br0 type bridge
on_link ip addr add 10.9.0.1/24 dev br0
on_link ip addr add fd00:9::1/64 dev br0
on_link ip addr add fe80::1/64 dev br0
n=0
while read -r name mtu; do
	ip link add "$name" mtu "$mtu" type veth peer name "p$n" netns served
	on_link ip link set "p$n" master br0 up
	n=$((n + 1))
done <"$dir/links"
on_link ip link set br0 up
on_link dnsmasq --conf-file=/dev/null --interface=br0 --bind-interfaces --port=0 --no-ping \
	--dhcp-option=option:dns-server,10.9.0.1 --dhcp-option='option6:dns-server,[fd00:9::1]' \
	--dhcp-authoritative --dhcp-range=10.9.0.50,10.9.0.60,1h \
	--dhcp-range=fd00:9::100,fd00:9::1ff,slaac,64,1h --enable-ra --ra-param=br0,0,600 \
	--dhcp-leasefile=/run/leases --pid-file=/run/dnsmasq.pid --user=root \
	--log-facility=/run/dnsmasq.log

# ---- the program ----
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=lxc "$@"; }
for file in "$root"/etc/sysctl.d/*.conf "$root"/etc/sysctl.conf; do
	if [ -e "$file" ]; then sysctl -q -p "$file" >&2 || :; fi
done
status=0 hold=0
# shellcheck source=/dev/null
. "$here/apply/$program.sh"
python3 "$here/state.py" "$dir/case" "$root" "$status" "$hold" >"$dir/result"
