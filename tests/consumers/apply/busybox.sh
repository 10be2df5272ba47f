# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Busybox's ifup with its own ip and udhcpc, as its inittab runs it.
mkdir -p "$root/run/applets" "$root/var/run" "$root"/etc/network/if-{pre-up,up,down,post-down}.d
rm -f "$root/sbin/resolvconf" # systemd-resolved's
# Alpine's script, unlike the one that this busybox has, is told so.
# shellcheck disable=SC2016
[ ! -e "$root/etc/udhcpc/udhcpc.conf" ] ||
	sed -i -e '/^RESOLV_CONF=/a . /etc/udhcpc/udhcpc.conf' \
		-e 's|echo "$R" > "$RESOLV_CONF"|[ "$RESOLV_CONF" = no ] \|\| &|' \
		"$root/etc/udhcpc/default.script"
inside busybox --install -s /run/applets
inside PATH=/run/applets:/usr/sbin:/usr/bin:/sbin:/bin busybox ifup -a >&2 </dev/null || status=$?
hold=0.3
