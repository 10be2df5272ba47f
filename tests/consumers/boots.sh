#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# boots.sh [VARIANT...]: full boots under LXC.  A root of roots.sh with one consumer enabled becomes a
# template, is created, started, looked at, stopped and destroyed by pct.  The table goes to
# $O/consumers/boots.md, which run.py takes into doc/consumers.md.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/template.sh"
table=$roots/boots.md

# netplan starts networkd by itself.
#
# VARIANT               ROOT                    CONSUMER         UNITS
variants='
debian11-ifupdown       bullseye-boot           ifupdown         networking
debian11-ifupdown2      bullseye-ifupdown2-boot ifupdown         networking
debian11-sysvinit       bullseye-sysvinit       ifupdown
debian11-networkd       bullseye-boot           systemd-networkd systemd-networkd systemd-resolved
debian11-NetworkManager bullseye-boot           NetworkManager   NetworkManager
debian11-netplan        bullseye-boot           netplan          systemd-resolved
debian12-ifupdown       bookworm                ifupdown         networking
debian12-ifupdown-ng    bookworm-ng-boot        ifupdown         networking
debian12-ifupdown2      bookworm-ifupdown2-boot ifupdown         networking
debian12-sysvinit       bookworm-sysvinit       ifupdown
debian12-dhcpcd         bookworm-dhcpcd         dhcpcd           dhcpcd
debian12-networkd       bookworm                systemd-networkd systemd-networkd systemd-resolved
debian12-NetworkManager bookworm                NetworkManager   NetworkManager
debian12-netplan        bookworm                netplan          systemd-resolved
debian13-ifupdown       trixie                  ifupdown         networking
debian13-ifupdown-ng    trixie-ng-boot          ifupdown         networking
debian13-ifupdown2      trixie-ifupdown2-boot   ifupdown         networking
debian13-sysvinit       trixie-sysvinit         ifupdown
debian13-dhcpcd         trixie-dhcpcd           dhcpcd           dhcpcd
debian13-networkd       trixie                  systemd-networkd systemd-networkd systemd-resolved
debian13-NetworkManager trixie                  NetworkManager   NetworkManager
debian13-netplan        trixie                  netplan          systemd-resolved
sid-ifupdown            sid-boot                ifupdown         networking
sid-ifupdown-ng         sid-ng-boot             ifupdown         networking
sid-ifupdown2           sid-ifupdown2-boot      ifupdown         networking
sid-sysvinit            sid-sysvinit            ifupdown
sid-dhcpcd              sid-dhcpcd              dhcpcd           dhcpcd
sid-networkd            sid-boot                systemd-networkd systemd-networkd systemd-resolved
sid-NetworkManager      sid-boot                NetworkManager   NetworkManager
sid-netplan             sid-boot                netplan          netplan-configure systemd-resolved'

default_route() { inside ip route show default | grep -q "via $net.1 dev eth0"; }
resolves() {
	[ "$(inside grep '^nameserver' /etc/resolv.conf /run/systemd/resolve/resolv.conf |
		sed 's/^.*://' | grep -c 'nameserver 192.0.2.53')" -gt 0 ]
}

# Who advertises a prefix and itself on the bridge, every four seconds.
router() {
	ip addr add fd00:9::1/64 dev "$bridge" nodad
	dnsmasq --conf-file=/dev/null --interface="$bridge" --bind-interfaces --port=0 --user=root \
		--enable-ra --dhcp-range=fd00:9::,ra-only --ra-param="$bridge,4,600" \
		--leasefile-ro --pid-file="$work/dnsmasq.pid" --log-facility="$work/dnsmasq.log"
}
stop_router() { [ ! -s "$work/dnsmasq.pid" ] || kill "$(cat "$work/dnsmasq.pid")"; }
trap 'stop_router; cleanup' EXIT
advertisements() { grep -c "RTR-ADVERT($bridge)" "$work/dnsmasq.log"; }
comes_one_more() { [ "$(advertisements)" -gt "$sent" ]; }
taken() {
	inside sh -c 'ip -6 addr show dev eth0 scope global && ip -6 route show default' ||
		echo 'nobody can look'
}
# Without ip6 in the config, nobody takes an advertisement: not before init, at boot, or later.
silent() {
	sent=$(advertisements)
	check "$1: an advertisement comes" within 20 comes_one_more
	same "$1: nothing of it is taken" '' "$(taken)"
}

boot() {
	local name=$1 before=$failures root=$2 consumer=$3 began
	shift 3
	check "$name: a template" make_template "$name" "$root" "$consumer" "$@" || return
	same "$name: its consumer" "$consumer" "$("$pct" distro check \
		"$PCT_VZ/template/cache/$name.tar.zst" --output-format json | jq -r .consumer)"
	new_ctid
	check "$name: create" "$pct" create "$ctid" "$name.tar.zst" --hostname web1 --rootfs local:0 \
		--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" --nameserver 192.0.2.53 \
		--unprivileged 1 || return
	began=$SECONDS
	if check "$name: start" "$pct" start "$ctid"; then
		check "$name: its address" within 60 has_address "$ctid" "$net.20/24"
		check "$name: its default route" within 20 default_route
		check "$name: answers a ping" within 10 ping -c 1 -W 1 "$net.20"
		check "$name: its resolver" within 20 resolves
		same "$name: its name" web1 "$(inside hostname)"
		check "$name: boots, and nothing failed" within 60 booted ||
			inside systemctl status --state=failed --no-pager | sed 's/^/# /'
		silent "$name"
		echo "# $name: $(inside systemctl is-system-running) after $((SECONDS - began)) s;" \
			"failed: $(inside systemctl list-units --failed --plain --no-legend | cut -d ' ' -f 1 | xargs)"
	fi
	destroy "$ctid"
	same "$name: nothing is left" '' "$(leftovers "$ctid" && files_of "$ctid")"
	[ $failures -eq "$before" ] && result=pass || result='**FAIL**'
	rm -f "$PCT_VZ/template/cache/$name.tar.zst"
}

roots_wanted=$(awk -v names=" $* " 'names == "  " || index(names, " " $1 " ") { print $2 }' \
	<<<"${variants#?}" | sort -u)
# shellcheck disable=SC2086
"$top/tests/consumers/roots.sh" $roots_wanted || exit 1
new_bridge
check 'a router' router || finish
{
	echo '## Full boots'
	echo
	echo 'pct creates, starts, stops and destroys a container of each variant, on a link with router advertisements. The test checks'
	echo 'the consumer, the address, the default route, the host name, the name server, that the boot completes, and that the'
	echo 'container has nothing of an advertisement, as its config has no `ip6`.'
	echo
	echo '| variant | consumer | result |'
	echo '|---|---|---|'
} >"$work/table"
while read -r name root consumer units; do
	case " ${*:-$name} " in *" $name "*) ;; *) continue ;; esac
	result='**FAIL**'
	# shellcheck disable=SC2086
	boot "$name" "$root" "$consumer" $units
	echo "| $name | $consumer | $result |" >>"$work/table"
done <<<"${variants#?}"
[ $# -gt 0 ] || cp "$work/table" "$table"
finish
