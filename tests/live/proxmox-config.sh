#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container whose config is CTID.conf in Proxmox VE's format: it starts, changes while it runs, and
# is destroyed like any other, and its config keeps its place, its format and all its lines.
. "$(dirname "$0")/../lib.sh"
new_bridge
new_ct busybox >/dev/null 2>&1
file=$PCT_ETC/lxc/$ctid.conf
{
	echo '#notes'
	echo 'cmode: shell'
	echo 'features: keyctl=1,nesting=0'
	"$pct" config "$ctid" | grep '^[a-z]*[0-9]*: ' | grep -v '^lxc\.' | sed 's/,hwaddr=[^,]*//'
	echo 'what: ever'
	"$pct" config "$ctid" | grep '^lxc\.include'
	echo 'lxc.environment: A=b'
	echo
	echo '[s1]'
	echo 'hostname: old_name'
} >"$work/before"
rm -r "$PCT_ETC/lxc/$ctid"
cp "$work/before" "$file"
waiting() { "$pct" pending "$ctid" | grep '^new \|^del '; }
# changed WHAT EXPECTED: how the config differs from that of the last time.
changed() {
	same "$1" "$2" "$(diff "$work/before" "$file" | grep '^[<>] .')"
	cp "$file" "$work/before"
}

check 'start' "$pct" start "$ctid"
changed 'a start writes nothing' ''
check 'has its address' within 30 has_address "$ctid" "$net.20/24"
same 'its hardware address is that of pct config' \
	"$("$pct" config "$ctid" | sed -n 's/^net0.*hwaddr=\([^,]*\).*/\1/p' | tr A-F a-f)" \
	"$(inside cat /sys/class/net/eth0/address)"
same 'a raw key is in effect' 1 "$("$pct" exec "$ctid" -- env </dev/null | grep -c '^A=b$')"
same 'root owns the files inside' 0 "$(inside stat -c %u /etc)"
check 'a change in effect' "$pct" set "$ctid" --hostname web2
changed 'changes one line' '< hostname: web1
> hostname: web2'
same 'the kernel has it' web2 "$(inside hostname)"
check 'a change that waits' "$pct" set "$ctid" --tty 1
changed 'it waits in Proxmox VE'"'"'s section' '> [pve:pending]
> tty: 1'
same 'it is listed' 'new tty: 1' "$(waiting)"
init=$(init_pid "$ctid")
check 'reboot' "$pct" reboot "$ctid"
check 'comes back' within 40 rebooted "$init"
changed 'nothing waits any more' '> tty: 1
< [pve:pending]
< tty: 1'
check 'stop' "$pct" stop "$ctid"
check 'a change while it is stopped' "$pct" set "$ctid" --delete tty
changed 'is written' '< tty: 1'
check 'lxc-start' lxc-start -P "$PCT_LIB" -n "$ctid"
check 'runs' within 10 runs "$ctid"
refuses 1 'destroy of a running one' 'is running' "$pct" destroy "$ctid"
check 'stop' "$pct" stop "$ctid"
changed 'lxc-start writes nothing' ''
check 'start at boot' "$pct" set "$ctid" --onboot 1
check 'start --onboot' "$pct" start --onboot
check 'runs' runs "$ctid"
check 'stop' "$pct" stop "$ctid"
check 'destroy' "$pct" destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid"; find "$PCT_ETC/lxc" "$images" -mindepth 1)"
finish
