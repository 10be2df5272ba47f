#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Open vSwitch, by what its ovs-vsctl is asked: a stand-in writes it down.  Private mounts, as programs
# are looked for in a fixed path.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n -m bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
mount -t tmpfs tmpfs /usr/local/sbin
cat >/usr/local/sbin/ovs-vsctl <<STUB
#!/bin/sh
echo "\$@" >>"$work/asked"
case "\$*" in
*'br-exists ovs0') ;;
*br-exists*) exit 2 ;;
*) [ ! -e "$work/broken" ] || { echo 'ovs-vsctl: no switch' >&2 && exit 1; } ;;
esac
STUB
chmod 755 /usr/local/sbin/ovs-vsctl
lab_bridge vmbr0
new_ctid
veth=veth$ctid.0 fwpr=fwpr$ctid.0
ip link add "$veth" type veth peer name inside
# asked WHAT LINE...
asked() {
	same "$1" "$(printf -- '--timeout=10 %s\n' "${@:2}")" "$(grep -v br-exists "$work/asked")"
	: >"$work/asked"
}

net_conf "$ctid" 0 bridge=ovs0
check 'a bridge of a switch' net_up "$veth"
asked 'the veth is its port' "-- --if-exists del-port $veth -- add-port ovs0 $veth"
check 'and up' grep -q UP <(ip link show "$veth")
net_conf "$ctid" 0 bridge=ovs0 tag=5 'trunks=7;10-12'
net_up "$veth"
asked 'VLANs' "-- --if-exists del-port $veth -- add-port ovs0 $veth tag=5 trunks=7,10,11,12 vlan_mode=native-untagged"
net_conf "$ctid" 0 bridge=ovs0 tag=5 firewall=1
net_up "$veth"
asked 'behind a firewall bridge it is the other port' \
	"-- --if-exists del-port $fwpr -- add-port ovs0 $fwpr tag=5" \
	"-- --if-exists del-port $veth" "-- --if-exists del-port $veth"
net_conf "$ctid" 0 bridge=vmbr0
net_up "$veth"
asked 'into another bridge: it is no port any more' "-- --if-exists del-port $fwpr"
net_conf "$ctid" 0 bridge=ovs0
net_up "$veth" && : >"$work/asked"
sweep "$ctid"
asked 'after a stop neither' "-- --if-exists del-port $veth"
touch "$work/broken"
refuses 1 'a switch that fails' 'ovs0: ovs-vsctl: failed: .*no switch' net_up "$veth"
rm "$work/broken"
net_conf "$ctid" 0 bridge=ovs1
refuses 1 'a bridge that it does not know' 'ovs1: there is no such bridge' net_up "$veth"

# has_no_complaint BRIDGE: of the doctor's.
has_no_complaint() { ! "$pct" doctor | grep -F "$1: there is no such bridge"; }
net_conf "$ctid" 0 bridge=ovs0
check 'the doctor knows it' has_no_complaint ovs0
net_conf "$ctid" 0 bridge=ovs1
check 'and misses the other one' eval '! has_no_complaint ovs1'
finish
