#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container sees its own memory and uptime, by lxcfs as Debian's package runs it, with cgroup v2 and
# AppArmor; without the hooks of the package.
. "$(dirname "$0")/../../lib.sh"

systemctl start lxcfs
check 'lxcfs runs' within 30 mountpoint -q /var/lib/lxcfs
check 'the package has hooks' grep -q lxc.mount.hook /usr/share/lxc/config/common.conf.d/00-lxcfs.conf
same 'doctor is content' '' "$("$pct" doctor | grep lxcfs)"
new_bridge
for unprivileged in 1 0; do
	what="unprivileged=$unprivileged"
	new_ct busybox --unprivileged $unprivileged --memory 64 --swap 0 --cores 1 >/dev/null 2>&1
	# That of busybox is ours, which includes nothing.
	sed -i 's|^\(lxc.include = .*/\)busybox\.|\1|' "$PCT_ETC/lxc/$ctid/config"
	check "$what: start" "$pct" start "$ctid"
	same "$what: its memory" 'MemTotal: 65536 kB' "$(inside grep MemTotal /proc/meminfo | xargs)"
	same "$what: its CPU" 1 "$(inside grep -c ^processor /proc/cpuinfo)"
	check "$what: its uptime" \
		[ "$(inside cut -d . -f 1 /proc/uptime)" -lt "$(cut -d . -f 1 /proc/uptime)" ]
	# The hook of the package would have mounted them once more, writable.
	same "$what: mounted once, read-only" 1 \
		"$(inside grep -c ' /proc/meminfo fuse.lxcfs ro,' /proc/mounts)"
	same "$what: and in no other way" 1 "$(inside grep -c ' /proc/meminfo ' /proc/mounts)"
	check "$what: stop" "$pct" stop "$ctid"
done
finish
