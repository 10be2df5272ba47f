#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers with a firewall bridge, a VLAN, a rate and rules: starts and stops (10, or CYCLES=200),
# a monitor that is killed, a bridge that is removed; nothing is left.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
cycles=${CYCLES:-10}
lab_bridge vmbr0
bridge='' net=198.18.9 # new_ct's; removed with the namespace
template busybox
create() {
	new_ctid
	"$pct" create "$ctid" "$template" --hostname web1 --net0 "name=eth0,bridge=vmbr0,$1" "${@:2}"
}
full=firewall=1,tag=5,rate=5,ip=$net.20/24
create $full >/dev/null 2>&1
before=$(net_state)

check 'start' "$pct" start "$ctid"
same 'its end of the wire' "fwbr$ctid.0 fwbr$ctid.0 vmbr0v5" "$(for l in veth fwln fwpr; do
	ip -j link show "$l$ctid.0" | jq -r '.[].master'
done | xargs)"
check 'the rules are there' grep -q "chain veth$ctid.0" <(nft list ruleset)
ip addr add "$net.1/24" dev vmbr0v5
check 'it answers' within 10 ping -q -c 1 -W 1 "$net.20"
check 'stop' "$pct" stop "$ctid"
same 'nothing is left' "$before" "$(net_state)"
for n in $(seq "$cycles"); do
	{ "$pct" start "$ctid" && "$pct" stop "$ctid"; } >>"$work/cycles" 2>&1 ||
		echo "cycle $n failed" >>"$work/cycles"
done
same "$cycles starts and stops say nothing" '' "$(cat "$work/cycles")"
same 'and leave no link, queue, rule or record' "$before" "$(net_state)"

"$pct" start "$ctid"
lxc-stop -k -P "$PCT_LIB" -n "$ctid"
check 'its monitor ends, without pct' within 10 no_monitor "$ctid"
same 'lxc-stop leaves nothing either' "$before" "$(net_state)"

# The first fails where the container was killed: it does not run.
for next in start stop destroy; do
	"$pct" start "$ctid"
	kill -9 "$(monitor_pid "$ctid")"
	within 10 no_monitor "$ctid"
	"$pct" $next "$ctid" >"$work/said" 2>&1
	[ $next != start ] || check 'it starts after kill -9 of the monitor' runs "$ctid"
	[ $next != start ] || "$pct" stop "$ctid"
	same "kill -9 of the monitor, $next: nothing is left" "$before" "$(net_state)"
done

# Two of one VLAN; the bridge is removed under them.
create firewall=1,tag=5,rate=5 >/dev/null 2>&1 && a=$ctid
create tag=5,mtu=1400 >/dev/null 2>&1 && b=$ctid
"$pct" start "$a" && "$pct" start "$b"
ip link del vmbr0v5
ip link del "fwbr$a.0"
check 'stop after the bridges went' "$pct" stop "$a"
check 'of the other, too' "$pct" stop "$b"
same 'nothing is left' "$before" "$(net_state)"
"$pct" start "$a" && kill -9 "$(monitor_pid "$a")"
"$pct" start "$b"
sed -i 's/tag = 5/tag = 6/' "$PCT_ETC/lxc/$a/config"
check 'a changed config after a kill' "$pct" start "$a"
"$pct" stop "$b" && "$pct" stop "$a"
same 'what the former one had goes as well' "$before" "$(net_state)"

"$pct" start "$a" && kill -9 "$(monitor_pid "$a")"
within 10 no_monitor "$a"
"$pct" set "$a" --delete net0
check 'a network that went from the config after a kill' lxc-start -P "$PCT_LIB" -n "$a"
same 'the start removes what it had' "$before" "$(net_state)"
"$pct" stop "$a"

# As when the monitor is killed in the middle of a start: post-stop is not there.
create "$full" --net1 name=eth1,bridge=none0 >/dev/null 2>&1
mv "$stage/hooks/lxc.hook.post-stop" "$work/"
refuses 1 'a start that fails at its second network' 'none0: there is no such bridge' \
	"$pct" start "$ctid"
mv "$work/lxc.hook.post-stop" "$stage/hooks/"
same 'leaves nothing of the first' "$before" "$(net_state)"

# A bridge's MTU changes after the runtime config was made.
create ip=$net.20/24 >/dev/null 2>&1
"$pct" start "$ctid" && "$pct" stop "$ctid"
ip link set vmbr0 mtu 1400
lxc-start -P "$PCT_LIB" -n "$ctid"
within 5 runs "$ctid"
same "both ends have the bridge's MTU" '1400 1400' "$(cat "/sys/class/net/veth$ctid.0/mtu" 2>/dev/null ||
	ip -j link show "veth$ctid.0" | jq '.[].mtu') $(nsenter -n -t "$(lxc-info -P "$PCT_LIB" -n "$ctid" -pH)" \
	ip -j link show eth0 | jq '.[].mtu')"
"$pct" stop "$ctid"
refuses 1 'an MTU above it is refused by pct set' '1500' \
	"$pct" set "$ctid" --net0 name=eth0,bridge=vmbr0,mtu=1500
finish
