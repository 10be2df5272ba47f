# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Busybox's ifup with its own ip and udhcpc, as its inittab runs it.
mkdir -p "$root/run/applets" "$root/var/run" "$root"/etc/network/if-{pre-up,up,down,post-down}.d
inside busybox --install -s /run/applets
inside PATH=/run/applets:/usr/sbin:/usr/bin:/sbin:/bin busybox ifup -a >&2 </dev/null || status=$?
hold=0.3
