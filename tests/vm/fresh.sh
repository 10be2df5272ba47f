#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Run in a Debian that has nothing but the packages: they are installed by apt as a user would, tried
# with the README's commands on a volume of LVM, and seen again after a reboot, by which this script
# comes a second time; then purged.
cd "$(dirname "$0")/../.." || exit 1
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C
export DEBIAN_FRONTEND=noninteractive
work=/root/work
net=10.77.0
mkdir -p $work
. tests/tap.sh

first_child() { cut -d ' ' -f 1 "/proc/$1/task/$1/children"; }
has_state() { [ "$(systemctl is-active "$2")" = "$1" ]; }
answers() { ping -c 1 -W 2 "$1"; }
inside() { pct exec "$1" -- "${@:2}" </dev/null 2>/dev/null; }
# What the packages and their use put beside the containers, whose ids stay with them.
files() {
	find / -xdev \( -path /proc -o -path /sys -o -path /test -o -path /run -o -path /tmp -o \
		-path '/var/lib/dpkg/info' -o -path /var/cache -o -path /var/lib/apt -o -path /var/log \) \
		-prune -o -name '*pct*' -print | grep -v pct-test.service
}

new_volume() {
	pvcreate -q /dev/vdc && vgcreate -q vg /dev/vdc && lvcreate -q -n vz -l 100%FREE vg &&
		mke2fs -q -t ext4 /dev/vg/vz && mkdir -p /var/lib/vz/template/cache &&
		echo '/dev/vg/vz /var/lib/vz ext4 defaults 0 2' >>/etc/fstab && mount /var/lib/vz &&
		mkdir -p /var/lib/vz/template/cache && cp templates/* /var/lib/vz/template/cache/
}

new_bridge() {
	printf '[NetDev]\nName=vmbr0\nKind=bridge\n' >/etc/systemd/network/vmbr0.netdev
	printf '[Match]\nName=vmbr0\n[Network]\nAddress=%s.1/24\nConfigureWithoutCarrier=yes\n' \
		$net >/etc/systemd/network/vmbr0.network
	# No other network, on which the boot would wait.
	systemctl --quiet enable --now systemd-networkd &&
		systemctl --quiet disable systemd-networkd-wait-online && within 60 ip addr show dev vmbr0
}

# Without a network: what apt would fetch lies there.  mmdebstrap and what it wants take an emulated
# machine ten minutes, and nothing here builds a template.
install() {
	cp apt/archives/*.deb /var/cache/apt/archives/ && cp -r apt/lists/. /var/lib/apt/lists/ &&
		apt-get install -q -y --no-install-recommends ./debs/*.deb >$work/apt 2>&1 ||
		{ tail -n 20 $work/apt && false; }
}

commands() {
	local net0=name=eth0,bridge=vmbr0,ip=$net.20/24,gw=$net.1
	check 'pct create' pct create 200 "$debian" --hostname web1 --net0 "$net0"
	check 'pct start' pct start 200
	check 'pct wait' pct wait 200 --boot --timeout 300
	same 'pct enter' web1 "$(echo hostname | pct enter 200 2>&1 | tr -d '\r' | tail -n 1)"
	check 'it answers a ping' within 10 answers $net.20
	check 'pct net: all agree' pct net 200
	same 'systemctl names it' active "$(systemctl is-active pct@200)"
	check 'AppArmor holds it' grep '(enforce)' "/proc/$(first_child "$(cat /run/pct/200/pid)")/attr/current"
	check 'pct stop' pct stop 200
	check 'and its unit ends' within 20 has_state inactive pct@200
	check 'pct destroy' pct destroy 200
	same 'nothing is left of it' '' "$(find /etc/pve /var/lib/vz /var/lib/lxc -name '*200*')"
}

before_reboot() {
	files >$work/files
	check 'a bridge' new_bridge
	check 'apt install' install || return
	check 'a volume of LVM' new_volume
	check 'the manual page is there' test -e /usr/share/man/man1/pct.1.gz
	check 'pct doctor finds no error' pct doctor
	sed 's/^/# /' $work/out
	commands
	check 'one for the boot' pct create 201 "$debian" --onboot 1 --startup order=1 \
		--net0 "name=eth0,bridge=vmbr0,ip=$net.21/24,gw=$net.1"
	check 'one that is not' pct create 202 "$busybox" \
		--net0 "name=eth0,bridge=vmbr0,ip=$net.22/24"
	check 'both run' eval 'pct start 201 && pct start 202'
	inside 201 sh -c 'echo kept >/root/kept; sync'
	echo reboot >/run/then
}

after_reboot() {
	check 'after the reboot: it is back' within 60 systemctl --quiet is-active pct@201
	check 'with its address' within 60 answers $net.21
	check 'and its files' inside 201 grep kept /root/kept
	check 'they are on LVM' test "$(findmnt -no SOURCE -T /var/lib/vz/images)" = /dev/mapper/vg-vz
	systemctl --no-pager status pct@201 | sed 's/^/# /'
	same 'the other is not' stopped "$(pct status 202 | sed 's/.* //')"
	same 'systemd has no failed unit of ours' '' \
		"$(systemctl list-units --failed --plain --no-legend 'pct*')"
	check 'the journal names it' eval 'journalctl -q -b -u pct@201 | grep -q "LXC container 201"'
	check 'systemctl stop' systemctl stop pct@201
	same 'stops it' stopped "$(pct status 201 | sed 's/.* //')"
	check 'apt purge' apt-get purge -q -y pct pct-doc
	same 'nothing is left' '' "$(files | diff $work/files - | grep '^>')"
	check 'but the containers' test -s /etc/pve/lxc/201/config
}

echo "# $(uname -r), up after $(cut -d . -f 1 /proc/uptime) s"
debian=$(basename templates/debian-*)
busybox=$(basename templates/busybox-*)
if [ -e $work/counts ]; then
	# shellcheck source=/dev/null
	. $work/counts
	after_reboot
	echo "$((tests - failures)) passed, $failures failed, 0 skipped"
else
	before_reboot
	echo "tests=$tests failures=$failures" >$work/counts
	[ -e /run/then ] || echo "$((tests - failures)) passed, $failures failed, 0 skipped"
fi
sync
