#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A container's init is confined by seccomp, and by AppArmor where the kernel has it, without a word
# in its config; a config may say otherwise.
. "$(dirname "$0")/../lib.sh"

of_init() { cat "/proc/$(lxc-info -P "$PCT_LIB" -n "$ctid" -pH)/$1"; }
seccomp() { of_init status | awk '$1 == "Seccomp:" { print $2 }'; }

template busybox
for unprivileged in 1 0; do
	what="unprivileged=$unprivileged"
	new_ctid
	"$pct" create "$ctid" "$template" --unprivileged $unprivileged >/dev/null 2>&1
	check "$what: start" "$pct" start "$ctid"
	same "$what: system calls are filtered" 2 "$(seccomp)"
	if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
		check "$what: AppArmor confines it" grep -q '^lxc-.*(enforce)' <(of_init attr/current)
	else
		skip "$what: AppArmor confines it" 'the kernel has no AppArmor, or it is off'
	fi
	"$pct" stop "$ctid"
done
echo 'lxc.seccomp.profile =' >>"$PCT_ETC/lxc/$ctid/config"
check 'a config that wants no filter' "$pct" start "$ctid"
same 'has none' 0 "$(seccomp)"
finish
