#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Debian's podman in an unprivileged container, its images on a volume: it builds and runs containers,
# with both kinds of overlay, and their networks reach the bridge of the host.
. "$(dirname "$0")/../../lib.sh"
debian_inside
new_bridge
podman() { "$pct" exec "$ctid" -- podman "$@" </dev/null; }
start() { check "$1: start" "$pct" start "$ctid" && check "$1: boots" within 300 booted; }

new_ct debian-inside --rootfs local:2 --memory 512 --features nesting=1,keyctl=1,fuse=1 \
	--mp0 local:1,mp=/var/lib/containers >"$work/out" 2>&1
start 'nesting, keyctl and fuse' || finish
same 'the images are on the volume' /var/lib/containers \
	"$(inside findmnt -n -o TARGET -T /var/lib/containers/storage/overlay)"

# shellcheck disable=SC2016
inside sh -c 'mkdir -p /image/bin && cp /bin/busybox /image/bin/ &&
	for name in sh cat echo httpd ip ls mount ping; do
	ln -s busybox /image/bin/$name; done
	printf "FROM scratch\nCOPY bin /bin\nRUN echo built >/text\n" >/image/Containerfile'
check 'an image of its own, whose build runs a command' podman build --quiet --tag box /image
same 'by the overlay of the kernel' overlay "$(podman info -f '{{.Store.GraphDriverName}}')"
same 'a container with a command' built "$(podman run --rm box cat /text)"
same 'with runc, too' built "$(podman --runtime runc run --rm box cat /text)"
# shellcheck disable=SC2016
same 'it writes to a file of its image' 'built more' \
	"$(podman run --rm box sh -c 'echo more >>/text; echo $(cat /text)')"
same 'which stays as it was' built "$(podman run --rm box cat /text)"
same 'in an overlay' overlay "$(podman run --rm box sh -c 'mount' | sed -n 's/ on \/ type.*//p')"

check 'a server with a port' podman run -d --name server -p 8080:80 box \
	sh -c 'mkdir /www && echo served >/www/index.html && exec httpd -f -p 80 -h /www'
served() { [ "$(busybox wget -q -O - "http://$net.20:8080/")" = served ]; }
check 'which the host reaches' within 30 served
check 'in a network namespace of its own' [ "$(podman exec server ip -o addr | grep -c "$net")" = 0 ]
check 'a container reaches the host' podman run --rm --cap-add net_raw box ping -c 1 -W 5 "$net.1"
check 'it is stopped' podman rm -f -t 0 server

fuse=(--root /var/lib/containers/fuse --storage-opt overlay.mount_program=/usr/bin/fuse-overlayfs)
inside podman save -o /box.tar box
check 'the overlay by FUSE: load' podman "${fuse[@]}" load -q -i /box.tar
# shellcheck disable=SC2016
same 'the overlay by FUSE: a container writes' 'fuse.fuse-overlayfs built more' \
	"$(podman "${fuse[@]}" run --rm box sh -c \
		'echo more >>/text; echo $(mount | while read -r _ _ at _ type _; do [ "$at" != / ] || echo $type; done) $(cat /text)')"
check 'stop' "$pct" stop "$ctid"
same 'nothing is left' '' "$(leftovers "$ctid")"

# fails WHAT PATTERN COMMAND...: podman's command fails, and says so.
fails() {
	if podman "${@:3}" >"$work/out" 2>&1 || ! grep -q "$2" "$work/out"; then
		not_ok "$1" <"$work/out"
	else
		ok "$1"
		sed 's/^/#   /' "$work/out"
	fi
}
bus() { inside test -S /run/dbus/system_bus_socket; }

check 'without keyctl and fuse' "$pct" set "$ctid" --features nesting=1
start 'nesting'
same 'nesting: crun runs it' built "$(podman run --rm box cat /text)"
# Both do without the keyring that they would give it.
same 'nesting: and runc' built "$(podman --runtime runc run --rm box cat /text)"
fails 'nesting: no FUSE' 'fuse' "${fuse[@]}" run --rm box cat /text
check 'stop' "$pct" stop "$ctid"
check 'without nesting' "$pct" set "$ctid" --features keyctl=1,fuse=1
check 'keyctl and fuse: start' "$pct" start "$ctid"
# Some services of systemd fail, too.
check 'keyctl and fuse: boots' within 300 bus
fails 'keyctl and fuse: cannot mount' 'ermission denied\|not permitted' run --rm box cat /text
check 'stop' "$pct" stop "$ctid"
finish
