#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What passes between guests: over one bridge and not over two, not from one VLAN to another; nothing
# spoofed; no more than the rate.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
lab_bridge vmbr0
lab_bridge vmbr1

# member N KEY...: guest N with 198.18.9.N and fd00:9::N, plugged in; its namespace in p[N].
declare -a p id
member() {
	local n=$1
	new_ctid && id[n]=$ctid
	guest "veth$ctid.0" "02:00:00:00:00:0$n" "198.18.9.$n/24" "fd00:9::$n/64"
	p[n]=$guest
	plug "$n" "${@:2}"
}
plug() {
	net_conf "${id[$1]}" 0 "hwaddr=02:00:00:00:00:0$1" "ip=198.18.9.$1/24" \
		"ip6=fd00:9::$1/64" "${@:2}"
	net_up "veth${id[$1]}.0"
}
reached() { check "$1 reaches $2" within 5 reaches "${p[$1]}" "198.18.9.$2"; }
apart() {
	if reaches "${p[$1]}" "198.18.9.$2"; then not_ok "$1 does not reach $2" </dev/null; else
		ok "$1 does not reach $2"; fi
}

member 1 bridge=vmbr0
member 2 bridge=vmbr0 firewall=1
member 3 bridge=vmbr0 firewall=1 rate=5
reached 1 2 && reached 2 3 && reached 3 1
check 'and by IPv6' within 5 reaches "${p[2]}" fd00:9::3
plug 3 bridge=vmbr1 firewall=1
apart 1 3
plug 3 bridge=vmbr0 firewall=1 tag=5
apart 1 3
plug 2 bridge=vmbr0 tag=5
reached 2 3
apart 1 2
plug 2 bridge=vmbr0 tag=6
apart 2 3
plug 3 bridge=vmbr0 link_down=1
apart 1 3
plug 3 bridge=vmbr0 firewall=1
plug 2 bridge=vmbr0
reached 1 3

# Frames as guest 3 sends them, each with its own text, which guest 1 listens for on the bridge.
cat >"$work/send.py" <<'PY'
import socket, struct, sys

def mac(text): return bytes.fromhex(text.replace(":", ""))
def ip4(text): return socket.inet_pton(socket.AF_INET, text)
def ip6(text): return socket.inet_pton(socket.AF_INET6, text)
OWN, OTHER, ALL = mac("02:00:00:00:00:03"), mac("02:00:00:00:00:02"), b"\xff" * 6
LLDP = mac("01:80:c2:00:00:0e")
def eth(source, kind, payload, to=ALL): return to + source + struct.pack("!H", kind) + payload
def arp(sender_mac, sender): return struct.pack("!HHBBH", 1, 0x800, 6, 4, 2) + sender_mac + \
    ip4(sender) + ALL + ip4("198.18.9.1")
def sum16(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16: total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff
def udp(): return struct.pack("!HHHH", 68, 67, 8 + 4, 0) + b"text"
def v4(source):
    head = struct.pack("!BBHHHBBH", 0x45, 0, 32, 0, 0, 64, 17, 0) + ip4(source) + ip4("255.255.255.255")
    return head[:10] + struct.pack("!H", sum16(head)) + head[12:] + udp()
def v6(source, kind=17, payload=None):
    payload = payload or udp()
    return struct.pack("!IHBB", 6 << 28, len(payload), kind, 255) + ip6(source) + ip6("ff02::1") + payload
def advert(target): return struct.pack("!BBHI", 136, 0, 0, 0x20000000) + ip6(target) + b"\2\1" + OWN

frames = {
    "own-arp": eth(OWN, 0x806, arp(OWN, "198.18.9.3")),
    "own-probe": eth(OWN, 0x806, arp(OWN, "0.0.0.0")),
    "own-ip": eth(OWN, 0x800, v4("198.18.9.3")),
    "own-ip6": eth(OWN, 0x86dd, v6("fd00:9::3")),
    "own-link-local": eth(OWN, 0x86dd, v6("fe80::1234")),
    "own-advert": eth(OWN, 0x86dd, v6("fd00:9::3", 58, advert("fd00:9::3"))),
    "hwaddr": eth(OTHER, 0x800, v4("198.18.9.3")),
    "hwaddr-lldp": eth(OTHER, 0x88cc, b"\0" * 46, LLDP),
    "arp-hwaddr": eth(OWN, 0x806, arp(OTHER, "198.18.9.3")),
    "arp-address": eth(OWN, 0x806, arp(OWN, "198.18.9.2")),
    "ip": eth(OWN, 0x800, v4("198.18.9.2")),
    "dhcp": eth(OWN, 0x800, v4("0.0.0.0")),
    "ip6": eth(OWN, 0x86dd, v6("fd00:9::2")),
    "advert": eth(OWN, 0x86dd, v6("fe80::1234", 58, advert("fd00:9::2"))),
    "vlan": eth(OWN, 0x8100, struct.pack("!HH", 7, 0x800) + v4("198.18.9.3")),
    "qinq": eth(OWN, 0x88a8, struct.pack("!HHHH", 7, 0x8100, 8, 0x800) + v4("198.18.9.2")),
    "other": eth(OWN, 0x8863, b"\0" * 46),
}
out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
out.bind(("eth0", 0))
for name in sys.argv[1:]:
    out.send(frames[name])
PY
# The port that frames leave by towards the bridge counts what came through.
passed() { ip -s -j link show "fwpr${id[3]}.0" | jq '.[].stats64.rx.packets'; }
spoofed() { "$stage/hooks/pct-net" counters "veth${id[3]}.0" "fwln${id[3]}.0" | cut -d ' ' -f 1; }
send() { in_guest "${p[3]}" python3 "$work/send.py" "$@"; }
# It says nothing by itself meanwhile.
quiet() {
	in_guest "${p[3]}" sh -c "echo $1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6
		ip link set eth0 arp $2"
}
quiet 1 off
sleep 0.5
for kind in own-arp own-probe own-ip own-ip6 own-link-local own-advert; do
	before=$(spoofed) was=$(passed)
	send $kind && send $kind
	check "$kind passes" [ "$(spoofed)" -eq "$before" -a "$(passed)" -ge $((was + 2)) ]
done
# Once more where the guest did say something.
stopped_all() {
	local before was
	before=$(spoofed) was=$(passed)
	send "$1" && send "$1"
	[ "$(spoofed) $(passed)" = "$((before + 2)) $was" ]
}
for kind in hwaddr hwaddr-lldp arp-hwaddr arp-address ip dhcp ip6 advert vlan qinq other; do
	check "spoofed ($kind): dropped and counted" within 20 stopped_all $kind
done
same 'no bridge has learnt the address of another from it' '' \
	"$(bridge fdb show dev "veth${id[3]}.0" | grep -i 02:00:00:00:00:02)"
net_conf "${id[3]}" 0 bridge=vmbr0 firewall=1 ip=dhcp hwaddr=02:00:00:00:00:03
net_up "veth${id[3]}.0"
before=$(spoofed) was=$(passed)
send dhcp
check 'with ip=dhcp a request for an address passes' \
	[ "$(spoofed)" -eq "$before" -a "$(passed)" -gt "$was" ]
check 'but no IPv6, for which the config has no address' within 20 stopped_all ip6
quiet 0 on

# rate N OPTION...: MiB/s that iperf3 saw within 3 s.
rate() {
	in_guest "${p[3]}" timeout 20 iperf3 -s -1 >/dev/null 2>&1 &
	local server=$!
	within 5 in_guest "${p[3]}" sh -c 'ss -Hltn sport = 5201 | grep .'
	in_guest "${p[1]}" timeout 20 iperf3 -c 198.18.9.3 -t 3 -J "$@" |
		jq '.end.sum_received.bits_per_second / 8 / 1048576'
	wait $server
}
near() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b * 0.9 && a < b * 1.1) }'; }
for limit in 1 8; do
	plug 3 bridge=vmbr0 firewall=1 "rate=$limit"
	into=$(rate) from=$(rate -R)
	check "rate=$limit into it, within 10 %: $into" near "$into" $limit
	check "rate=$limit out of it, within 10 %: $from" near "$from" $limit
done
# Small packets are not held back one by one.
rate -u -l 64 -b 0 >"$work/small"
check 'packets that were dropped for the rate are counted' \
	[ "$("$stage/hooks/pct-net" counters "veth${id[3]}.0" "fwln${id[3]}.0" | cut -d ' ' -f 3)" -gt 0 ]
plug 3 bridge=vmbr0
check 'without a rate it is quick' awk -v a="$(rate)" 'BEGIN { exit !(a > 25) }'
finish
