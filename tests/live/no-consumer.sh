#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A rootfs in which nothing reads network files starts, and says what to install.
. "$(dirname "$0")/../lib.sh"
new_bridge
template busybox
mkdir "$work/bare"
tar -C "$work/bare" -xf "$cache/$template"
find "$work/bare" \( -name ifup -o -name ifdown -o -path '*/etc/network/*' \) -delete
tar -C "$work/bare" --zstd -cf "$PCT_VZ/template/cache/bare.tar.zst" .
new_ctid
check 'it is created' "$pct" create "$ctid" bare.tar.zst --hostname bare \
	--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1"
check 'it starts' "$pct" start "$ctid"
same 'the start says what is missing, and what to do' 1 "$(grep -c 'no supported network program.*install' "$work/out")"
check 'it runs' runs "$ctid"
"$pct" status "$ctid" --verbose >"$work/status"
same 'status says so, too' 1 "$(grep -c 'no supported network program.*install' "$work/status")"
same 'nothing is written that nobody reads' '' "$("$pct" exec "$ctid" -- ls /etc/network/interfaces 2>/dev/null </dev/null)"
destroy "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid")"
finish
