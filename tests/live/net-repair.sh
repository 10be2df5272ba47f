#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A bridge that goes and comes back, and what else can break on the host's end of a container that
# runs: pct net and pct doctor tell it, pct net --repair and pct doctor --fix repair it.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n -m bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
net=198.18.9
ip link set lo up
# The host's network, as a restart makes it.
up() { ip link add "$1" type bridge "${@:2}" && ip link set "$1" up; }
down() { ip link del "$1"; }
up vmbr0 && ip addr add $net.1/24 dev vmbr0
aware=$(up vmbr9 vlan_filtering 1 2>/dev/null && ip -j -d link show vmbr9 |
	jq '.[].linkinfo.info_data.vlan_filtering')
ip link del vmbr9 2>/dev/null
template busybox
# start_ct WORD NET0-OPTION...: start a container on vmbr0; its number in $WORD.
start_ct() {
	local word=$1
	new_ctid
	declare -g "$word=$ctid"
	"$pct" create "$ctid" "$template" --rootfs local:0 \
		--net0 "name=eth0,bridge=vmbr0$(printf ',%s' "${@:2}")" >"$work/out" 2>&1 &&
		"$pct" start "$ctid" >>"$work/out" 2>&1 || not_ok "start $word" <"$work/out"
}
master() { ip -j link show "$1" | jq -r '.[].master // "none"'; }
link() { ip -j link show "$1" | jq -r ".[].$2"; }
# What pct doctor says of networks.
finds() {
	"$pct" doctor --output-format json | jq -r '.[] | select(.check == "networks") |
		.level + ": " + .object + ": " + .text + "; " + .remedy'
}
# The host's end of all containers but for what counts: indices, counters and addresses.
state() {
	ip -j -d link | jq -r '.[] | select(.ifname | test("^(veth|fw)")) |
		[.ifname, .master, .mtu, (.flags | contains(["UP"]))] | @text' | sort
	bridge vlan show 2>/dev/null | grep -A9 '^\(veth\|fw\)'
	cat "$work"/ports/* 2>/dev/null
	tc qdisc show | sed 's/qdisc \([a-z]*\) [0-9a-f]*:/\1/' | grep tbf | sort
	nft list ruleset | sed '/packets/d'
}
# broken ID WHAT FAULT: pct net and doctor tell it, and pct net --repair repairs it, once.
broken() {
	local id=$1 what=$2 fault=$3
	same "$2: doctor tells" \
		"error: net0 of container $id: $fault; pct net $id --repair, or pct doctor --fix" \
		"$(finds)"
	check "$2: pct net tells" grep -qF "wrong: $fault; pct net $id --repair" <("$pct" net "$id")
	same "$2: it ends with 1" 1 "$("$pct" net "$id" >/dev/null; echo $?)"
	same "$2: as JSON" "$fault; pct net $id --repair" \
		"$("$pct" net "$id" --output-format json | jq -r '.networks[0].fault')"
	same "$2: repaired" "net0 of container $id: repaired: $fault" "$("$pct" net "$id" --repair 2>&1)"
	same "$2: as before" "$before" "$(state)"
	same "$2: nothing is left to do" 'nothing to repair' "$("$pct" net "$id" --repair 2>&1)"
	same "$2: doctor is content" '' "$(finds)"
}

start_ct plain ip=$net.3/24
check 'it answers' within 30 ping -c 1 -W 1 $net.3
veth=veth$plain.0 before=$(state)
same 'nothing is wrong' '' "$(finds)"
same 'nothing to repair' 'nothing to repair' "$("$pct" net "$plain" --repair)"
down vmbr0
check 'without the bridge, pct net says so' \
	grep -q 'wrong: vmbr0: there is no such bridge for net0; make it' <("$pct" net "$plain")
same 'doctor names it once' 1 "$("$pct" doctor | grep -c "vmbr0: there is no such bridge")"
refuses 1 'it cannot be repaired' 'vmbr0: there is no such bridge for net0; make it' \
	"$pct" net "$plain" --repair
refuses 1 'a reboot, which could not start it again' 'vmbr0: there is no such bridge for net0' \
	"$pct" reboot "$plain" --timeout 5
check 'it still runs' runs "$plain"
up vmbr0 && ip addr add $net.1/24 dev vmbr0
same 'set of the same network plugs it in' 'in effect: net0 vmbr0' \
	"$("$pct" set "$plain" --net0 "name=eth0,bridge=vmbr0,ip=$net.3/24" 2>&1) $(master "$veth")"
down vmbr0 && up vmbr0 && ip addr add $net.1/24 dev vmbr0
broken "$plain" 'the bridge is back' "$veth is in no bridge instead of vmbr0"
check 'it answers again' within 30 ping -c 1 -W 1 $net.3
ip link set "$veth" down
broken "$plain" 'a link that is down' "$veth is down"
ip link set "$veth" mtu 1400 && ip link set vmbr0 mtu 1500 # which follows its ports
broken "$plain" 'a wrong MTU' "$veth has an MTU of 1400 instead of 1500"
up other && ip link set "$veth" master other
broken "$plain" 'another bridge' "$veth is in other instead of vmbr0"
down other
of_plain() { nsenter -t "$(init_pid "$plain")" -n ip "$@"; }
mtu_of() { grep -o 'mtu [0-9]*' | cut -d ' ' -f 2; }
of_plain link set eth0 mtu 9000
broken "$plain" 'more than the host takes' "eth0 has an MTU of 9000, but $veth has 1500"
ip link set vmbr0 mtu 1400
check 'a bridge with another MTU' "$pct" net "$plain" --repair
same 'both ends have it' '1400 1400' "$(link "$veth" mtu) $(of_plain link show eth0 | mtu_of)"
ip link set vmbr0 mtu 1500 && "$pct" net "$plain" --repair >/dev/null
ip link del "$veth"
same 'a veth that is gone' "net0 of container $plain: repaired: $veth is missing" \
	"$("$pct" net "$plain" --repair 2>&1)"
same 'it is there' vmbr0 "$(master "$veth")"
check 'and inside' of_plain link show eth0

# A container may rename its interface, and set a smaller MTU.
of_plain link set eth0 down && of_plain link set eth0 name lan0
same 'a renamed interface is none of the host' '' "$(finds)"
"$pct" stop "$plain"
refuses 1 'a stopped container' "container $plain: is not running; start it" "$pct" net "$plain" --repair

start_ct fw ip=$net.4/24 firewall=1 rate=5
before=$(state) fw_state=$before veth=veth$fw.0
down vmbr0 && up vmbr0
broken "$fw" 'firewall=1: the bridge is back' "fwpr$fw.0 is in no bridge instead of vmbr0"
ip link del "fwbr$fw.0"
broken "$fw" 'the firewall bridge is gone' "$veth is in no bridge instead of fwbr$fw.0"
ip link del "fwln$fw.0"
broken "$fw" 'the pair is gone' "fwln$fw.0 is missing"
ip link set "fwbr$fw.0" down
broken "$fw" 'the firewall bridge is down' "fwbr$fw.0 is down"
ip link set "fwln$fw.0" nomaster
broken "$fw" 'the pair is unplugged' "fwln$fw.0 is in no bridge instead of fwbr$fw.0"
tc qdisc del dev "$veth" root
broken "$fw" 'no rate into it' "$veth does not have the rate of the config"
tc qdisc del dev "fwln$fw.0" root
broken "$fw" 'no rate out of it' "fwln$fw.0 does not have the rate of the config"
nft flush ruleset
broken "$fw" 'no rules' 'has firewall=1, but its rules are gone: its frames are not filtered'
"$pct" stop "$fw"
same 'nothing of it is left' '' "$(leftovers "$fw")"

start_ct tagged tag=5 ip=$net.5/24
before=$(state) veth=veth$tagged.0
if [ "$aware" ]; then
	ip link set vmbr0 type bridge vlan_filtering 1
	check 'the bridge knows VLANs now' "$pct" net "$tagged" --repair
	before=$(state)
	down vmbr0 && up vmbr0 vlan_filtering 1
	broken "$tagged" 'VLAN: the bridge is back' "$veth is in no bridge instead of vmbr0"
	bridge vlan del dev "$veth" vid 5
	broken "$tagged" 'its VLAN is gone' "$veth does not have the VLANs of the config"
	bridge vlan add dev "$veth" vid 6
	broken "$tagged" 'one VLAN too many' "$veth does not have the VLANs of the config"
	down vmbr0 && up vmbr0
	"$pct" net "$tagged" --repair >/dev/null
else
	skip 'VLANs of a bridge' 'no VLAN filtering in this kernel'
fi
same 'a bridge of the VLAN' vmbr0v5 "$(master "$veth")"
before=$(state)
down vmbr0v5
broken "$tagged" 'the bridge of the VLAN is gone' "$veth is in no bridge instead of vmbr0v5"
ip link set vmbr0v5 down
broken "$tagged" 'it is down' 'vmbr0v5 is down'
ip link add eth0 type veth peer name wire && ip link set eth0 master vmbr0
if ip link add link eth0 name probe type vlan id 9 2>/dev/null; then
	ip link del probe
	"$pct" net "$tagged" --repair >/dev/null
	ip link del eth0.5
	broken "$tagged" 'no uplink in the VLAN' 'eth0.5 is missing'
else
	skip 'the uplink of a VLAN' 'no 8021q in this kernel'
fi
ip link del eth0
"$pct" stop "$tagged"

start_ct managed host-managed=1 ip=$net.6/24 gw=$net.1 "route=10.9.0.0/16 via $net.2"
before=$(state)
inside_ip() { nsenter -t "$(init_pid "$managed")" -n ip "$@"; }
inside_ip route del 10.9.0.0/16
broken "$managed" 'a route is gone' 'eth0 does not have the route to 10.9.0.0/16'
inside_ip addr flush dev eth0
broken "$managed" 'the address is gone' "eth0 does not have the address $net.6/24"
check 'and its route is back' grep -q '^10.9.0.0/16' <(inside_ip route)
down vmbr0 && up vmbr0 && inside_ip link set eth0 down
broken "$managed" 'unplugged and down' "veth$managed.0 is in no bridge instead of vmbr0"
"$pct" stop "$managed"

# Open vSwitch, by a stand-in that keeps a file for each port.  Programs are looked for in a fixed path.
mount -t tmpfs tmpfs /usr/local/sbin && mkdir "$work/ports"
cat >/usr/local/sbin/ovs-vsctl <<END
#!/bin/sh
case "\$*" in
*'br-exists ovs0' | *del-port*) ;;
*) [ "\$2" = port-to-br ] && exec cat "$work/ports/\$3" || exit 2 ;;
esac
[ "\$6" != add-port ] && [ "\$7" != add-port ] || {
	shift 7
	echo "\$1
\$3
\$4" | sed 's/^tag=//; s/^trunks=\(.*\)/[\1]/' >"$work/ports/\$2"
}
END
chmod 755 /usr/local/sbin/ovs-vsctl
new_ctid
"$pct" create "$ctid" "$template" --rootfs local:0 \
	--net0 "name=eth0,bridge=ovs0,tag=5,trunks=7;10-11,ip=$net.7/24" >/dev/null 2>&1
check 'Open vSwitch: start' "$pct" start "$ctid"
veth=veth$ctid.0 before=$(state)
same 'nothing is wrong' '' "$(finds)"
rm "$work/ports/$veth"
broken "$ctid" 'no port of the switch' "$veth is in no bridge instead of ovs0"
sed -i 2s/5/6/ "$work/ports/$veth"
broken "$ctid" 'another VLAN of the switch' "$veth does not have the VLANs of the config"
"$pct" stop "$ctid"

# All at once: one that cannot be repaired does not stop the others.
start_ct a ip=$net.11/24 && start_ct b ip=$net.12/24 && start_ct c ip=$net.13/24
read -r b a c <<<"$(printf '%s\n' $a $b $c | sort -n | xargs)" # the first one fails
before=$(state)
down vmbr0 && up vmbr0
for id in $a $b $c; do sed -i 's/vmbr0/vmbr7/' "$PCT_ETC/lxc/$id/config"; done # for the next start
sed -i 's/vmbr0/vmbr7/' "$PCT_RUN/pct/$b/config"
"$pct" net --repair >"$work/out" 2>"$work/err"
same 'all: it fails' 1 $?
unplugged() { echo "net0 of container $1: repaired: veth$1.0 is in no bridge instead of vmbr0"; }
same 'the others are repaired' "$({ unplugged "$a" && unplugged "$c"; } | sort)" "$(sort "$work/out")"
same 'the failure is told' 1 \
	"$(grep -c "^pct: net0 of container $b: vmbr7: there is no such bridge" "$work/err")"
for id in $a $b $c; do sed -i 's/vmbr7/vmbr0/' "$PCT_ETC/lxc/$id/config"; done
sed -i 's/vmbr7/vmbr0/' "$PCT_RUN/pct/$b/config"
same 'the doctor repairs' \
	"fixed: net0 of container $b: veth$b.0 is in no bridge instead of vmbr0" \
	"$("$pct" doctor --fix | grep net0)"
same 'all is as before' "$before" "$(state)"
same 'nothing to repair' 'nothing to repair' "$("$pct" net --repair 2>&1)"
for id in $a $b $c; do "$pct" stop "$id"; done
same 'nothing is left' '' "$(leftovers "${ctids[@]}")"
same 'and nothing to repair' 'nothing to repair' "$("$pct" net --repair 2>&1)"
refuses 2 'with another option' 'takes no other option' "$pct" net "$a" --repair --output-format json
finish
