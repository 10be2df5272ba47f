#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# live.sh [CONSUMER...]: networks of a running container are changed by pct set.  After each change
# the kernel, the network files and what the consumer itself says of its interfaces agree, and none
# of them remembers what was there before.
. "$(dirname "$0")/../lib.sh"
roots=$build/consumers

# make_template CONSUMER: a template in which it is started at boot; its file name in $template.
make_template() {
	case $1 in
	NetworkManager) template debian --variant networkmanager ;;
	systemd-networkd) template debian --variant networkd ;;
	dhcpcd)
		template=dhcpcd.tar.zst
		"$top/tests/consumers/roots.sh" bookworm-dhcpcd &&
			tar -C "$roots/bookworm-dhcpcd" --one-file-system -c . |
			zstd -1 -q >"$PCT_VZ/template/cache/$template"
		;;
	esac
}

# says_CONSUMER INTERFACE: its address and its gateway, as the consumer has them.
says_NetworkManager() {
	inside nmcli -t -f GENERAL.CONNECTION,IP4.ADDRESS,IP4.GATEWAY device show "$1" |
		sed -n "/:$1\$/,\$s/^IP4.*:\(.\)/\1/p" | xargs
}
says_systemd-networkd() {
	inside networkctl status "$1" | sed 's/ (.*//' | awk '
		/^ *[A-Z].*: / { key = $1 } { value = $NF }
		key == "Address:" && value !~ /:/ { address = value }
		key == "Gateway:" { gateway = value } END { print address, gateway }' | xargs
}
says_dhcpcd() {
	inside test -e "/sys/class/net/$1" && inside dhcpcd -U "$1" | sed -n 's/^\(ip_address\|routers\)=//p' | xargs
}
# The same of the kernel.
kernel_says() {
	local gateway
	gateway=$(inside ip -4 route show default dev "$1" | sed -n 's/^default via \([0-9.]*\) .*/\1/p')
	inside ip -4 addr show dev "$1" | awk '$1 == "inet" { print $2 }'
	[ -z "$gateway" ] || echo "$gateway"
}

# is INTERFACE ADDRESS [GATEWAY]: all say so, and nothing else.  * stands for any lease.
is() {
	local interface=$1 address=$2 gateway=${3:-} said
	[ "$address" != '*' ] || address="$net.1[01]?"
	said=$("says_$consumer" "$interface" | sed 's|/24||') && echo "$consumer: $said"
	# shellcheck disable=SC2053
	[[ $said = $address${gateway:+ $gateway} ]] || return
	said=$(kernel_says "$interface" | sed 's|/24||' | xargs) && echo "kernel: $said"
	# shellcheck disable=SC2053
	[[ $said = $address${gateway:+ $gateway} ]] && "$pct" net "$ctid"
}
# Said once more when it has failed, for people to read.
becomes() {
	local what="$consumer: $1"
	shift
	within 20 is "$@"
	check "$what" is "$@"
}
sets() {
	local effect=$1
	shift
	same "$consumer: set $*" "in effect: $effect" "$("$pct" set "$ctid" "$@" 2>&1)"
}
has_no_address() { ! inside ip -4 addr show dev "$1" | grep -q inet; }
asks() {
	[ "$(inside grep -h ^nameserver /etc/resolv.conf /run/NetworkManager/resolv.conf \
		/run/systemd/resolve/resolv.conf | grep -v 127.0.0.53 | sort -u)" = "nameserver $1" ]
}
# It knows nothing of an interface that is not there; to ask dhcpcd 9 for one makes it deaf.
forgets() {
	case $consumer in
	NetworkManager) ! inside nmcli -t -f NAME connection show | grep -qxF "$1" ;;
	systemd-networkd) ! inside networkctl status "$1" ;;
	dhcpcd) ! inside ps ax | grep -q "dhcpcd.* $1" ;;
	esac
}

addresses() {
	local base=name=eth0,bridge=$bridge
	becomes 'as created' eth0 "$net.20" "$net.1"
	sets net0 --net0 "$base,ip=$net.21/24,gw=$net.2"
	becomes 'another address' eth0 "$net.21" "$net.2"
	sets net0 --net0 "$base,ip=$net.21/24,gw=$net.2,link_down=1"
	check "$consumer: unplugged, it has none" within 20 has_no_address eth0
	sets net0 --net0 "$base,ip=$net.21/24,gw=$net.2"
	becomes 'plugged in, it has the last one' eth0 "$net.21" "$net.2"
	sets net0 --net0 "$base,ip=dhcp"
	becomes 'a lease' eth0 '*' "$net.1"
	sets net0 --net0 "$base,ip=$net.22/24,gw=$net.2"
	becomes 'an address again' eth0 "$net.22" "$net.2"
	sets nameserver --nameserver 192.0.2.54
	sets nameserver --nameserver 192.0.2.55
	check "$consumer: another name server, alone" within 10 asks 192.0.2.55
	becomes 'and the same address' eth0 "$net.22" "$net.2"
}

networks() {
	local more=name=eth1,bridge=$bridge
	sets net1 --net1 "$more,ip=$net.31/24"
	check "$consumer: a network more, and the first keeps its address" within 2 is eth0 "$net.22" "$net.2"
	becomes 'the second has one' eth1 "$net.31"
	sets net1 --net1 "$more,ip=dhcp"
	becomes 'the second has a lease' eth1 '*' "$net.1"
	sets net1 --delete net1
	becomes 'none but the first' eth0 "$net.22" "$net.2"
	check "$consumer: the second is forgotten" forgets eth1
	sets net1 --net1 "$more,ip=$net.32/24"
	becomes 'the second again, and not as it was' eth1 "$net.32"
	sets net1 --delete net1
	sets net1 --net1 "$more,ip=dhcp"
	becomes 'a new one with a lease' eth1 '*' "$net.1"
	sets net1 --net1 "name=lan1,bridge=$bridge,ip=$net.33/24"
	becomes 'of another name' lan1 "$net.33"
	becomes 'beside the first' eth0 "$net.22" "$net.2"
	sets net0 --delete net0
	sets net0 --net0 "name=eth0,bridge=$bridge,ip=$net.23/24,gw=$net.1"
	becomes 'the first anew' eth0 "$net.23" "$net.1"
}

try() {
	consumer=$1
	make_template "$consumer"
	new_ctid
	check "$consumer: create" "$pct" create "$ctid" "$template" --hostname web1 --rootfs local:0 \
		--nameserver 192.0.2.53 --net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1"
	check "$consumer: start" "$pct" start "$ctid"
	check "$consumer: its boot" within 60 booted
	# As in images of others: the resolver is told, and not the file.
	[ "$consumer" != systemd-networkd ] ||
		inside ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	addresses
	networks
	destroy "$ctid"
	same "$consumer: nothing is left" '' "$(leftovers "$ctid" && files_of "$ctid")"
}

new_bridge
dnsmasq --no-daemon --conf-file=/dev/null --leasefile-ro --port=0 --interface="$bridge" --no-ping \
	--bind-interfaces --dhcp-range="$net.100,$net.119,2m" --dhcp-option="3,$net.1" \
	>"$work/dnsmasq" 2>&1 &
server=$!
trap 'kill $server; cleanup' EXIT
[ $# -gt 0 ] || set -- NetworkManager systemd-networkd dhcpcd
for consumer; do try "$consumer"; done
finish
