#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# recipes.sh [NAME [RELEASE [VARIANT]]]: build what the recipes can, or only this; check it, boot it
# with an address of its own and one by DHCP, and destroy it.
. "$(dirname "$0")/../lib.sh"

consumer_of() {
	case $1 in
	networkd) echo systemd-networkd ;;
	networkmanager) echo NetworkManager ;;
	*) echo ifupdown ;;
	esac
}

all_recipes() {
	"$pct" distro list --output-format json | jq -r '.[] | .name as $n |
		(if .releases == [] then ["-"] else .releases end)[] as $r |
		(if .variants == [] then ["-"] else .variants end)[] as $v | "\($n) \($r) \($v)"'
}

dhcp_server() {
	dnsmasq --conf-file=/dev/null --interface="$bridge" --bind-interfaces --port=0 --no-ping \
		--dhcp-authoritative --dhcp-range="$net.50,$net.99,1h" --dhcp-option=3 --user=root \
		--dhcp-leasefile="$work/leases" --pid-file="$work/dnsmasq.pid" \
		--log-facility="$work/dnsmasq.log"
}
stop_server() { [ ! -s "$work/dnsmasq.pid" ] || kill "$(cat "$work/dnsmasq.pid")"; }
trap 'stop_server; cleanup' EXIT

has_lease() { inside ip addr show dev eth1 | grep -q "inet $net\.[5-9][0-9]/24"; }
resolves() {
	inside grep -h '^nameserver' /etc/resolv.conf /run/systemd/resolve/resolv.conf |
		grep -q 'nameserver 192.0.2.53'
}

# What check --boot says of the template in $template.
checked() {
	"$pct" distro check "$PCT_VZ/template/cache/$template" --boot --output-format json >"$work/json"
	jq -r '"\(.configurable) \(.consumer) \(.boot."came-up")"' "$work/json"
}

recipe() {
	local name=$1 release=$2 variant=$3 what="$1 $2 $3"
	local options=()
	[ "$release" = - ] || options+=(--release "$release")
	[ "$variant" = - ] || options+=(--variant "$variant")
	template "$name" "${options[@]}"
	ok "$what: built: $template"
	same "$what: can be configured, and boots" "true $(consumer_of "$variant") true" "$(checked)"
	new_ctid
	check "$what: create" "$pct" create "$ctid" "$template" --hostname web1 --nameserver 192.0.2.53 \
		--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" \
		--net1 "name=eth1,bridge=$bridge,ip=dhcp" || return
	if check "$what: start" "$pct" start "$ctid"; then
		check "$what: its address" within 60 has_address "$ctid" "$net.20/24"
		check "$what: its lease" within 60 has_lease
		check "$what: its resolver" within 20 resolves
		check "$what: the boot is not held" within 90 booted
		same "$what: nothing failed" '' "$(inside systemctl list-units --failed --plain --no-legend)"
	fi
	destroy "$ctid"
	same "$what: nothing is left" '' "$(leftovers "$ctid" && files_of "$ctid")"
	rm "$PCT_VZ/template/cache/$template"
}

new_bridge
check 'a DHCP server' dhcp_server || finish
while read -r name release variant; do
	[[ "$name $release $variant " != "${*:+$* }"* ]] || recipe "$name" "$release" "$variant"
done < <(all_recipes)
finish
