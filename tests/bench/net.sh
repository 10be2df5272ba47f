#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Rows of "make bench" for lxc.net.up, pct net and pct wait, in a network namespace of its own.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
. "$top/tests/netlab.sh"
. "$top/tests/bench/cpu.sh"
new_ctid
veth=veth$ctid.0
ip link add "$veth" type veth peer name inside
lab_bridge empty
lab_bridge full
seq 500 | sed 's/.*/link add p& type veth peer name q&\nlink set p& master full/' | ip -batch -

out() { ip link set "$veth" nomaster; }
again() { out && net_up "$veth"; }
by_ip() { out && ip link set "$veth" master full up; }
# What the two have in common: a program that is started, and the veth that is taken out before.
common() { out && env true; }
common_ip() { out && true; }
# plug KEY...: sets $more to what the hook takes beyond that.
plug() {
	net_conf "$ctid" 0 "$@"
	again || echo "failed: $*" >&2
	against common again
}
plug bridge=empty
empty=$more
row 'net-up, no firewall and no rate, CPU beyond true' "$empty ms" '' '' '<= 3 ms'
# The kernel itself has more to do there.
plug bridge=full
full=$more
against common_ip by_ip
row 'net-up into a bridge with 500 ports / ip link set, CPU beyond true' "$full ms" "$more ms" \
	"$(ratio "$full" "$more")" "(empty: $empty ms)"
plug bridge=empty firewall=1 rate=5 hwaddr=02:00:00:00:00:05 ip=198.18.9.5/24
row 'net-up, firewall=1 and rate=5, CPU beyond true' "$more ms" '' '' "(neither: $empty ms)"

# Of a container that runs; it has no IPv6 address to wait for.
bridge=empty net=198.18.9
new_ct busybox >/dev/null 2>&1
"$pct" start "$ctid" --wait ip4
"$pct" net "$ctid" >"$work/looked" 2>&1 || { echo 'failed: pct net' && cat "$work/looked"; } >&2
look() { "$pct" net "$ctid"; }
info() { lxc-info -P "$PCT_LIB" -n "$ctid"; }
against info look
row 'pct net of a running container / lxc-info, CPU' "$own ms" "$other ms" "$(ratio "$own" "$other")" ''
runs=1
waited() { "$pct" wait "$ctid" --ip6 --timeout "$1"; }
not_waited() { waited 0; }
against not_waited waited 5
row 'pct wait of 5 s / of no time, CPU' "$own ms" "$other ms" "$(ratio "$own" "$other")" ''
