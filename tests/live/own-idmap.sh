#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container whose config has an id map: what it is called, and whose its files are, is what the map says.
. "$(dirname "$0")/../lib.sh"

template busybox
new_ctid
config=$PCT_ETC/lxc/$ctid/config
owner() { stat -c %u "/proc/$(init_pid "$ctid")"; }
shown() { "$pct" config "$ctid" | sed -n 's/^unprivileged: //p'; }
# maps OUTSIDE [UNPRIVILEGED]: the config has this map.
maps() {
	cp "$work/config" "$config"
	[ -z "${2:-}" ] || echo "pve.unprivileged = $2" >>"$config"
	printf 'lxc.idmap = %s 0 %s 65536\n' u "$1" g "$1" >>"$config"
}
"$pct" create "$ctid" "$template" --unprivileged 0 >/dev/null 2>&1
cp "$config" "$work/config"

for mark in '' 0 1; do
	what="with a map${mark:+ and unprivileged=$mark}"
	maps 100000 $mark
	same "$what it is unprivileged" 1 "$(shown)"
	check "$what it starts" "$pct" start "$ctid"
	same "$what its root is another on the host" 100000 "$(owner)"
	same "$what its files are its root's" 0:0 "$(inside stat -c %u:%g /etc)"
	"$pct" stop "$ctid"
done
maps 0 1
same 'with the map of the host it is privileged' 0 "$(shown)"
check 'and starts' "$pct" start "$ctid"
same 'its root is that of the host' 0 "$(owner)"
same 'its files are its root'"'"'s' 0:0 "$(inside stat -c %u:%g /etc)"
finish
