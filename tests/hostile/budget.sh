#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container's root makes work for whoever looks at its files: each of them can be read in no time,
# but there are thousands.  A start goes on without them, in time, and says so.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
# To pct it is a systemd with networkd, which reads any number of files.
mkdir "$work/pose"
tar -C "$work/pose" -xf "$cache/$template"
units=/usr/lib/systemd/system
install -D "$(readlink -f "$work/pose/bin/busybox")" "$work/pose/usr/lib/systemd/systemd"
install -D /dev/null "$work/pose/usr/lib/systemd/systemd-networkd"
ln -sf /usr/lib/systemd/systemd "$work/pose/sbin/init"
mkdir -p "$work/pose$units" "$work/pose/etc/systemd/network" \
	"$work/pose/etc/systemd/system/multi-user.target.wants"
printf '[Install]\nWantedBy=multi-user.target\n' >"$work/pose$units/systemd-networkd.service"
ln -s $units/systemd-networkd.service "$work/pose/etc/systemd/system/multi-user.target.wants/"
tar -C "$work/pose" --zstd -cf "$PCT_VZ/template/cache/pose.tar.zst" .
new_ctid
"$pct" create "$ctid" pose.tar.zst --hostname pose \
	--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" 2>&1 | sed 's/^/# /'
check 'start' timeout 60 "$pct" start "$ctid"
check 'it is written for networkd' inside grep -qF "$net.20/24" /etc/systemd/network/eth0.network

# in_time STATUS WHAT COMMAND...: what is said is in $work/said.
in_time() {
	local want=$1 what=$2 began=$SECONDS status
	shift 2
	timeout -k 1 60 "$@" >"$work/said" 2>&1 </dev/null
	status=$?
	if [ $status -eq "$want" ] && [ $((SECONDS - began)) -le 20 ]; then
		ok "$what"
	else
		{ echo "exit $status after $((SECONDS - began)) s" && head -c 4000 "$work/said"; } >"$work/why"
		not_ok "$what" <"$work/why"
	fi
}
stopped_at='setup stopped at /etc/systemd/network/00-[0-9]*.network: one run .* in a container; not done: .*network, '
# says WHAT: the last command
says() { check "$1: says where, why, and what is not done" grep "$stopped_at" "$work/said"; }

# 4,000 names of one file.
# shellcheck disable=SC2016
inside sh -c 'cd /etc/systemd/network || exit
	{ echo "[Match]"; yes "Name=zzz" | head -c 950000; echo; } >00-0.network
	i=1; while [ $i -lt 4000 ]; do ln 00-0.network 00-$i.network; i=$((i + 1)); done'
same 'the folder is full' 4000 "$(inside sh -c 'ls /etc/systemd/network' | grep -c '^00-')"
in_time 1 'running: net ends' "$pct" net "$ctid"
says 'running: net'
in_time 0 'running: set ends' "$pct" set "$ctid" --nameserver 192.0.2.1
says 'running: set'
"$pct" stop "$ctid"
"$pct" set "$ctid" --hostname renamed
in_time 0 'start ends' "$pct" start "$ctid"
says start
same 'start: one line' 1 "$(wc -l <"$work/said")"
check 'start: it runs' runs "$ctid"
check 'start: what was written before is as it was' \
	inside grep -qF "$net.20/24" /etc/systemd/network/eth0.network
same 'start: nothing is half done' '' "$(inside find /etc /var -name '.pct-*')"
check 'status tells of it, too' \
	sh -c "'$pct' status $ctid --output-format json | jq -e '.findings[].text | test(\"setup stopped\")'"
"$pct" stop "$ctid"
in_time 1 'setup ends' "$pct" setup "$ctid"
says setup
in_time 1 'setup --diff ends' "$pct" setup "$ctid" --diff
in_time 1 'net ends' "$pct" net "$ctid"
says net
"$pct" start "$ctid" 2>/dev/null
inside sh -c 'rm /etc/systemd/network/00-*'
"$pct" stop "$ctid"
in_time 0 'without them it starts' "$pct" start "$ctid"
same 'without them: and says nothing' '' "$(cat "$work/said")"
finish
