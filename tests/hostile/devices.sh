#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Devices in an image, and in a running container, whose /dev leads elsewhere.
. "$(dirname "$0")/../lib.sh"
template busybox
outside=$work/outside
mkdir -m 777 "$outside"
before=$(fingerprint "$outside")

for unprivileged in 1 0; do
	new_ctid
	kind="unprivileged $unprivileged"
	check "$kind: create" "$pct" create "$ctid" "$template" --memory 64 --swap 0 \
		--rootfs local:0 --unprivileged "$unprivileged" --dev0 /dev/net/tun
	tree=$(echo "$images/$ctid"/*)
	for shape in "ln -s $outside dev" "ln -s /root dev" 'mkfifo dev' 'touch dev' 'true' \
		"mkdir dev && ln -s $outside dev/net" 'mkdir -p dev/net/tun'; do
		rm -rf "${tree:?}/dev"
		(cd "$tree" && eval "$shape")
		timeout 60 "$pct" start "$ctid" >"$work/out" 2>&1
		status=$?
		# Either it starts with its device, or it says why not.
		if [ $status -eq 0 ]; then
			check "$kind, $shape: the device opens" "$pct" exec "$ctid" -- sh -c ': <>/dev/net/tun'
			"$pct" stop "$ctid"
		else
			same "$kind, $shape: one line" 1 "$(wc -l <"$work/out")"
		fi
		same "$kind, $shape: nothing outside" "$before" "$(fingerprint "$outside")"
		same "$kind, $shape: nothing in its root folder" '' "$(ls "$tree/root")"
		same "$kind, $shape: nothing is left" '' "$(leftovers "$ctid")"
	done
	rm -rf "${tree:?}/dev" && mkdir "$tree/dev"

	check "$kind: start" "$pct" start "$ctid"
	check "$kind: delete it" "$pct" set "$ctid" --delete dev0
	for shape in 'ln -s /root/tun /dev/net/tun' 'mkfifo /dev/net/tun' 'mkdir /dev/net/tun' \
		'rm -r /dev/net && ln -s /root /dev/net' 'rm -r /dev/net && touch /dev/net' \
		'rm -r /dev/net && mkfifo /dev/net' 'mount -o bind /root /dev/net'; do
		check "$kind, $shape" "$pct" exec "$ctid" -- sh -c "mkdir -p /dev/net && $shape"
		refuses 1 "$kind, $shape: no device there" 'dev0: /dev/net' \
			timeout 60 "$pct" set "$ctid" --dev0 /dev/net/tun
		same "$kind, $shape: nothing in its root folder" '' "$(ls "$tree/root")"
		"$pct" exec "$ctid" -- sh -c 'umount /dev/net 2>/dev/null; rm -rf /dev/net'
	done
	check "$kind: add it" "$pct" set "$ctid" --dev0 /dev/net/tun
	for shape in true 'rm /dev/net/tun && mkfifo /dev/net/tun' \
		'rm -r /dev/net && ln -s /root /dev/net' 'mount -t tmpfs x /dev'; do
		check "$kind, $shape: while it is there" "$pct" exec "$ctid" -- \
			sh -c "umount /dev/net/tun && $shape"
		check "$kind, $shape: delete it" timeout 60 "$pct" set "$ctid" --delete dev0
		"$pct" exec "$ctid" -- rm -rf /dev/net
		check "$kind, $shape: add it" timeout 60 "$pct" set "$ctid" --dev0 /dev/net/tun
	done
	# The folder of the tree, which a process of the host may look at.
	"$pct" exec "$ctid" -- sh -c 'while umount -l /dev; do :; done' >"$work/out" 2>&1
	refuses 1 "$kind: without a file system on /dev" 'dev1: /dev: has no file system' \
		timeout 60 "$pct" set "$ctid" --dev1 /dev/fuse
	same "$kind: nothing in the tree" '' "$(ls "$tree/dev")"
	check "$kind: stop" "$pct" stop "$ctid"
	same "$kind: nothing outside" "$before" "$(fingerprint "$outside")"
	check "$kind: destroy" "$pct" destroy "$ctid"
done
finish
