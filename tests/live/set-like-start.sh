#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# set-like-start.sh [--full | KIND...] [CONFIG... | all]: a change of a running container leads to the
# state of a fresh start with the same config, and so does the change back: addresses and their
# order, routes, MTU, hardware addresses, names, name servers, files, and the host's end.
#
# KIND is a template, as in debian-12-networkd, or host-managed.  --full takes all that the recipes
# can build, as many at once as there are processors, and all configs.
. "$(dirname "$0")/../lib.sh"

if [ "${1:-}" = --full ]; then
	shift
	"$pct" distro list --output-format json | jq -r '.[] | .name as $n |
		(if .releases == [] then [""] else .releases end)[] as $r |
		(if .variants == [] then [""] else .variants end)[] as $v |
		[$n, $r, $v] | map(select(. != "")) | join("-")' | (echo host-managed && cat) |
		xargs -P "$(nproc)" -I '{}' sh -c 'bash "$@" >"$0/{}" 2>&1; r=$?; cat "$0/{}"; exit $r' \
			"$work" "$0" '{}' "${@:-all}"
	exit
fi

# In a network namespace of our own.
[ "${PCT_TEST_NET:-}" ] || {
	PCT_TEST_NET=1 unshare -n bash "$0" "$@"
	exit
}
ip link set lo up
new_bridge
other=${bridge}x # with DHCPv6
ip link add "$other" type bridge && ip link set "$other" up
ip addr add fd00:8::1/64 dev "$other" nodad
ip addr add fd00:7::1/64 dev "$bridge" nodad
sysctl -qw net.ipv6.conf.all.forwarding=1
dnsmasq --conf-file=/dev/null --interface="$bridge" --bind-interfaces --port=0 --no-ping \
	--dhcp-range="$net.50,$net.60,255.255.255.0,600" --dhcp-option="3,$net.1" --leasefile-ro \
	--dhcp-range=fd00:7::,ra-only --enable-ra --ra-param="$bridge",high,5 --dhcp-authoritative \
	--interface="$other" --dhcp-range=fd00:8::50,fd00:8::5f,64,600 --ra-param="$other",high,5 \
	--pid-file="$work/dnsmasq.pid" --user=root --log-facility="$work/dnsmasq.log"
trap 'kill "$(cat "$work/dnsmasq.pid")"; cleanup' EXIT

one=name=eth0,bridge=$bridge,hwaddr=02:19:00:00:00:01
two=name=eth1,bridge=$bridge,hwaddr=02:19:00:00:00:02
# The options of each config, with ~ for a blank; an option that is not named is deleted.
declare -A configs=(
	[base]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24 --hostname web1"
	[gateway-of-two]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24,gw=10.77.0.1"
	[gateway-moves]="--net0 $one,ip=$net.20/24 --net1 $two,ip=10.77.0.5/24,gw=10.77.0.1"
	[other-gateway]="--net0 $one,ip=$net.20/24,gw=$net.2 --net1 $two,ip=10.77.0.5/24"
	[far-gateway]="--net0 $one,ip=$net.20/24,gw=10.99.0.1 --net1 $two,ip=10.77.0.5/24"
	[order]="--net0 $one,ip=$net.21/24;$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24"
	[prefix]="--net0 $one,ip=$net.20/25,gw=$net.1 --net1 $two,ip=10.77.0.5/16"
	[ip6]="--net0 $one,ip=$net.20/24,gw=$net.1,ip6=fd00:7::20/64,gw6=fd00:7::1 --net1 $two,ip=10.77.0.5/24,ip6=fd00:77::5/64,gw6=fd00:77::1"
	[routes]="--net0 $one,ip=$net.20/24,gw=$net.1,route=10.5.0.0/16 --net1 $two,ip=10.77.0.5/24,route=10.6.0.0/16~via~10.77.0.9"
	[alone]="--net0 $one,ip=$net.20/24,gw=$net.1"
	[second-alone]="--net1 $two,ip=10.77.0.5/24,gw=10.77.0.1"
	[mtu]="--net0 $one,ip=$net.20/24,gw=$net.1,mtu=1400 --net1 $two,ip=10.77.0.5/24"
	[hwaddr]="--net0 ${one%1}9,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24"
	[name]="--net0 ${one/eth0/lan0},ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24"
	[unplugged]="--net0 $one,ip=$net.20/24,gw=$net.1,link_down=1 --net1 $two,ip=10.77.0.5/24,gw=10.77.0.1"
	[names]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24 --hostname web2.example.org --nameserver 192.0.2.53 --searchdomain example.net"
	[hostname]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24 --hostname web2"
	[servers]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24 --nameserver 192.0.2.53~2001:db8::53"
	[search]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24 --searchdomain example.net~example.org"
	[rate]="--net0 $one,ip=$net.20/24,gw=$net.1,rate=5 --net1 $two,ip=10.77.0.5/24"
	[firewall]="--net0 $one,ip=$net.20/24,gw=$net.1,firewall=1 --net1 $two,ip=10.77.0.5/24"
	[tag]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24,tag=5"
	[bridge]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 ${two/$bridge/$other},ip=10.77.0.5/24"
	[third]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=10.77.0.5/24 --net2 name=eth2,bridge=$bridge,hwaddr=02:19:00:00:00:03,ip=10.78.0.5/24"
	[manual]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 $two,ip=manual,ip6=manual"
	[lease6]="--net0 $one,ip=$net.20/24,gw=$net.1 --net1 ${two/$bridge/$other},ip=10.77.0.5/24,ip6=dhcp"
	[lease-names]="--net0 $one,ip=dhcp --net1 $two,ip=10.77.0.5/24 --nameserver 192.0.2.53 --searchdomain example.net"
	[advertised]="--net0 $one,ip=$net.20/24,gw=$net.1,ip6=auto --net1 $two,ip=10.77.0.5/24"
	[token]="--net0 $one,ip=$net.20/24,gw=$net.1,ip6=auto,token=::7 --net1 $two,ip=10.77.0.5/24"
	[lease]="--net0 $one,ip=dhcp --net1 $two,ip=10.77.0.5/24"
	[lease-and-gateway]="--net0 $one,ip=dhcp --net1 $two,ip=10.77.0.5/24,gw=10.77.0.1"
)

in_net() { nsenter -t "$(init_pid "$ctid")" -n "$@"; }
in_files() { (cd "/proc/$(init_pid "$ctid")/root" && "$@"); }
# What varies: lifetimes, who set a route, metrics, the flag onlink of Debian's ifup, which address
# of its range a lease has.
plain_route() {
	sed '/^fe80::.*linkdown/d; s/ onlink//; s/ \(proto\|uid\) [a-z0-9]*//; s/ metric [0-9]*//; s/ pref [a-z]*//
		s/ expires [0-9]*sec//; s/ hoplimit [0-9]*//; s/ mtu [0-9]*//; s/ *cache *//; s/ *$//'
}
# The kernel makes the link-local address of an interface when that first has a carrier.
without_carrier() {
	in_net ip -o link | sed -n 's/^[0-9]*: \([a-z]*[0-9]\)@.*NO-CARRIER.*/\1    inet6 fe80:/p'
	echo none
}
# Several default routes of one metric, as networkd sets them: chance decides at each start.
has_equals() {
	[ "$(in_net ip "$1" route show default |
		sed 's/^.* metric \([0-9]*\).*/\1/; t; s/.*/0/' | sort | uniq -d)" ]
}
inside_state() {
	in_net ip -o link | sed -n 's/^[0-9]*: \(eth\|lan\)\(.\)@[^ ]* <\([^>]*\)> mtu \([0-9]*\).*\(link\/.*\) brd.*/\1\2 \3 mtu \4 \5/p' | sort
	in_net ip -o -4 addr | awk '$2 != "lo" { print $2, $4 }' | sort -s -k 1,1
	in_net ip -o -6 addr show up | grep -vF "$(without_carrier)" | awk '$2 != "lo" { print $2, $4 }' | sort
	in_net ip -4 route | plain_route | sort
	# At a start the kernel may take an advertisement before NetworkManager does: then a route is there twice.
	in_net ip -6 route | plain_route | sort -u
	has_equals -4 || in_net ip route get 192.0.2.1 2>&1 | plain_route
	has_equals -6 || in_net ip route get 2001:db8::1 2>&1 | plain_route
	in_net sh -c "grep -H . /proc/sys/net/ipv6/conf/[el][ta]*/accept_ra"
	echo "name $(inside hostname)"
}
# The order of stanzas depends on what was there before.
file_state() {
	in_files cat etc/hostname etc/hosts etc/resolv.conf
	# It reads a foreign resolv.conf when a program asks it.
	! in_files grep -qF 127.0.0.53 etc/resolv.conf || in_files cat run/systemd/resolve/resolv.conf
	[ "$kind" = host-managed ] || in_files grep -r . etc/network/interfaces etc/systemd/network \
		etc/systemd/resolved.conf.d etc/NetworkManager/conf.d etc/NetworkManager/system-connections |
		sort
} 2>/dev/null
host_state() {
	for link in "veth$ctid.0" "veth$ctid.1" "veth$ctid.2"; do
		ip -o link show "$link" 2>/dev/null | sed 's/^[0-9]*: //; s/ qlen .*//; s/@[^ ]*//; s/ state .*//'
		tc qdisc show dev "$link" 2>/dev/null | grep -o 'tbf .*' | sed 's/^tbf [^ ]*//'
	done
	nft list ruleset 2>/dev/null | sed 's/ packets [0-9]* bytes [0-9]*//'
}
state() {
	{
		inside_state
		file_state
		host_state
	} 2>&1 | sed "s/$net\.5[0-9]\|$net\.60/LEASE/g; s/fd00:8::5[0-9a-f]/LEASE6/g"
}
is_tentative() { in_net ip addr | grep -q tentative; }
# State, when it has stayed the same for a second, and no address is tentative.
settled() {
	local before='' now same=0
	for _ in {1..60}; do
		now=$(state)
		[ "$now" != "$before" ] && same=0
		before=$now
		is_tentative || [ $((++same)) -lt 3 ] || break
		sleep 0.4
	done
	echo "$now"
}
# becomes WHAT FILE: the state is soon the one in FILE, and stays so.
becomes() {
	local same=0
	for _ in {1..40}; do
		state >"$work/now"
		if cmp -s "$2" "$work/now"; then same=$((same + 1)); else same=0; fi
		[ $same -lt 2 ] || break
		sleep 0.4
	done
	check "$1" diff "$2" "$work/now"
}

options_of() {
	local -n ret=$2
	local name
	read -r -a ret <<<"${configs[$1]}"
	for name in net0 net1 net2 nameserver searchdomain; do
		[[ " ${ret[*]} " = *" --$name "* ]] || ret+=(--delete "$name")
	done
	[[ " ${ret[*]} " = *' --hostname '* ]] || ret+=(--hostname web1)
	ret=("${ret[@]//\~/ }")
	[ "$kind" != host-managed ] || ret=("${ret[@]/bridge=/host-managed=1,bridge=}")
}
# put CONFIG: what pct set says.
put() {
	local options
	options_of "$1" options
	"$pct" set "$ctid" "${options[@]}" 2>&1
}
has_what_is_set() {
	case $1 in
	advertised | token) in_net ip -6 addr show dev eth0 | grep -q 'inet6 fd00:7:' &&
		in_net ip -6 route | grep -q '^default' ;;
	lease6) in_net ip -6 route | grep -q '^default' &&
		{ [ "$kind" = host-managed ] || grep -q 'no DHCPv6 client' "$work/warned" ||
			in_net ip -6 addr show dev eth1 | grep -q 'inet6 fd00:8:'; } ;;
	lease*) in_net ip addr show dev eth0 | grep -q "inet $net.[56]" ;;
	esac
}
starts() {
	stopped "$ctid" || "$pct" stop "$ctid"
	put "$1" && "$pct" start "$ctid" 2>"$work/warned" && within 60 booted &&
		within 15 has_what_is_set "$1"
}

# back CONFIG: from there to the base config.
back() {
	same "$kind: $1: the change back is in effect" '' "$(put base | grep -v '^in effect: ')"
	becomes "$kind: $1: the change back gives the state of a start" "$work/base"
}
# there_and_back CONFIG: from the base config, once by a start, and once by a change.
there_and_back() {
	local said
	check "$kind: $1: a start" starts "$1" || return
	settled >"$work/start"
	back "$1"
	said=$(put "$1")
	if [[ $said = *pending* ]]; then
		echo "# $kind: $1: $said"
		put base >/dev/null
	else
		becomes "$kind: $1: the change gives the state of a start" "$work/start"
		back "$1"
	fi
}

try() {
	kind=$1
	IFS=- read -r _ release variant <<<"$kind"
	case $kind in
	debian-*) template debian --release "$release" --variant "${variant:-ifupdown}" ;;
	host-managed) template busybox ;;
	*) template "$kind" ;;
	esac
	new_ctid
	check "$kind: create" "$pct" create "$ctid" "$template" --rootfs local:0
	check "$kind: a start" starts base || return
	settled >"$work/base"
	sed 's/^/#   /' "$work/base" # for people to read
	for config in "${wanted[@]}"; do there_and_back "$config"; done
	destroy "$ctid"
}
kinds=() wanted=()
for word; do
	case $word in
	all) for config in "${!configs[@]}"; do [ "$config" = base ] || wanted+=("$config"); done ;;
	*) if [ "${configs[$word]:-}" ]; then wanted+=("$word"); else kinds+=("$word"); fi ;;
	esac
done
[ ${#kinds[@]} -gt 0 ] || kinds=(busybox host-managed)
# In some minutes: what concerns more than one network or program.
[ ${#wanted[@]} -gt 0 ] || wanted=(gateway-of-two gateway-moves far-gateway ip6 order alone
	second-alone mtu hwaddr unplugged names advertised token lease-and-gateway)
for each in "${kinds[@]}"; do try "$each"; done
finish
