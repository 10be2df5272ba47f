#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# lxc.net.up: into which bridge, through what, and that nothing is left of it, whatever fails.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
hwaddr=86:5D:0B:28:E6:23
lab_bridge vmbr0
new_ctid && a=$ctid
new_ctid && b=$ctid
for id in $a $b; do ip link add "veth$id.0" type veth peer name "peer$id"; done
# As post-stop leaves it, and liblxc, which removes the veths.
out() {
	local id
	for id in $a $b; do
		sweep "$id"
		ip link set "veth$id.0" nomaster && ip link set "veth$id.0" down
	done
}
master() { ip -j link show "$1" | jq -r '.[].master'; }
mtu() { ip -j link show "$1" | jq -r '.[].mtu'; }
is_up() { ip -j link show "$1" | jq -e '.[].flags | contains(["UP"])' >/dev/null; }

net_conf "$a" 0 bridge=vmbr0
unplugged=$(net_state)
check 'a plain bridge' net_up "veth$a.0"
same 'it is in' vmbr0 "$(master "veth$a.0")"
check 'and up' is_up "veth$a.0"
same 'nothing is written down for it' '' "$(ls "$PCT_RUN/pct/$a")"
plain=$(net_state)
check 'once more' net_up "veth$a.0"
same 'which changes nothing' "$plain" "$(net_state)"

# As liblxc calls it otherwise: by version 1, and with lxc.net.N.link, which is one argument more.
out
check 'a hook of version 1' env LXC_HOOK_VERSION=1 LXC_HOOK_SECTION=net LXC_HOOK_TYPE=up \
	LXC_NET_PEER="veth$a.0" LXC_NAME="$a" LXC_CONFIG_FILE="$PCT_LIB/$a/config" \
	"$stage/hooks/lxc.net.up"
same 'does the same' "$plain" "$(net_state)"
out
check 'a network with a link' env LXC_NAME="$a" LXC_CONFIG_FILE="$PCT_LIB/$a/config" \
	"$stage/hooks/lxc.net.up" "$a" net up veth vmbr9 "veth$a.0"
same 'is plugged in all the same' "$plain" "$(net_state)"

net_conf "$a" 0 bridge=vmbr0 firewall=1 "hwaddr=$hwaddr" ip=198.18.9.5/24 rate=5
check 'through a firewall bridge' net_up "veth$a.0"
same 'veth -> fwbr <- fwln = fwpr -> bridge' "fwbr$a.0 fwbr$a.0 vmbr0" \
	"$(master "veth$a.0") $(master "fwln$a.0") $(master "fwpr$a.0")"
check 'with rules' grep -q "device \"veth$a.0\"" <(nft list ruleset)
same 'and a rate on both queues' 2 "$(tc qdisc show | grep -c '^qdisc tbf')"
same 'the host has no IPv6 address there' '' "$(ip -6 addr show dev "fwbr$a.0")"
filtered=$(net_state)
check 'once more' net_up "veth$a.0"
same 'which changes nothing' "$filtered" "$(net_state | sed 's/tbf [0-9a-f]*:/&/')"
net_conf "$a" 0 bridge=vmbr0 firewall=1
check 'without the rate' net_up "veth$a.0"
same 'no queue is limited' '' "$(tc qdisc show | grep tbf)"
net_conf "$a" 0 bridge=vmbr0 rate=5
check 'the rate without the firewall' net_up "veth$a.0"
same 'no rule is left' '' "$(nft list ruleset)"
net_conf "$a" 0 bridge=vmbr0
check 'and back' net_up "veth$a.0"
same 'nothing of it is left' "$plain" "$(net_state)"
mkdir -p "$PCT_ETC/firewall"
printf '[OPTIONS]\n\nenable: 1\n' >"$PCT_ETC/firewall/cluster.fw"
net_conf "$a" 0 bridge=vmbr0 firewall=1
check "where Proxmox VE's firewall is on" net_up "veth$a.0"
same 'the bridge is there for it' "fwbr$a.0" "$(master "veth$a.0")"
same 'and no rule of ours' '' "$(nft list ruleset)"
rm -r "$PCT_ETC/firewall"
net_conf "$a" 0 bridge=vmbr0 link_down=1 tag=5
check 'link_down' net_up "veth$a.0"
same 'leaves it unplugged' "$unplugged" "$(net_state)"

# By a shell that stands for the monitor; its rootfs lies below a file.
post_stop() {
	bash -c 'echo "$$ $(cut -d " " -f 22 /proc/$$/stat)" >"$1"
		LXC_NAME=$2 LXC_CONFIG_FILE=$3 LXC_ROOTFS_PATH=$4 "$5" "$2" lxc post-stop || exit 1' - \
		"$PCT_RUN/pct/$a/monitor" "$a" "$PCT_LIB/$a/config" "$PCT_ETC/lxc/$a/config/rootfs" \
		"$stage/hooks/lxc.hook.post-stop"
}
net_conf "$a" 0 bridge=vmbr0 firewall=1 rate=5 tag=5
net_up "veth$a.0"
refuses 1 'a post-stop that cannot unmount' 'config/rootfs: cannot unmount: Not a directory' post_stop
ip link set "veth$a.0" down
same 'has ended the networks before' "$unplugged" "$(net_state)"
rm "$PCT_RUN/pct/$a/monitor"

# A VLAN where the bridge knows none.
for id in $a $b; do
	net_conf "$id" 0 bridge=vmbr0 tag=5 && check "VLAN 5 for $id" net_up "veth$id.0"
done
same 'both are in the bridge of that VLAN' 'vmbr0v5 vmbr0v5' \
	"$(master "veth$a.0") $(master "veth$b.0")"
sweep "$a"
same 'it stays for the other' vmbr0v5 "$(master "veth$b.0")"
sweep "$b" && out
same 'and goes with the last' "$unplugged" "$(net_state)"
for round in $(seq 8); do
	for id in $a $b; do
		{ net_up "veth$id.0" || echo "round $round, $id"; [ "$round" = 8 ] || sweep "$id"; } &
	done
	wait # no guest is there
done >"$work/race" 2>&1
same 'two that come and go at once' '' "$(cat "$work/race")"
same 'are both in at the end' 'vmbr0v5 vmbr0v5' "$(master "veth$a.0") $(master "veth$b.0")"
out
same 'and nothing is left' "$unplugged" "$(net_state)"
lab_bridge vmbr0v5
own=$(net_state)
net_up "veth$a.0" && out
same "an administrator's vmbr0v5 is used, and kept" "$own" "$(net_state)"
ip link del vmbr0v5

# With an uplink, which is a veth named so here.
ip link add eth0 type veth peer name wire && ip link set eth0 master vmbr0
uplink=$(net_state)
if ip link add link eth0 name probe type vlan id 9 2>/dev/null; then
	ip link del probe
	check 'VLAN 5 over an uplink' net_up "veth$a.0"
	same 'is in the bridge' vmbr0v5 "$(master eth0.5)"
	out
else
	refuses 1 'a VLAN that the kernel cannot do' 'eth0.5: .*8021q' net_up "veth$a.0"
fi
out
same 'and nothing is left' "$uplink" "$(net_state)"
ip link del eth0

if ip link add vmbr1 type bridge vlan_filtering 1 2>/dev/null &&
	[ "$(ip -j -d link show vmbr1 | jq '.[].linkinfo.info_data.vlan_filtering')" = 1 ]; then
	vlans() { bridge -j -compressvlans vlan show dev "$1" | jq -c '[.[].vlans[] |
		"\(.vlan)\(if .vlanEnd then "-\(.vlanEnd)" else "" end)\(if .flags then "*" else "" end)"]'; }
	ip link set vmbr1 up
	net_conf "$a" 0 bridge=vmbr1 tag=5 && check 'a bridge that knows VLANs' net_up "veth$a.0"
	same 'the tag' '["5*"]' "$(vlans "veth$a.0")"
	net_conf "$a" 0 bridge=vmbr1 tag=5 'trunks=7;10-12' && net_up "veth$a.0"
	same 'and trunks' '["5*","7","10-12"]' "$(vlans "veth$a.0")"
	net_conf "$a" 0 bridge=vmbr1 && net_up "veth$a.0"
	same 'neither: all' '["1*","2-4094"]' "$(vlans "veth$a.0")"
	net_conf "$a" 0 bridge=vmbr1 tag=6 firewall=1 && net_up "veth$a.0"
	same 'behind a firewall bridge it is the other port' '["6*"]' "$(vlans "fwpr$a.0")"
	sweep "$a"
else
	skip 'a bridge that knows VLANs' 'this kernel has no VLAN filtering'
fi
ip link del vmbr1 2>/dev/null
out

# Failures: one line, and nothing half plugged.
fails() {
	refuses 1 "$1" "$2" net_up "veth$a.0"
	out
	same "$1: nothing is left" "$unplugged" "$(net_state)"
}
net_conf "$a" 0 bridge=none0 firewall=1 rate=5
fails 'a bridge that is missing' 'none0: there is no such bridge for net0'
net_conf "$a" 0 bridge=lo firewall=1
fails 'one that is none' 'lo: is not a bridge'
net_conf "$a" 0 bridge=vmbr0 mtu=9000
fails "an MTU above the bridge's" 'net0 has mtu=9000, but .* 1500'
net_conf "$a" 0 bridge=vmbr0 'trunks=2;3'
fails 'trunks on a bridge that knows no VLANs' 'trunks, but the bridge does not filter VLANs'
net_conf "$a" 0 bridge=vmbr0 firewall=1 rate=5 tag=5
mv "$stage/hooks/pct-net" "$work/"
refuses 1 'no pct-net' 'pct-net' net_up "veth$a.0"
mv "$work/pct-net" "$stage/hooks/"
out
same 'no pct-net: nothing is left' "$unplugged" "$(net_state)"

# Every message to the kernel fails once; post-stop comes after a start that failed.
n=0
while n=$((n + 1)) && [ $n -lt 60 ]; do
	if net_up "veth$a.0" strace -o "$work/strace" -e trace=sendto \
		-e inject=sendto:error=ENOBUFS:when=$n 2>"$work/said"; then
		break
	fi
	[ "$(wc -l <"$work/said")" = 1 ] || echo "message $n: $(cat "$work/said")"
	out
	[ "$(net_state)" = "$unplugged" ] || { echo "message $n:" && diff <(echo "$unplugged") <(net_state); }
done >"$work/wrong"
same "each of $((n - 1)) messages failed, and nothing was left" '' "$(cat "$work/wrong")"
check 'they were many' [ $n -gt 15 ]
out

# Between the look-up and the request to join, which is the third message.
lab_bridge vmbr2
net_conf "$a" 0 bridge=vmbr2
net_up "veth$a.0" strace -f -o "$work/strace" -e trace=sendto \
	-e inject=sendto:delay_enter=1500000:when=4 2>"$work/said" &
hook=$!
sleep 0.7 && ip link del vmbr2
wait $hook
same 'a bridge that vanishes meanwhile' 1 "$?"
check 'is told in one line' grep -qx '.*vmbr2: the bridge has vanished.*' "$work/said"
out
same 'and nothing is left' "$unplugged" "$(net_state)"

# A container's own MTU is no other's.
net_conf "$a" 0 bridge=vmbr0 mtu=1300 firewall=1
check 'a lower MTU' net_up "veth$a.0"
same 'all on the way have it, but the bridge keeps its own' '1300 1300 1300 1500' \
	"$(mtu "veth$a.0") $(mtu "fwbr$a.0") $(mtu "fwpr$a.0") $(mtu vmbr0)"
sweep "$a" && ip link set "veth$a.0" nomaster

# The longest names that there are.
pair=v999999999.31 net_conf 999999999 31 bridge=vmbr0 firewall=1 rate=5 tag=4094
ip link add v999999999.31 type veth peer name peer31
check 'the longest number' net_up v999999999.31
same 'has a name for each' "fwb999999999.31
fwl999999999.31
fwp999999999.31
v999999999.31" "$(ip -j link | jq -r '.[].ifname | select(contains("999999999"))' | sort)"
check 'and rules' grep -q 'chain v999999999.31' <(nft list ruleset)
sweep 999999999 && ip link del v999999999.31
same 'nothing of it is left' '' "$(net_state | grep 999999999)"
finish
