#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rows of "make bench" for lxc.net.up, pct net and pct wait, in a network namespace of its own.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
row() { printf '%-66s %12s %12s %8s  %s\n' "$@"; }
runs=${RUNS:-20}
new_ctid
veth=veth$ctid.0
ip link add "$veth" type veth peer name inside
lab_bridge empty
lab_bridge full
seq 500 | sed 's/.*/link add p& type veth peer name q&\nlink set p& master full/' | ip -batch -

# cpu COMMAND...: milliseconds a run; the least of rounds, as what else runs can only add to it.
cpu() {
	TIMEFORMAT='%U %S'
	for _ in 1 2 3 4 5; do
		{ time for _ in $(seq "$runs"); do "$@"; done >/dev/null 2>&1; } 2>&1
	done | awk -v n="$runs" '{ t = ($1 + $2) * 1000 / n }
		NR == 1 || t < least { least = t } END { print least }'
}
out() { ip link set "$veth" nomaster; }
again() { out && net_up "$veth"; }
by_ip() { out && ip link set "$veth" master "$1" up; }
# What all programs cost, and taking it out again.
beside() { out && env true; }
# less A B: the difference of two commands.
less() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a - b }'; }
# plug KEY...: of the hook alone, and that the veth is taken out before.
plug() {
	net_conf "$ctid" 0 "$@"
	again || echo "failed: $*" >&2
	less "$(cpu again)" "$nothing"
}
nothing=$(cpu beside)
empty=$(plug bridge=empty)
row 'net-up, no firewall and no rate, CPU' "$empty ms" '' '' '<= 3 ms'
# The kernel itself has more to do there.
full=$(plug bridge=full) peer=$(less "$(cpu by_ip full)" "$nothing")
row 'net-up into a bridge with 500 ports / ip link set, CPU' "$full ms" "$peer ms" \
	"$(awk -v a="$full" -v b="$peer" 'BEGIN { printf "%.2f", a / b }')" ''
row 'net-up, firewall=1 and rate=5, CPU' "$(plug bridge=empty firewall=1 rate=5 \
	hwaddr=02:00:00:00:00:05 ip=198.18.9.5/24) ms" '' '' "(empty: $empty ms)"

# Of a container that runs; it has no IPv6 address to wait for.
bridge=empty net=198.18.9
new_ct busybox >/dev/null 2>&1
"$pct" start "$ctid" --wait ip4
"$pct" net "$ctid" >"$work/looked" 2>&1 || { echo 'failed: pct net' && cat "$work/looked"; } >&2
nothing=$(cpu env true)
row 'pct net of a running container / lxc-info, CPU' \
	"$(less "$(cpu "$pct" net "$ctid")" "$nothing") ms" \
	"$(less "$(cpu lxc-info -P "$PCT_LIB" -n "$ctid")" "$nothing") ms" '' ''
runs=1
waited() { "$pct" wait "$ctid" --ip6 --timeout "$1"; }
row 'pct wait of 5 s / of no time, CPU' "$(cpu waited 5) ms" "$(cpu waited 0) ms" '' ''
