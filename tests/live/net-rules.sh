#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The rules of firewall=1 in a container that runs: made by pct set, missed by pct net and pct doctor
# where they are gone or not those of the config.
[ "${IN_NETNS:-}" ] || exec env IN_NETNS=1 unshare -n bash "$0" "$@"
. "$(dirname "$0")/../lib.sh"
net=198.18.9
ip link set lo up
ip link add vmbr0 type bridge && ip link set vmbr0 up && ip addr add $net.1/24 dev vmbr0
# What comes to the host is for the test to hear, not for the kernel to believe.
sysctl -qw net.ipv6.conf.vmbr0.disable_ipv6=1

base="name=eth0,bridge=vmbr0,hwaddr=02:00:00:00:00:03"
new_ctid && template busybox
"$pct" create "$ctid" "$template" --net0 "$base,ip=$net.3/24" >/dev/null 2>&1
check 'start' "$pct" start "$ctid"
check 'it answers' within 30 ping -c 1 -W 1 $net.3
sets() { same "set ${1#"$base",}" 'in effect: net0' "$("$pct" set "$ctid" --net0 "$1" 2>&1)"; }
# passing GROUP: how many cases of it come to the bridge.
passing() {
	python3 "$top/tests/netframes.py" "$(init_pid "$ctid")" eth0 $$ vmbr0 "$1" | grep -c passed
}
rules() { nft list table netdev pct 2>/dev/null; }
kernel() { "$pct" net "$ctid" --output-format json | jq -r ".networks[0].values.$1"; }
# finds: what pct doctor says of networks.
finds() {
	"$pct" doctor --output-format json | jq -r '.[] | select(.check == "networks") |
		.level + ": " + .object + " " + .text'
}
check 'without a firewall it can say what a router says' [ "$(passing never)" -gt 50 ]
sets "$base,ip=$net.3/24,firewall=1"
same 'with one it cannot' 0 "$(passing never)"
check 'it still answers' within 5 ping -c 1 -W 1 $net.3
same 'pct net has nothing to say' '[]' "$(kernel firewall.differs | jq -c .)"
check 'and names what was dropped' eval '[[ $(kernel firewall.kernel) =~ bridge,\ [1-9][0-9]*\ frames ]]'
same 'nor has pct doctor' '' "$(finds)"
same 'also when asked to mend' '' "$("$pct" doctor --fix | grep net0)"
made=$(rules)
sets "$base,ip=$net.3/24;$net.33/24,ip6=fd00:9::3/64;fd00:9::33/64,firewall=1"
same 'with other addresses these pass' 0 \
	$(($(python3 "$top/tests/netframes.py" "$(init_pid "$ctid")" eth0 $$ vmbr0 own | grep -c stopped)))
same 'and nothing else' 0 "$(passing foreign)"
same 'pct doctor has nothing to say of these' '' "$(finds)"
sets "$base,ip=$net.3/24,firewall=1"
same 'back to the rules before' "$(sed '/packets/d' <<<"$made")" "$(rules | sed '/packets/d')"

# Whoever reloads nftables.service of Debian does this.
nft flush ruleset
check 'without rules all passes again' [ "$(passing never)" -gt 50 ]
same 'pct net tells' 'kernel: bridge, no rules, 0 frames dropped' \
	"$(kernel 'firewall | .differs[0] + ": " + .kernel')"
check 'and ends with 1' eval '! "$pct" net "$ctid"'
same 'so does pct doctor' \
	"error: net0 of container $ctid has firewall=1, but its rules are gone: its frames are not filtered" "$(finds)"
same 'it mends' "fixed: net0 of container $ctid: has firewall=1, but its rules are gone: its frames are not filtered" \
	"$("$pct" doctor --fix | grep net0)"
same 'as they were' "$(sed '/packets/d' <<<"$made")" "$(rules | sed '/packets/d')"
same 'nothing passes' 0 "$(passing never)"
nft insert rule netdev pct "veth$ctid.0" accept
same 'rules of somebody else' \
	"error: net0 of container $ctid has firewall=1, but its rules are not those of its config" "$(finds)"
check 'pct net tells' eval '[[ $(kernel firewall.kernel) == "bridge, other rules, "* ]]'
"$pct" doctor --fix >/dev/null
same 'they are replaced' "$(sed '/packets/d' <<<"$made")" "$(rules | sed '/packets/d')"
mkdir -p "$PCT_ETC/firewall"
printf '[OPTIONS]\nenable: 1\n' >"$PCT_ETC/firewall/cluster.fw"
nft flush ruleset
same "where Proxmox VE's firewall is on, none are missed" '' "$(finds)"
rm -r "$PCT_ETC/firewall"
"$pct" doctor --fix >/dev/null
sets "$base,ip=$net.3/24"
same 'without a firewall there are none' '' "$(rules)"
same 'and none are missed' '' "$(finds)"

# A start that made none, as that firewall was on: those of the doctor go with the container.
sets "$base,ip=$net.3/24,firewall=1"
nft flush ruleset
rm "$PCT_RUN/pct/$ctid/net0"
"$pct" doctor --fix >/dev/null
same 'made for a start that had none' "$(sed '/packets/d' <<<"$made")" "$(rules | sed '/packets/d')"
check 'stop' "$pct" stop "$ctid"
same 'they are gone with it' '' "$(rules)"
finish
