#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct df and pct fstrim: of a running container as the container sees it, of a stopped one without
# a change of its volume.
. "$(dirname "$0")/../lib.sh"
# does WHAT COMMAND...: check, which keeps what the command said for says.
does() { check "$@" && cp "$work/out" "$work/said"; }
# says WHAT [-x] PATTERN: a line of it matches.
says() { check "$1" grep -Eq "${@:2}" "$work/said"; }
new_bridge

df_json() { "$pct" df "$ctid" --output-format json | jq -r ".[0].$1"; }
for kind in 1 0; do
	what=$([ $kind = 1 ] && echo unprivileged || echo privileged)
	check "$what: create" new_ct busybox --rootfs local:0.5 --unprivileged $kind
	image=$(echo "$images/$ctid"/*.raw)
	sum=$(md5sum <"$image")
	does "$what: df of a stopped one" "$pct" df "$ctid"
	same "$what: its table" 'MP Volume Size Used Avail Use% Path' "$(sed -n 1p "$work/said" | xargs)"
	says "$what: its row" "^rootfs +local:$ctid/vm-$ctid-rootfs.raw +4[0-9][0-9]\.[0-9]M +[0-9.]+M +4[0-9.]+M +[0-9.]+%  /$"
	same "$what: which changes nothing in the volume" "$sum" "$(md5sum <"$image")"
	stopped=$(df_json size_bytes)
	check "$what: start" "$pct" start "$ctid"
	inside sh -c 'head -c 100000000 /dev/urandom >/full && sync'
	same "$what: df as in the container" "$(inside df -k / | awk 'END { print $2, $3, $4 }')" \
		"$("$pct" df "$ctid" --output-format json | jq -r '.[0] | "\(.size_bytes / 1024) \(.used_bytes / 1024) \(.available_bytes / 1024)"')"
	same "$what: of the same size as before" "$stopped" "$(df_json size_bytes)"
	same "$what: JSON names slot, volume and path" "rootfs local:$ctid/vm-$ctid-rootfs.raw /" \
		"$(df_json mp) $(df_json volume) $(df_json path)"

	# ---- fstrim: what was removed goes back to the storage ----
	inside sh -c 'rm /full && sync'
	full=$(stat -c %b "$image")
	does "$what: fstrim while it runs" "$pct" fstrim "$ctid"
	says "$what: says how much" '^rootfs: [0-9]+ MiB \([0-9]{8,} bytes\) trimmed$'
	freed=$(((full - $(stat -c %b "$image")) / 2048))
	same "$what: which the image has no more ($freed MiB)" 1 $((freed > 90))
	check "$what: stop" "$pct" stop "$ctid"
	does "$what: fstrim of a stopped one" "$pct" fstrim "$ctid" --ignore-mountpoints
	says "$what: it says how much, too" '^rootfs: .* trimmed$'
	check "$what: no errors" e2fsck -fn "$image"
	same "$what: nothing is attached" '' "$(losetup -j "$image")"
done

# A volume that was not unmounted cleanly: df reads it, and leaves the journal alone.
check start "$pct" start "$ctid"
inside sh -c 'echo x >/x && sync && echo y >/y'
kill -9 "$(monitor_pid "$ctid")"
within 5 no_monitor "$ctid" && within 10 eval '[ -z "$(losetup -j "$image")" ]'
sum=$(md5sum <"$image")
does 'df after a crash' "$pct" df "$ctid"
same 'changes nothing' "$sum" "$(md5sum <"$image")"

# ---- failures ----
mv "$image" "$work/away"
refuses 1 'a volume that is missing' 'warning: container .*: rootfs: local:.*: there is no such volume' "$pct" df "$ctid"
cp "$work/out" "$work/said"
says 'has a row nevertheless' '^rootfs +local:[^ ]+ +- +- +- +-  /$'
refuses 1 'nor can it be trimmed' 'rootfs: local:.*: there is no such volume' "$pct" fstrim "$ctid"
head -c 1M /dev/urandom >"$image"
refuses 1 'a damaged volume' 'contains no known file system' "$pct" df "$ctid"
mv "$work/away" "$image"
new_ct busybox --rootfs local:0 >/dev/null 2>&1
does 'df of a folder' "$pct" df "$ctid"
says 'has no numbers' '^rootfs +local:[^ ]+ +- +- +- +-  /$'
same 'nor has its JSON' null "$(df_json size_bytes)"
does 'fstrim of a folder' "$pct" fstrim "$ctid"
says 'says why not' '^rootfs: not trimmed: local:.* is a folder'
sed -i '$a pve.lock = backup' "$PCT_ETC/lxc/$ctid/config"
does 'df of a locked one' "$pct" df "$ctid"
refuses 1 'fstrim of a locked one' 'the container is locked \(backup\)' "$pct" fstrim "$ctid"
sed -i '/^pve.lock/d' "$PCT_ETC/lxc/$ctid/config"
for ctid in "${ctids[@]}"; do destroy "$ctid"; done
same 'nothing is left' '' "$(leftovers "${ctids[@]}")"
finish
