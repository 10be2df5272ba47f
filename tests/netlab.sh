# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# For tests of the host's end of networks, after tests/lib.sh: they run in a network namespace of
# their own, where "guests", namespaces without a container, stand for containers:
#
#	[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
ip link set lo up
guests=() # pids

stop_guests() {
	local pid
	for pid in "${guests[@]}"; do kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null; done
	guests=()
}
trap 'stop_guests; cleanup' EXIT

# lab_bridge NAME [OPTION...]
lab_bridge() { ip link add "$1" type bridge "${@:2}" && ip link set "$1" up; }

# net_conf CTID N KEY=VALUE...: its config, with one network.
net_conf() {
	local id=$1 n=$2 pair=${pair:-veth$1.$2} key
	mkdir -p "$PCT_ETC/lxc/$id" "$PCT_RUN/pct/$id"
	{
		echo "lxc.network.type = veth"
		echo "lxc.network.veth.pair = $pair"
		echo "lxc.network.name = eth0"
		for key in "${@:3}"; do
			case $key in
			mtu=* | hwaddr=*) echo "lxc.network.${key/=/ = }" ;;
			*) echo "pve.network.${key/=/ = }" ;;
			esac
		done
	} >"$PCT_ETC/lxc/$id/config"
}

# net_up LINK [COMMAND...]: the hook, as liblxc calls it; the container's number is in the name.
net_up() {
	local id=${1#v} && id=${id#eth} && id=${id%.*}
	env LXC_NAME="$id" LXC_CONFIG_FILE="$PCT_LIB/$id/config" "${@:2}" \
		"$stage/hooks/lxc.net.up" "$id" net up veth "$1"
}

# What post-stop, the next start and pct stop do.
sweep() { "$pct" stop "$1" >/dev/null 2>&1 || :; }

# guest LINK HWADDR ADDRESS...: in $guest; "in_guest $guest COMMAND" runs there.
guest() {
	local address
	unshare -n sleep 1000 &
	guest=$! guests+=("$!")
	until [ "$(readlink "/proc/$guest/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.02
	done
	ip link add "$1" type veth peer name eth0 address "$2" netns "$guest"
	in_guest "$guest" sysctl -qw net.ipv6.conf.eth0.accept_dad=0
	for address in "${@:3}"; do in_guest "$guest" ip addr add "$address" dev eth0; done
	in_guest "$guest" ip link set lo up
	in_guest "$guest" ip link set eth0 up
}
in_guest() { nsenter -n -t "$@"; }
reaches() { in_guest "$1" ping -q -c 1 -W 1 "$2" >/dev/null; }

# All of links, rules and queues, without what changes by itself.
net_state() {
	ip -j -d link | jq -r 'sort_by(.ifname)[] | [.ifname, .master, .mtu, .linkinfo.info_kind,
		(.flags | contains(["UP"]))] | @tsv'
	tc qdisc show | grep -v 'noqueue\|noop'
	nft list ruleset
	[ ! -d "$PCT_RUN/pct" ] || find "$PCT_RUN/pct" -name 'net[0-9]*'
}
