#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Containers are confined by AppArmor: by the profile that liblxc makes for each of them, or by one that
# the config names.
. "$(dirname "$0")/../../lib.sh"
new_bridge

profile() { cat "/proc/$(init_pid "$ctid")/attr/current"; }
# Of what pct exec runs; asked from outside, as inside it has a view of its own.
of_exec() {
	"$pct" exec "$ctid" -- sleep 777 </dev/null &
	within 10 pgrep -xf 'sleep 777' && cat "/proc/$(pgrep -xf 'sleep 777')/attr/current"
	kill $! && wait $!
}
loaded() { grep -c "lxc-${ctid}_" /sys/kernel/security/apparmor/profiles; }

# denied WHAT COMMAND: tried as root of the container, it fails.
denied() {
	if inside sh -c "$2" 2>"$work/why"; then
		echo "$2" >"$work/why"
		not_ok "$1" <"$work/why"
	else
		ok "$1"
	fi
}

# "h" prints a help text: should the write get through, the machine goes on.
confined() {
	denied "$1: cannot write to /proc/sysrq-trigger" 'echo h >/proc/sysrq-trigger'
	denied "$1: nor after a remount" \
		'mount -o remount,rw /proc/sysrq-trigger; mount -o remount,bind,rw /proc/sysrq-trigger
		echo h >/proc/sysrq-trigger'
	denied "$1: nor in another proc" \
		'mkdir -p /tmp/p && mount -t proc proc /tmp/p && echo h >/tmp/p/sysrq-trigger'
	denied "$1: cannot write to /proc/sys/kernel/core_pattern" \
		'echo core >/proc/sys/kernel/core_pattern'
	denied "$1: cannot mount securityfs" 'mkdir -p /tmp/s && mount -t securityfs securityfs /tmp/s'
	check "$1: writes its own files" inside sh -c 'echo x >/root/file && grep -q x /root/file'
}

for unprivileged in 0 1; do
	kind="unprivileged=$unprivileged"
	new_ct busybox --unprivileged $unprivileged >/dev/null 2>&1
	check "$kind: start" "$pct" start "$ctid" || continue
	check "$kind: has its address" within 30 has_address "$ctid" "$net.20/24"
	same "$kind: liblxc's profile for it is enforced" "lxc-$ctid enforce" \
		"$(profile | sed -n 's/^\(lxc-[0-9]*\)_.*(\(.*\))$/\1 \2/p')"
	same "$kind: for a command of pct exec, too" "$(profile)" "$(of_exec)"
	confined "$kind"
	check "$kind: stop" "$pct" stop "$ctid"
	same "$kind: its profile is unloaded" 0 "$(loaded)"

	check "$kind: lxc-start" lxc-start -P "$PCT_LIB" -n "$ctid"
	check "$kind: has its address then" within 30 has_address "$ctid" "$net.20/24"
	same "$kind: is confined then" "lxc-$ctid" "$(profile | sed -n 's/^\(lxc-[0-9]*\)_.*(enforce)$/\1/p')"
	check "$kind: lxc-stop" lxc-stop -k -P "$PCT_LIB" -n "$ctid"
	check "$kind: its monitor ends" within 10 no_monitor "$ctid"

	echo 'lxc.apparmor.profile = lxc-container-default-cgns' >>"$PCT_ETC/lxc/$ctid/config"
	check "$kind: start with the profile of LXC's package" "$pct" start "$ctid"
	same "$kind: it is enforced" 'lxc-container-default-cgns (enforce)' "$(profile)"
	confined "$kind, LXC's profile"
	check "$kind: stop that" "$pct" stop "$ctid"
	same "$kind: nothing is left" '' "$(leftovers "$ctid")"
done
same 'AppArmor had to deny nothing to the suite itself' '' \
	"$(journalctl -k -o cat --grep 'apparmor="DENIED"' | grep -v 'profile="lxc-[0-9c]')"
finish
