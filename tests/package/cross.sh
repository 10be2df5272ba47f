#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# cross.sh [PATTERN...]: build the suite for arm64, with its tests, in a tree of Debian 12, and have
# qemu-user run its unit and golden tests there, or those that match a PATTERN.  Tree and build are
# kept in $O/arm64.
set -eu
umask 022
top=$(cd "$(dirname "$0")/../.." && pwd)
suite=bookworm
[ $# -gt 0 ] || set -- unit/ golden/
mkdir -p "$top/${O:-build}/arm64"
tree=$(cd "$top/${O:-build}/arm64" && pwd)/$suite
exec 9>"$tree.lock"
flock 9

# Runs in the tree, as its root: a kernel allows no user namespaces in a chroot.
# shellcheck disable=SC2016
enter='
	mount --make-rprivate /
	mount --bind "$1" "$1" && cd "$1" && mkdir -p src out old
	mount --bind "$2" src && mount --bind "$1.out" out
	mount -t proc proc proc && mount -t tmpfs tmpfs tmp && mount --rbind /sys sys
	mount --rbind /dev dev
	pivot_root . old && umount -l /old && shift 2
	cd /src && exec "$@"'
inside() {
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
		unshare --mount --pid --fork --kill-child -- sh -euc "$enter" sh "$tree" "$top" "$@"
}

if [ ! -d "$tree" ]; then
	echo "# a tree of $suite that builds for arm64: a few minutes, once" >&2
	rm -rf --one-file-system "$tree.new" "$tree.out"
	unshare -m mmdebstrap --quiet --variant=buildd --include=ca-certificates \
		--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
		--dpkgopt=force-unsafe-io "$suite" "$tree.new" >&2
	mkdir "$tree.out" && mv -T "$tree.new" "$tree"
fi
needs=$(cd "$top" && sha256sum tests/package/cross-deps.sh debian/control)
if [ "$(cat "$tree/needs" 2>/dev/null)" != "$needs" ]; then
	cat /etc/resolv.conf >"$tree/etc/resolv.conf"
	inside tests/package/cross-deps.sh >"$tree.log" 2>&1 || { tail -n 20 "$tree.log" >&2 && exit 1; }
	echo "$needs" >"$tree/needs"
fi
# shellcheck disable=SC2016
inside sh -euc '
	export O=/out EMULATOR=qemu-aarch64
	make --no-print-directory -j"$(nproc)" CC=aarch64-linux-gnu-gcc AR=aarch64-linux-gnu-ar \
		PKG_CONFIG=aarch64-linux-gnu-pkg-config WERROR=1 programs
	exec tests/run "$@"' sh "$@"
