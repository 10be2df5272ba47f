#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Volumes that outlive their container, and are taken by a new one.
. "$(dirname "$0")/../lib.sh"
template busybox
# A template with a file where a volume will be.
mkdir -p "$work/tree" && tar -C "$work/tree" -xf "$cache/$template"
mkdir -p "$work/tree/data" && echo template >"$work/tree/data/file"
tar -C "$work/tree" --zstd -cf "$PCT_VZ/template/cache/laden.tar.zst" .

volumes() { (cd "$images/$ctid" 2>/dev/null && ls); }
lines() { sed -n 's/^pve\.\(mp\|unused\)/\1/p' "$PCT_ETC/lxc/$ctid/config"; }
create() { "$pct" create "$ctid" "$PCT_VZ/template/cache/laden.tar.zst" --memory 64 --swap 0 \
	--unprivileged $unprivileged --rootfs local:0.1 "$@"; }
warning() { echo "pct: warning: container $ctid: $1"; }

for unprivileged in 1 0; do
	kind="unprivileged=$unprivileged"
	new_ctid
	disk=local:$ctid/vm-$ctid-disk
	check "$kind: create with new volumes" create --mp0 local:0.05,mp=/data --mp1 local:0.05,mp=/other \
		--mp2 local:0,mp=/tree
	check "$kind: start" "$pct" start "$ctid"
	same "$kind: the template is unpacked to a new volume" template "$(inside cat /data/file)"
	inside sh -c 'echo mine >/data/file && chown 33:1000 /data/file && echo tree >/tree/file'
	check "$kind: stop" "$pct" stop "$ctid"
	"$pct" set "$ctid" --delete mp1 2>/dev/null
	check "$kind: destroy without the volumes" "$pct" destroy "$ctid" --keep-volumes
	same "$kind: names them" "$(warning "mp0: the volume $disk-0.raw stays"
		warning "mp2: the volume local:$ctid/subvol-$ctid-disk-0.subvol stays"
		warning "unused0: the volume $disk-1.raw stays")" "$(cat "$work/out")"
	same "$kind: the root volume is gone" \
		"$(printf 'subvol-%s-disk-0.subvol\nvm-%s-disk-0.raw\nvm-%s-disk-1.raw' "$ctid" "$ctid" "$ctid")" "$(volumes)"
	same "$kind: and the config" no "$(test -e "$PCT_ETC/lxc/$ctid" || echo no)"

	refuses 1 "$kind: create with a missing volume" "disk-9.raw: there is no such volume: " \
		create --mp0 "$disk-9.raw,mp=/data"
	refuses 1 "$kind: with the volume of another container" "belongs to container 100, not to $ctid" \
		create --mp0 local:100/vm-100-disk-0.raw,mp=/data

	# Killed while it unpacks.
	mkfifo "$work/archive"
	"$pct" create "$ctid" - --unprivileged $unprivileged --rootfs local:0.1 --mp0 "$disk-0.raw,mp=/data" \
		--mp1 local:0.05,mp=/new <"$work/archive" >/dev/null 2>&1 &
	exec 7>"$work/archive"
	head -c 20000 "$PCT_VZ/template/cache/laden.tar.zst" >&7
	check "$kind: a create that takes it" within 10 test -e "$images/$ctid/vm-$ctid-rootfs.raw"
	kill -KILL $! && wait $! 2>/dev/null
	exec 7>&-
	rm "$work/archive"
	check "$kind: is killed, and destroyed" within 10 "$pct" destroy "$ctid"
	same "$kind: the volumes stay" \
		"$(printf 'subvol-%s-disk-0.subvol\nvm-%s-disk-0.raw\nvm-%s-disk-1.raw' "$ctid" "$ctid" "$ctid")" "$(volumes)"

	check "$kind: create with one of them, and a new one" create --mp0 "$disk-0.raw,mp=/data" \
		--mp1 local:0.05,mp=/new
	same "$kind: and it tells" \
		"$(warning "mp0: the volume $disk-0.raw is kept as it is: the files of the template in /data are not put into it")" \
		"$(cat "$work/out")"
	same "$kind: its config" "mp0 = $disk-0.raw,mp=/data
mp1 = $disk-2.raw,mp=/new,size=52M" "$(lines)"
	check "$kind: set of another" "$pct" set "$ctid" --mp2 "local:$ctid/subvol-$ctid-disk-0.subvol,mp=/tree"
	refuses 1 "$kind: set of a missing one" "disk-9.raw: there is no such volume: " \
		"$pct" set "$ctid" --mp3 "$disk-9.raw,mp=/x"
	refuses 1 "$kind: set of another container's" "belongs to container 100, not to $ctid" \
		"$pct" set "$ctid" --mp3 local:100/vm-100-disk-0.raw,mp=/x
	check "$kind: start" "$pct" start "$ctid"
	# shellcheck disable=SC2016
	same "$kind: the data are those of before" 'mine 33:1000 tree' \
		"$(inside sh -c 'echo $(cat /data/file; stat -c %u:%g /data/file; cat /tree/file)')"
	check "$kind: set while it runs" "$pct" set "$ctid" --mp3 "$disk-1.raw,mp=/other"
	check "$kind: mounts it" inside test -d /other/lost+found
	check "$kind: stop" "$pct" stop "$ctid"

	"$pct" rescan --vmid "$ctid" >/dev/null
	check "$kind: a container that replaces it takes a volume" create --force --mp0 "$disk-0.raw,mp=/data"
	same "$kind: all others are gone" "$(printf 'vm-%s-disk-0.raw\nvm-%s-rootfs.raw' "$ctid" "$ctid")" "$(volumes)"
	check "$kind: start" "$pct" start "$ctid"
	same "$kind: with the data" mine "$(inside cat /data/file)"
	check "$kind: stop" "$pct" stop "$ctid"
	check "$kind: destroy" "$pct" destroy "$ctid"
	same "$kind: nothing is left" '' "$(files_of "$ctid")$(leftovers "$ctid")"
done
finish
