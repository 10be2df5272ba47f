#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct net: config, files and kernel side by side; pct list --full.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox --net1 "name=eth1,bridge=$bridge,ip=10.77.0.5/24,ip6=2001:db8::5/64" >/dev/null 2>&1

# look: as JSON in $work/net; cell NET KEY COLUMN prints one of it.
look() { "$pct" net "$ctid" --output-format json >"$work/net"; }
cell() { jq -r ".networks[$1].values.\"$2\".$3" "$work/net"; }
# differing: what differs, "net0 ip kernel" a line.
differing() {
	jq -r '.networks[] | .net as $n | .values | to_entries[] | .key as $k | .value.differs[] |
		"\($n) \($k) \(.)"' "$work/net"
}

look
same 'a stopped one with fresh files: status 0' 0 $?
same 'is said to be stopped' stopped "$(jq -r .status "$work/net")"
same 'its consumer' ifupdown "$(jq -r .consumer "$work/net")"
same 'the config' "$net.20/24" "$(cell 0 ip config)"
same 'the files' "$net.20/24" "$(cell 0 ip files)"
same 'and no kernel' null "$(cell 0 ip kernel)"
check 'nothing is left mounted' test -z "$(leftovers)"

"$pct" start "$ctid" --wait ip4,ip6 >/dev/null 2>&1
inside ping -c 1 -w 5 "$net.1" >/dev/null
look
same 'a running one: status 0' 0 $?
same 'nothing differs' '' "$(differing)"
for column in config files kernel; do
	same "address in the $column" "$net.20/24" "$(cell 0 ip $column)"
	same "gateway in the $column" "$net.1" "$(cell 0 gw $column)"
	same "IPv6 address in the $column" 2001:db8::5/64 "$(cell 1 ip6 $column)"
done
same 'the bridge' "$bridge" "$(cell 0 bridge kernel)"
same 'the MTU' "$(cat "/sys/class/net/$bridge/mtu")" "$(cell 0 mtu kernel)"
same 'the gateway as a neighbour' "$(cat "/sys/class/net/$bridge/address")" \
	"$(cell 0 gw-neighbour kernel | cut -d ' ' -f 1)"
"$pct" net "$ctid" >"$work/text"
thrice() { grep -c "$1   *$1   *$1\$" "$work/text"; }
same 'as text' '1 1' "$(thrice "$net.20/24") $(thrice "$net.1")"
same 'without a mark' 0 "$(grep -c '\*' "$work/text")"

same 'list shows its addresses' "$net.20/24 10.77.0.5/24 2001:db8::5/64" \
	"$("$pct" list --full | awk -v id="$ctid" '$1 == id' | grep -o "$net.20.*")"
same 'as JSON' "$net.20/24 10.77.0.5/24 2001:db8::5/64" \
	"$("$pct" list --full --output-format json | jq -r '.[0].addresses | join(" ")')"
same 'and not unless it is asked for' 0 "$("$pct" list | grep -c "$net.20")"

# The default route is one, whatever made it, and the kernel's for the subnet is none of ours.
in_net() { nsenter -t "$(init_pid "$ctid")" -n ip "$@"; }
in_net route del default && in_net route add default via "$net.1" dev eth0 proto kernel
look
same 'a default route of "proto kernel"' "0 $net.1" "$? $(cell 0 gw kernel)"
in_net link add br0 type bridge && in_net link set eth1 master br0
look
same 'a port of something inside' '1 net1 link kernel up, port (bridge)' \
	"$? $(differing) $(cell 1 link kernel)"
in_net link del br0

cp "$PCT_ETC/lxc/$ctid/config" "$work/config"
sed -i "s/$net.20/$net.21/" "$PCT_ETC/lxc/$ctid/config"
look
same 'an edit of the file is for the next start' "0 $net.20/24" "$? $(cell 0 ip config)"
echo 'lxc.bad' >>"$PCT_ETC/lxc/$ctid/config"
look 2>"$work/err"
same 'a bad config: what is in effect is shown' "0 $net.20/24" "$? $(cell 0 ip kernel)"
check 'and the error' grep -q "config:.*lxc.bad.*the config in effect" "$work/err"
cp "$work/config" "$PCT_ETC/lxc/$ctid/config"

inside ip addr add "$net.99/24" dev eth0
inside ip link set eth1 mtu 1400
inside ip route del default
inside sed -i 's/10\.77\.0\.5/10.77.0.6/' /etc/network/interfaces
look
same 'with changes inside: status 1' 1 $?
same 'exactly these differ' "net0 ip kernel
net0 gw kernel
net1 mtu kernel
net1 ip files" "$(differing)"
same 'the address of the file' 10.77.0.6/24 "$(cell 1 ip files)"
same 'both ends of the MTU' "1400, on the host $(cat "/sys/class/net/$bridge/mtu")" \
	"$(cell 1 mtu kernel)"
"$pct" net "$ctid" >"$work/text"
check 'the text marks it' grep -q "\*$net.20/24 $net.99/24" "$work/text"
ip link set "veth$ctid.0" nomaster 2>/dev/null || ip link set "v$ctid.0" nomaster
look
same 'pulled out of its bridge' unplugged "$(cell 0 link kernel)"

# Who is root in there can do this.
# shellcheck disable=SC2016
inside sh -c 'i=0; while [ $i -lt 500 ]; do
	i=$((i + 1)); echo "ip addr add 10.88.$((i / 250)).$((i % 250 + 1))/32 dev eth1"
	done | sh'
check 'hundreds of addresses are counted, not shown' \
	sh -c "'$pct' net $ctid | grep -q '10.88.* +[0-9]*'"
inside sh -c 'printf "auto eth0\niface eth0 inet static\n\taddress 10.0.0.1/24\033[31m\n" \
	>/etc/network/interfaces'
look
same 'what is no address is not taken from a file' '' "$(cell 0 ip files)"
inside sh -c 'rm /etc/network/interfaces; mkfifo /etc/network/interfaces'
check 'a pipe in the place of the file' test "$(timeout 20 "$pct" net "$ctid" | wc -l)" -gt 5
inside sh -c 'rm /etc/network/interfaces; ln -s /proc/1/environ /etc/network/interfaces'
check 'a link in its place' test "$(timeout 20 "$pct" net "$ctid" | wc -l)" -gt 5

"$pct" stop "$ctid" >/dev/null 2>&1
# Networks that the host manages have no files; a rate makes a pair of links, which is no firewall.
"$pct" set "$ctid" --net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1,host-managed=1,rate=5" \
	--delete net1 >/dev/null 2>&1
check 'a start' "$pct" start "$ctid" --wait ip4
look
same 'managed by the host: nothing differs' '0 ' "$? $(differing)"
same 'it has no files' null "$(cell 0 ip files)"
same 'a rate is no firewall' null "$(jq .networks[0].values.firewall "$work/net")"
check 'the text says who manages it' grep -q 'on the host; the host manages it$' <("$pct" net "$ctid")
"$pct" stop "$ctid" >/dev/null 2>&1
same 'set of a bridge that is not there, of a stopped container' \
	"pct: warning: container $ctid: nowhere0: there is no such bridge for net0" \
	"$("$pct" set "$ctid" --net0 name=eth0,bridge=nowhere0 2>&1 | sed 's/; make it .*//')"
check 'nothing is left' test -z "$(leftovers "$ctid")"
finish
