#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# What passes between guests: over one bridge and not over two, not from one VLAN to another; no more
# than the rate.  tests/live/net-spoof.sh has what is not their own.
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
