#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Networks on a bridge of the real Open vSwitch: its daemons run in a tree that has the package, with
# the datapath that needs no kernel module, in a network namespace of the test's own.
if [ -z "${IN_NETNS:-}" ]; then
	"$(dirname "$0")/roots.sh" bookworm-ovs || exit 1 # packages come from outside of it
	exec env IN_NETNS=1 unshare -n -m bash "$0" "$@"
fi
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
tree=$build/consumers/bookworm-ovs
daemons=()

end_switch() {
	local pid
	for pid in "${daemons[@]}"; do kill "$pid" && wait "$pid"; done 2>/dev/null
	stop_guests
	cleanup
}
trap end_switch EXIT

# Its files are in memory, in mounts of this test's own: the tree stays as it was made.
begin_switch() {
	mount --bind "$tree" "$tree"
	mount -t tmpfs tmpfs "$tree/run"
	mount -t tmpfs tmpfs "$tree/etc/openvswitch"
	mount --bind /dev "$tree/dev"
	mount -t proc proc "$tree/proc"
	mkdir "$tree/run/openvswitch"
	chroot "$tree" ovsdb-tool create /etc/openvswitch/conf.db \
		/usr/share/openvswitch/vswitch.ovsschema
	chroot "$tree" ovsdb-server --remote=punix:/run/openvswitch/db.sock >"$work/db.log" 2>&1 &
	daemons=($!)
	chroot "$tree" ovs-vswitchd --disable-system >"$work/switch.log" 2>&1 &
	daemons=("$!" "${daemons[@]}")
	# Where the suite looks for it, and the real one.
	mount -t tmpfs tmpfs /usr/local/sbin
	printf '#!/bin/sh\nexec chroot %q ovs-vsctl "$@"\n' "$tree" >/usr/local/sbin/ovs-vsctl
	chmod 755 /usr/local/sbin/ovs-vsctl
	ovs-vsctl --timeout=10 --retry -- add-br ovs0 -- set bridge ovs0 datapath_type=netdev
	ip addr add 198.18.9.254/24 dev ovs0 && ip link set ovs0 up
}
ports() { ovs-vsctl list-ports ovs0 | xargs; }
has_port() { ovs-vsctl list-ports ovs0 | grep -qx "$2${id[$1]}.0"; }
column() { ovs-vsctl get port "$1" "$2"; }

# member N KEY=VALUE...: guest N with 198.18.9.N, plugged in.
declare -a p id
member() {
	new_ctid && id[$1]=$ctid
	guest "veth$ctid.0" "02:00:00:00:00:0$1" "198.18.9.$1/24"
	p[$1]=$guest
	plug "$@"
}
plug() {
	net_conf "${id[$1]}" 0 bridge=ovs0 "hwaddr=02:00:00:00:00:0$1" "ip=198.18.9.$1/24" "${@:2}"
	net_up "veth${id[$1]}.0"
}
reached() { check "$1 reaches $2" within 5 reaches "${p[$1]}" "198.18.9.$2"; }
apart() { check "$1 does not reach $2" eval "! reaches ${p[$1]} 198.18.9.$2"; }

# tagged FROM TO VLAN: a frame with this tag gets there.
tagged() {
	in_guest "${p[$2]}" timeout 2 python3 -c "$listen" &
	sleep 0.5
	in_guest "${p[$1]}" python3 -c "$send" "$3"
	wait $!
}
listen='import socket
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
while b"a frame of the test" not in s.recv(2048): pass'
send='import socket, struct, sys
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("eth0", 0))
s.send(b"\xff" * 6 + b"\2\0\0\0\0\1\x81\0" + struct.pack("!HH", int(sys.argv[1]), 0x88b5) +
       b"a frame of the test".ljust(50))'

traffic() {
	member 1
	member 2
	reached 1 2
	check 'and the host' within 5 reaches "${p[1]}" 198.18.9.254
	plug 1 tag=5
	same 'its VLAN' 5 "$(column "veth${id[1]}.0" tag)"
	apart 1 2
	plug 2 tag=5 firewall=1
	check 'a firewall bridge between' has_port 1 veth
	check 'its other end is the port' has_port 2 fwpr
	check 'and not the veth' eval '! has_port 2 veth'
	reached 1 2
	plug 2 tag=6
	check 'no firewall bridge any more' has_port 2 veth
	check 'and not its other end' eval '! has_port 2 fwpr'
	apart 1 2
	plug 2 'trunks=7;10-12'
	same 'the VLANs it may send' '[7, 10, 11, 12]' "$(column "veth${id[2]}.0" trunks)"
	plug 1
	check 'one of them passes' tagged 1 2 7
	check 'another does not' eval '! tagged 1 2 8'
	plug 1 tag=5
	plug 2 tag=5 'trunks=7;10-12'
	reached 1 2
	plug 1
	check 'beside a tag, too' tagged 1 2 7
	plug 2 rate=5
	reached 1 2
	plug 2 link_down=1
	apart 1 2
	sweep "${id[1]}" && sweep "${id[2]}"
	same 'no port is left' '' "$(ports)"
}

# Of a real container.
container() {
	local base=name=eth0,bridge=ovs0,ip=198.18.9.20/24,gw=198.18.9.254 veth
	new_ctid
	veth=veth$ctid.0
	template busybox
	check create "$pct" create "$ctid" "$template" --hostname web1 --rootfs local:0 --net0 "$base"
	check start "$pct" start "$ctid"
	check 'the host reaches it' within 10 ping -q -c 1 -W 1 198.18.9.20
	check 'what pct net sees is what its config says' "$pct" net "$ctid"
	same 'a tag while it runs' 'in effect: net0' "$("$pct" set "$ctid" --net0 "$base,tag=5" 2>&1)"
	same 'the switch has it' 5 "$(column "$veth" tag)"
	check 'the host does not reach it' eval '! ping -q -c 1 -W 1 198.18.9.20'
	check 'and pct net agrees' "$pct" net "$ctid"
	ovs-vsctl set port "$veth" tag=6
	check 'pct net tells of another one' grep -Eq 'tag +5 +\*6' <("$pct" net "$ctid")
	same 'none any more' 'in effect: net0' "$("$pct" set "$ctid" --net0 "$base" 2>&1)"
	check 'without it the host does' within 10 ping -q -c 1 -W 1 198.18.9.20
	pkill -9 -f "lxc monitor. $PCT_LIB $ctid\$"
	check 'after the end of its monitor it starts again' within 10 "$pct" start "$ctid"
	same 'its port is there once' "$veth" "$(ports)"
	check stop "$pct" stop "$ctid"
	same 'its port is gone' '' "$(ports)"
	destroy "$ctid"
	same 'nothing is left' '' "$(leftovers "$ctid" && files_of "$ctid")"
}

check 'a switch' begin_switch
traffic
container
finish
