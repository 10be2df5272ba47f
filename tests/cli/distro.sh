#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# The busybox template: made in a second, without a network, twice the same.
. "$(dirname "$0")/../lib.sh"

before=$(date +%s%N)
check 'build busybox without a network' unshare -n \
	"$pct" distro build busybox --output "$work/a.tar.zst"
took=$((($(date +%s%N) - before) / 1000000))
if [ $took -lt 5000 ]; then ok "at once"; else not_ok "at once: $took ms" </dev/null; fi
check 'build it again' "$pct" distro build busybox --output "$work/b.tar.zst"
check 'and get the same' cmp "$work/a.tar.zst" "$work/b.tar.zst"

mkdir "$work/tree" && zstd -dcq "$work/a.tar.zst" | tar -x -C "$work/tree"
for program in /sbin/init /sbin/ifup /bin/sh /sbin/getty /bin/ip; do
	check "$program is there" chroot "$work/tree" /bin/test -x "$program"
done
same 'shadow is closed' 600 "$(stat -c %a "$work/tree/etc/shadow")"
same 'tmp is for all' 1777 "$(stat -c %a "$work/tree/tmp")"
check 'build to the template folder' "$pct" distro build busybox
check 'with version and architecture in its name' \
	test -n "$(find "$PCT_VZ/template/cache" -name 'busybox-standard_*-1_*.tar.zst')"

sed -i 's|^program .*|program = /bin/ls|' "$stage/distro-templates/busybox/recipe"
refuses 1 'a dynamic program is not taken' \
	'/bin/ls: is not statically linked; apt-get install busybox-static' \
	"$pct" distro build busybox --output "$work/c.tar.zst"
same 'nothing is left of it' '' "$(find "$work" -name 'c.tar*')"
finish
