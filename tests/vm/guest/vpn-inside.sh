#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Two unprivileged containers have the host's /dev/net/tun, and their openvpn's tunnel carries traffic.
. "$(dirname "$0")/../../lib.sh"
debian_inside
new_bridge
modprobe tun
key=$work/key

new_ct debian-inside --rootfs local:1 --memory 128 >"$work/out" 2>&1
check 'without the device: start' "$pct" start "$ctid"
check 'openvpn makes a key' inside openvpn --genkey secret /root/key
same 'but has no tunnel' 'Cannot open TUN/TAP dev /dev/net/tun' \
	"$(inside timeout 60 openvpn --dev tun --secret /root/key --cipher AES-256-CBC |
		grep -o 'Cannot open TUN/TAP dev /dev/net/tun')"
check 'its key goes to the host' "$pct" pull "$ctid" /root/key "$key"
check 'stop' "$pct" stop "$ctid"
check 'set of the device' "$pct" set "$ctid" --dev0 /dev/net/tun
new_ct debian-inside --rootfs local:1 --memory 128 --hostname web2 --dev0 /dev/net/tun,mode=0600 \
	--net0 "name=eth0,bridge=$bridge,ip=$net.21/24" >"$work/out" 2>&1
both=("${ctids[@]}")

# up N PEER: the end N of the tunnel, in $ctid.
up() {
	inside openvpn --daemon --dev tun0 --secret /root/key --remote "$net.$2" \
		--ifconfig "10.9.0.$1" "10.9.0.$((3 - $1))" --cipher AES-256-CBC --log /root/log
}
n=0
for ctid in "${both[@]}"; do
	n=$((n + 1))
	check "end $n: start" "$pct" start "$ctid"
	# Without nesting, some services of systemd fail.
	check "end $n: boots" within 300 inside test -S /run/dbus/system_bus_socket
	check "end $n: the key" "$pct" push "$ctid" "$key" /root/key --perms 0600
	check "end $n: openvpn" up $n $((22 - n))
	check "end $n: it has an interface" within 60 inside ip link show dev tun0
done
ctid=${both[0]}
check 'a ping through the tunnel' within 60 inside ping -c 1 -W 2 10.9.0.2
# The other end serves a file.
sum=$("$pct" exec "${both[1]}" -- sh -c 'mkdir /www && cd /www && head -c 300000 /dev/urandom >data &&
	busybox httpd -p 10.9.0.2:8080 && md5sum <data' </dev/null)
same 'data through the tunnel' "$sum" "$(inside sh -c 'busybox wget -q -O - http://10.9.0.2:8080/data | md5sum')"
check 'which counted them' [ "$(inside cat /sys/class/net/tun0/statistics/rx_bytes)" -gt 300000 ]
same 'the host has no such interface' '' "$(ip -o link | grep tun0)"
for ctid in "${both[@]}"; do check 'stop' "$pct" stop "$ctid"; done
same 'nothing is left' '' "$(leftovers "${both[@]}")"
finish
