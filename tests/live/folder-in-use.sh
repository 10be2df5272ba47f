#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A volume that is a folder stays while it is mounted anywhere, whoever has it, and is not mounted
# while a command works on it.
. "$(dirname "$0")/../lib.sh"
template busybox
mkdir "$work/with blank" && truncate -s 1G "$work/data.img" && mkfs.btrfs -q "$work/data.img" >/dev/null 2>&1 &&
	mount -o loop "$work/data.img" "$work/with blank"
simple_quotas "$work/with blank"
"$pct" storage add btrfs subvolumes --path "$work/with blank" --content rootdir
in_use="is in use: it is mounted for process [0-9]*; stop the container that uses it"

for storage in local subvolumes; do
	new_ctid
	owner=$ctid
	"$pct" create "$owner" "$template" --rootfs "$storage:0" --memory 64 --swap 0 >/dev/null 2>&1
	volume=$("$pct" storage list "$storage" --vmid "$owner" | awk '/subvol/ { print $1 }')
	folder=$("$pct" storage path "$volume")
	echo kept >"$folder/kept"

	# ---- its own container ----
	check "$storage: start" "$pct" start "$owner"
	mv "$PCT_ETC/lxc/$owner/config" "$work/config"
	refuses 1 "$storage: free without a config" "$in_use" "$pct" storage free "$volume"
	mv "$work/config" "$PCT_ETC/lxc/$owner/config"
	same "$storage: its files are there" kept "$(inside cat /kept)"
	"$pct" rescan --vmid "$owner" >/dev/null 2>&1
	same "$storage: also after rescan" kept "$(inside cat /kept)"
	"$pct" stop "$owner"

	# ---- another container, by the folder's path, or that of a folder in it ----
	for part in '' /etc; do
		new_ctid
		"$pct" create "$ctid" "$template" --memory 64 --swap 0 --unprivileged 0 --rootfs local:0 \
			--mp0 "$folder$part,mp=/other,shared=1" >/dev/null 2>&1
		check "$storage: another container starts with $volume$part" "$pct" start "$ctid"
		refuses 1 "$storage: destroy" "$in_use" "$pct" destroy "$owner"
		same "$storage: its files are there" kept "$(cat "$folder/kept")"
		"$pct" stop "$ctid"
		"$pct" destroy "$ctid"
	done

	# ---- a command that works on it ----
	exec {held}<"$folder" && flock -n $held
	refuses 1 "$storage: start while it is locked" 'is in use: it is locked' "$pct" start "$owner"
	flock -u $held && flock -n -s $held
	check "$storage: start while others mount it" "$pct" start "$owner"
	"$pct" stop "$owner"
	refuses 1 "$storage: destroy while others mount it" 'is in use: it is locked' "$pct" destroy "$owner"
	exec {held}<&-
	ctid=$owner
	check "$storage: start" "$pct" start "$owner"
	same "$storage: all that is as before" kept "$(inside cat /kept)"
	"$pct" stop "$owner"
	check "$storage: destroy, just after the stop" "$pct" destroy "$owner"
	check "$storage: its folder is gone" [ ! -e "$folder" ]
	same "$storage: nothing is left" '' "$(files_of "$owner")"
done
umount "$work/with blank"
finish
