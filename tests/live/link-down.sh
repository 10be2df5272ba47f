#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A generator of the image, like that of distrobuilder's images, takes eth0 down at boot for
# NetworkManager.  A host-managed network stays up; without the mask of setup it does not.
. "$(dirname "$0")/../lib.sh"
new_bridge
mask=/etc/systemd/system/network-device-down.service
marker=/etc/systemd/system/.pve-ignore.network-device-down.service

# boot: again, until all units are started.
boot() {
	"$pct" stop "$ctid" >/dev/null 2>&1
	"$pct" start "$ctid" >/dev/null 2>&1 &&
		"$pct" wait "$ctid" --boot --timeout 60 >/dev/null 2>&1
}
is_up() { inside ip -o link show eth0 | grep -q '[<,]UP[,>]'; }
is_down() { ! is_up; }
is_masked() { [ "$(inside readlink $mask)" = /dev/null ]; }

check 'create' new_ct debian --net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1,host-managed=1"
check 'it boots' boot
check 'its network is up' is_up
"$pct" exec "$ctid" -- sh -c 'cat >/tmp/generator; install -D -m 755 /tmp/generator /etc/systemd/system-generators/lxc
	install -m 755 /bin/true /usr/sbin/NetworkManager; : >'$marker <<'GENERATOR'
#!/bin/sh
[ -e /usr/sbin/NetworkManager ] || exit 0
mkdir -p /run/systemd/system/default.target.wants
cd /run/systemd/system
printf '%s\n' '[Service]' 'Type=oneshot' 'ExecStart=/sbin/ip link set eth0 down' \
	'RemainAfterExit=yes' >network-device-down.service
ln -sf ../network-device-down.service default.target.wants/
GENERATOR
check 'with the generator it boots' boot
check 'and takes the network down, if setup leaves that alone' within 20 is_down
inside rm "$marker"
check 'without the marker it boots' boot
check 'status names the generator' grep -q 'system-generators/lxc of the image' \
	<("$pct" status "$ctid" --verbose)
check 'the unit is masked' is_masked
check 'the network is up' is_up
check 'it answers' ping -c 1 -W 2 "$net.20"
inside rm /usr/sbin/NetworkManager
check 'without NetworkManager it boots' boot
check 'and nothing is masked any more' inside test ! -e "$mask" -a ! -L "$mask"
check 'the network is up as before' is_up
destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid")"
finish
