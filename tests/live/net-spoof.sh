#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What firewall=1 lets out of a guest, frame by frame (tests/netframes.py), and that the traffic of
# ordinary programs goes on.  Private mounts, for a stand-in of Open vSwitch.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n -m bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
lab_bridge vmbr0
# A small host has no netbase, and nft then knows no names of protocols.
[ ! -e /etc/protocols ] || mount --bind /dev/null /etc/protocols

new_ctid && peer_id=$ctid
guest "veth$ctid.0" 02:00:00:00:00:01 198.18.9.1/24 fd00:9::1/64 && peer=$guest
net_conf "$peer_id" 0 bridge=vmbr0 && net_up "veth$peer_id.0"
new_ctid && id=$ctid
guest "veth$ctid.0" 02:00:00:00:00:03 198.18.9.3/24 198.18.9.33/24 fd00:9::3/64 fd00:9::33/64 && p=$guest
plug() {
	net_conf "$id" 0 hwaddr=02:00:00:00:00:03 firewall=1 "$@" && net_up "veth$id.0"
}
spoofed() { "$stage/hooks/pct-net" counters "veth$id.0" "fwln$id.0" | cut -d ' ' -f 1; }

static='ip=198.18.9.3/24;198.18.9.33/24 gw=198.18.9.254 ip6=fd00:9::3/64;fd00:9::33/64 gw6=fe80::5bf1:22ce:9d04:117'

# ---- what ordinary programs do ----

# Both ways, with neighbours that have to be asked for.
pings() {
	local from=$1 to=$2
	shift 2
	in_guest "$p" ip neigh flush dev eth0 && in_guest "$peer" ip neigh flush dev eth0
	check "$from pings $to" within 5 in_guest "$p" ping -q -c 1 -W 1 "$@" -I "$from" "$to"
	in_guest "$p" ip neigh flush dev eth0 && in_guest "$peer" ip neigh flush dev eth0
	check "and is pinged by it" within 5 in_guest "$peer" ping -q -c 1 -W 1 "$@" -I "$to" "$from"
}
# carries WHAT SERVER CLIENT ADDRESS OPTION...
carries() {
	local server
	in_guest "$2" timeout 20 iperf3 -s -1 >/dev/null 2>&1 &
	server=$!
	within 5 in_guest "$2" sh -c 'ss -Hltn sport = 5201 | grep .'
	in_guest "$3" timeout 20 iperf3 -c "$4" -J "${@:5}" >"$work/iperf" 2>/dev/null
	wait $server
	same "$1" 'none lost' "$(jq -r 'if .end.sum_received.bytes // .end.sum.bytes > 0 and
		(.end.sum.lost_packets // 0) == 0 then "none lost" else .end.sum end' "$work/iperf")"
}
state_of() { in_guest "$1" ip -6 -o addr show dev eth0 to "$2"; }
# duplicate WHAT GUEST ADDRESS: one that the other has is found to be a duplicate.
duplicate() {
	in_guest "$2" sysctl -qw net.ipv6.conf.eth0.accept_dad=1
	in_guest "$2" ip addr replace "$3/64" dev eth0
	check "$1: duplicate address detection finds the other" \
		within 5 eval "state_of $2 $3 | grep dadfailed"
	in_guest "$2" ip addr del "$3/64" dev eth0
	in_guest "$2" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
}
# shellcheck disable=SC2086
plug bridge=vmbr0 $static
pings 198.18.9.3 198.18.9.1
pings 198.18.9.33 198.18.9.1
pings 198.18.9.3 198.18.9.1 -s 4000
pings fd00:9::3 fd00:9::1
pings fd00:9::33 fd00:9::1
pings fd00:9::3 fd00:9::1 -s 4000
ll() { check "$1" in_guest "$2" ping -q -c 1 -W 2 "$3%eth0"; }
ll 'link-local, out' "$p" fe80::ff:fe00:1
ll 'link-local, in' "$peer" fe80::ff:fe00:3
for to in 198.18.9.1 fd00:9::1; do
	carries "tcp to $to" "$peer" "$p" $to -n 4M
	carries "and from it" "$peer" "$p" $to -n 4M -R
	carries "udp in fragments to $to" "$peer" "$p" $to -u -l 4000 -b 8M -n 40000
	carries "and from it" "$peer" "$p" $to -u -l 4000 -b 8M -n 40000 -R
done
duplicate 'of its address, asked by another' "$peer" fd00:9::3
in_guest "$p" ip addr del fd00:9::33/64 dev eth0
in_guest "$peer" ip addr add fd00:9::33/64 dev eth0
duplicate 'of its address, that another has' "$p" fd00:9::33
in_guest "$peer" ip addr del fd00:9::33/64 dev eth0
in_guest "$p" ip addr add fd00:9::33/64 dev eth0
check 'arping finds no duplicate' in_guest "$p" busybox arping -D -c 1 -w 2 -I eth0 198.18.9.3
same 'nothing of it was dropped' 0 "$(spoofed)"

# A server beside it, which also advertises itself as a router; the clients are inside.
plug bridge=vmbr0 ip=dhcp ip6=auto
in_guest "$p" ip addr flush dev eth0 scope global
in_guest "$peer" dnsmasq --conf-file=/dev/null --port=0 --no-hosts --keep-in-foreground --user=root \
	--interface=eth0 --bind-interfaces --dhcp-leasefile="$work/leases" --dhcp-authoritative \
	--dhcp-range=198.18.9.100,198.18.9.200 --dhcp-range=fd00:9::100,fd00:9::200,slaac,64 \
	--enable-ra --pid-file= >"$work/dnsmasq" 2>&1 &
guests+=($!)
printf '#!/bin/sh\n[ "$1" != bound ] || ip addr add "$ip/24" dev "$interface"\n' >"$work/udhcpc"
chmod 755 "$work/udhcpc"
check 'a DHCP client gets its address' within 20 \
	in_guest "$p" busybox udhcpc -i eth0 -n -q -t 3 -T 1 -s "$work/udhcpc"
check 'which works' within 5 in_guest "$p" ping -q -c 1 -W 1 198.18.9.1
cat >"$work/dhcp6.py" <<'PY'
import socket, sys
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", 546))
s.settimeout(5)
duid = b"\0\1\0\x0a\0\3\0\1\2\0\0\0\0\3"
ia = b"\0\3\0\x0c\0\0\0\1" + bytes(8)
s.sendto(b"\1abc" + duid + ia, ("ff02::1:2", 547, 0, socket.if_nametoindex("eth0")))
sys.exit(s.recv(1500)[:4] != b"\2abc")
PY
check 'a client of DHCPv6 has an answer' within 20 in_guest "$p" python3 "$work/dhcp6.py"
# solicits WHAT: up again, it asks for routers.
solicits() {
	in_guest "$p" ip link set eth0 down && in_guest "$p" ip link set eth0 up
	check "$1: an address from an advertisement" within 20 eval \
		"in_guest $p ip -6 -o addr show dev eth0 scope global dynamic | grep fd00:9::"
	check "$1: which works" within 10 in_guest "$p" ping -q -c 1 -W 1 fd00:9::1
}
solicits 'by the hardware address'
in_guest "$p" sysctl -qw net.ipv6.conf.eth0.stable_secret=2001:db8::1234
solicits 'link-local by a secret'
same 'it is a random one' 0 "$(in_guest "$p" ip -6 -o addr show dev eth0 scope link | grep -c ff:fe)"
ll 'random link-local, out' "$p" fe80::ff:fe00:1
same 'nothing of it was dropped' 0 "$(spoofed)"

# ---- frames ----

# It says nothing by itself meanwhile, nor does the other answer.
quiet() {
	in_guest "$1" sh -c "echo $2 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6; ip link set eth0 arp $3"
}
# frames WHAT LISTENER-PID IFACE GROUP passed|stopped [NAME-PATTERN]: all cases of a group, but for those
# that NAME-PATTERN matches, of which the contrary is true.
frames() {
	local before lost=0 name result n wanted contrary=passed
	[ "$5" = stopped ] || contrary=stopped
	before=$(spoofed)
	python3 "$top/tests/netframes.py" "$p" eth0 "$2" "$3" "$4" >"$work/frames"
	same "$1: all were sent" 0 $?
	while IFS=$'\t' read -r name result n; do
		wanted=$5
		[[ ! $name =~ ^(${6:-})$ ]] || wanted=$contrary
		same "$1: $name $wanted" "$wanted" "$result"
		lost=$((lost + n))
	done <"$work/frames"
	same "$1: what was dropped is counted" "$lost" $(($(spoofed) - before))
}

# shellcheck disable=SC2086
plug bridge=vmbr0 $static
quiet "$p" 1 off && quiet "$peer" 1 off
sleep 0.5
frames 'static' "$peer" eth0 own passed
frames 'static' "$peer" eth0 never stopped
frames 'static, gateway' "$peer" eth0 gateway stopped
frames "static, another's" "$peer" eth0 foreign stopped
same 'no bridge has learnt the address of another from it' '' \
	"$(bridge fdb show | grep -i 02:00:00:00:00:02)"
# Any address of the family, as the config does not know it; but in no other form.
forms="arp, another's address, other type|advertisement, (hop-by-hop|two fragments)"
for config in 'ip=dhcp ip6=auto' 'ip=dhcp ip6=dhcp' 'ip=manual ip6=manual' ''; do
	# shellcheck disable=SC2086
	plug bridge=vmbr0 $config
	frames "${config:-no address}" "$peer" eth0 own passed
	frames "${config:-no address}" "$peer" eth0 never stopped
	frames "${config:-no address}, another's" "$peer" eth0 foreign passed "$forms"
done
plug bridge=vmbr0 ip=dhcp gw=198.18.9.254 ip6=auto gw6=fe80::5bf1:22ce:9d04:117
frames 'ip=dhcp ip6=auto, gateways' "$peer" eth0 gateway stopped
plug bridge=vmbr0 ip=dhcp
frames "ip=dhcp, another's" "$peer" eth0 foreign passed \
	"$forms|ip6.*|advertisement.*|solicitation|duplicate.*|mld"
plug bridge=vmbr0 ip6=auto
frames "ip6=auto, another's" "$peer" eth0 foreign passed "$forms|arp.*|ip|ip, .*|dhcp client"

# A switch that has VLANs, by a stand-in; what would come to it is heard at its port.
mount -t tmpfs tmpfs /usr/local/sbin
printf '#!/bin/sh\ncase "$*" in *br-exists*vmbr0*) exit 2 ;; esac\n' >/usr/local/sbin/ovs-vsctl
chmod 755 /usr/local/sbin/ovs-vsctl
# shellcheck disable=SC2086
plug bridge=ovs0 trunks=7 $static
frames 'trunks' $$ "fwpr$id.0" 'trunk own' passed
frames 'trunks' $$ "fwpr$id.0" 'trunk never' stopped
frames 'trunks, no tag' $$ "fwpr$id.0" own passed
finish
