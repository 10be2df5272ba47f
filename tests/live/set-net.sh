#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Networks of a running container changed by pct set, with a TCP stream running through it all.
. "$(dirname "$0")/../lib.sh"
new_bridge
other=${bridge}b # with a network of its own
ip link add "$other" type bridge && ip addr add "198.19.$((RANDOM % 250 + 1)).1/24" dev "$other" &&
	ip link set "$other" up
other_net=$(ip -o -4 addr show dev "$other" | grep -o '198.19.[0-9]*' | head -n 1)
trap 'cleanup; ip link del "$other"' EXIT

sets() {
	local effect=$1
	shift
	same "set $*" "$effect" "$("$pct" set "$ctid" "$@" 2>&1)"
}
# Both ends, as the kernel has them; busybox's ip(8) shows no counters.
state() {
	inside ip addr | grep -v valid_lft | sed 's/ tentative//'
	inside ip route
	ip -o link show dev "veth$ctid.0" | grep -o 'mtu [0-9]*\|master [^ ]*'
	inside hostname
}
master() { ip -o link show dev "veth$ctid.$1" 2>/dev/null | sed -n 's/.* master \([^ ]*\) .*/\1/p'; }
hwaddr() { inside cat "/sys/class/net/$1/address"; }
files_have() { inside grep -qF -- "$1" /etc/network/interfaces; }
answers() { ping -c 1 -W 1 "$1"; }
# The connection that was made at the beginning still carries both ways.
alive() {
	local token=$RANDOM reply=''
	echo "$token" >&"$stream"
	read -r -t 30 -u "$stream" reply
	same "the stream is alive: $1" "$token" "$reply"
}

new_ct busybox >/dev/null 2>&1
sed -i '/^lxc.network.hwaddr/d' "$PCT_ETC/lxc/$ctid/config"
before=$(cat "$PCT_ETC/lxc/$ctid/config")
check 'start' "$pct" start "$ctid"
same 'a start does not write the config' "$before" "$(cat "$PCT_ETC/lxc/$ctid/config")"
same 'a network without hardware address always has the same one' \
	"$("$pct" config "$ctid" | sed -n 's/^net0.*hwaddr=\([^,]*\).*/\1/p' | tr A-F a-f)" "$(hwaddr eth0)"
check 'has its address' within 30 has_address "$ctid" "$net.20/24"
inside nc -l -p 5000 -e cat &
connects() { exec {stream}<>"/dev/tcp/$net.20/5000"; }
within 10 inside sh -c 'grep -q ":1388 .* 0A " /proc/net/tcp*'
connects || { not_ok 'a stream' </dev/null && finish; }
alive 'at the beginning'
base=name=eth0,bridge=$bridge

# ---- addresses ----
sets 'in effect: net0' --net0 "$base,ip=$net.20/24;$net.21/24,gw=$net.1,ip6=fd00:18::5/64,gw6=fd00:18::1"
check 'the second address answers' within 10 answers "$net.21"
same 'the kernel has IPv6' 1 "$(inside ip addr | grep -c 'inet6 fd00:18::5/64')"
same 'and its gateway' 'default via fd00:18::1 dev eth0' \
	"$(inside ip -6 route | grep -o '^default via fd00[^ ]* dev eth0')"
check 'and so have the files' files_have fd00:18::5
alive 'with more addresses'
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.2"
same 'one address' "$net.20/24" "$(addresses_inside "$ctid")"
same 'another gateway' "default via $net.2 dev eth0 " "$(inside ip route | grep default)"
same 'no IPv6' 0 "$(inside ip addr | grep -c fd00:18)"
check 'the files have that gateway' files_have "gateway $net.2"
alive 'with another gateway'
sets 'in effect: net0' --net0 "$base,ip=$net.20/24"
same 'no gateway' '' "$(inside ip route | grep default)"
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1"
same 'the gateway again' "default via $net.1 dev eth0 " "$(inside ip route | grep default)"

# ---- the link ----
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1,mtu=1400"
same 'MTU inside' 1400 "$(inside cat /sys/class/net/eth0/mtu)"
same 'MTU on the host' 1400 "$(cat "/sys/class/net/veth$ctid.0/mtu")"
alive 'with another MTU'
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1,rate=5"
same 'MTU as the bridge' 1500 "$(inside cat /sys/class/net/eth0/mtu)"
same 'a rate' 1 "$(tc qdisc show dev "veth$ctid.0" | grep -c 'tbf\|htb')"
alive 'with a rate'
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1,firewall=1"
same 'no rate' 0 "$(tc qdisc show dev "veth$ctid.0" | grep -c 'tbf\|htb')"
check 'a firewall bridge' test "$(master 0)" != "$bridge" -a -n "$(master 0)"
alive 'behind a firewall bridge'
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1"
same 'none' "$bridge" "$(master 0)"
same 'nothing of it is left' "veth$ctid.0" "$(ip -o link | grep -o "[a-z]*$ctid\.0" | sort -u)"
alive 'without a firewall bridge'

sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1,link_down=1"
same 'unplugged' '' "$(master 0)"
check 'and silent' test "$(inside cat /sys/class/net/eth0/carrier)" = 0
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1"
alive 'plugged in again'
sets 'in effect: net0' --net0 "name=eth0,bridge=$other,ip=$net.20/24,gw=$net.1"
same 'in another bridge' "$other" "$(master 0)"
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1"
alive 'back in the first bridge'
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1,hwaddr=02:18:00:00:00:01"
same 'another hardware address' 02:18:00:00:00:01 "$(hwaddr eth0)"
alive 'with another hardware address'
sets 'in effect: net0' --net0 "name=lan0,bridge=$bridge,ip=$net.20/24,gw=$net.1"
same 'another name' 02:18:00:00:00:01 "$(hwaddr lan0)"
same 'with its route' "default via $net.1 dev lan0 " "$(inside ip route | grep default)"
check 'in the files, too' files_have 'iface lan0'
alive 'with another name'
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1"
alive 'with the old name'

# ---- networks that come and go ----
sets 'in effect: net1' --net1 "name=eth1,bridge=$other,ip=$other_net.5/24"
check 'a new network answers' within 10 answers "$other_net.5"
check 'the files have it' files_have 'iface eth1'
same 'its address is the one of the config' \
	"$("$pct" config "$ctid" | grep -o 'eth1.*hwaddr=[^,]*' | sed 's/.*=//')" \
	"$(hwaddr eth1 | tr a-f A-F)"
alive 'beside a new network'
sets 'in effect: net0 net1' --net1 "name=eth2,bridge=$other,ip=$other_net.5/24" \
	--net0 "$base,ip=$net.20/24;$net.21/24,gw=$net.1"
check 'both have changed' within 10 answers "$other_net.5"
sets 'in effect: net1 net31' --delete net1 --net31 "name=eth2,bridge=$other,ip=$other_net.6/24"
check 'its name is free for another' within 10 answers "$other_net.6"
same 'the first is gone' '' "$(master 1)"
sets 'in effect: net31' --delete net31
same 'none is left' "veth$ctid.0" "$(ip -o link | grep -o "[a-z]*$ctid\.[0-9]" | sort -u)"
check 'nor in the files' test "$(inside grep -c eth2 /etc/network/interfaces)" = 0
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1"
alive 'alone again'

# ---- the same again ----
inside ip route del default
inside ip addr add "$net.29/24" dev eth0
ip link set "veth$ctid.0" nomaster
sets 'in effect: hostname net0' --hostname web1 --net0 "$base,ip=$net.20/24,gw=$net.1"
same 'the same value sets the gateway that was removed inside' "default via $net.1 dev eth0 " \
	"$(inside ip route | grep default)"
same 'and plugs it in' "$bridge" "$(master 0)"
check 'and leaves an address that was added inside' answers "$net.29"
inside ip addr del "$net.29/24" dev eth0
alive 'after the same again'

# ---- failures ----
before=$(state) config=$(cat "$PCT_ETC/lxc/$ctid/config")
fails() {
	local what=$1 why=$2
	shift 2
	refuses 1 "$what" "$why.*; nothing was changed" "$pct" set "$ctid" --hostname web9 \
		--memory 300 --net1 "name=eth1,bridge=$other,ip=$other_net.5/24" "$@"
	same "$what: the kernel has what it had" "$before" "$(state)"
	same "$what: the config is as it was" "$config" "$(cat "$PCT_ETC/lxc/$ctid/config")"
	same "$what: the files are as they were" 0 "$(inside grep -c eth1 /etc/network/interfaces)"
	same "$what: nothing is left" "veth$ctid.0" \
		"$(ip -o link | grep -o "[a-z]*$ctid\.[0-9]" | sort -u)"
	alive "after: $what"
}
fails 'a bridge that is missing' 'networks: net2: nix: there is no such bridge' \
	--net2 "name=eth2,bridge=nix"
fails 'a bridge that is missing for what runs' 'networks: net0: nix: there is no such bridge' \
	--net0 "name=lan0,bridge=nix,ip=$net.22/24"
inside ip link add eth3 type bridge
before=$(state)
fails 'a name that is taken inside' 'networks: net0: eth0: cannot change the interface: File exists' \
	--net0 "name=eth3,bridge=$bridge,ip=$net.20/24,gw=$net.1"
inside ip link del eth3

# ---- the old address goes ----
exec {stream}>&-
sets 'in effect: net0' --net0 "$base,ip=$net.22/24,gw=$net.1"
check 'the new address answers' within 10 answers "$net.22"
same 'the old one is gone' "$net.22/24" "$(addresses_inside "$ctid")"
sets 'in effect: net0' --delete net0
same 'no network' '' "$(master 0)"
sets 'in effect: net0' --net0 "$base,ip=$net.20/24,gw=$net.1"
check 'one again' within 10 answers "$net.20"
sets 'pending until the next start: net0' --net0 "$base,ip=dhcp"
check 'a client cannot be started from here: all stays' answers "$net.20"
check 'stop' "$pct" stop "$ctid"
same 'leaves nothing' '' "$(leftovers "$ctid")"
finish
