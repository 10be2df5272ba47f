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
"$pct" stop "$ctid"

# What enters has all of that as well, whoever was the first to ask for it.
grep -v '^lxc.seccomp' "$PCT_ETC/lxc/$ctid/config" >"$work/config"
{
	cat "$work/config"
	echo 'lxc.prlimit.nofile = 512'
	echo 'lxc.proc.oom_score_adj = 300'
} >"$PCT_ETC/lxc/$ctid/config"
check 'start with a limit and a setting of proc' "$pct" start "$ctid"
(ulimit -n 512 && setpriv --no-new-privs "$pct" exec "$ctid" -- true </dev/null)
same 'a limit is that of the config' 512 "$(inside sh -c 'ulimit -n')"
same 'lxc.proc.* is set' 300 "$(inside cat /proc/self/oom_score_adj)"
# The runtime config may be damaged by now; the monitor knows better.
: >"$PCT_LIB/$ctid/config"
rm "$PCT_RUN/pct/$ctid/enter"
same 'the limit is that of the start' 512 "$(inside sh -c 'ulimit -n')"
same 'so is lxc.proc.*' 300 "$(inside cat /proc/self/oom_score_adj)"
same 'no_new_privs of a caller stays that of the caller' 0 \
	"$(inside awk '$1 == "NoNewPrivs:" { print $2 }' /proc/self/status)"
"$pct" stop "$ctid"
{
	cat "$work/config"
	for n in {1..90}; do printf 'lxc.environment = LONG%s=%0100d\n' "$n" 0; done
	echo 'lxc.no_new_privs = 1'
} >"$PCT_ETC/lxc/$ctid/config"
check 'start with no_new_privs and a long environment' "$pct" start "$ctid"
same 'the environment is set' 90 "$(inside env | grep -c '^LONG')"
rm "$PCT_LIB/$ctid/config"
same 'no_new_privs is set' 1 "$(inside awk '$1 == "NoNewPrivs:" { print $2 }' /proc/self/status)"
rm "$PCT_RUN/pct/$ctid/enter"
same 'also when liblxc can tell nothing else' 1 \
	"$(inside awk '$1 == "NoNewPrivs:" { print $2 }' /proc/self/status)"
"$pct" stop "$ctid"

# A profile of before Linux 5.9, or one that allows only what it names, has no close_range(2).
printf '2\ndenylist\nclose_range errno 38\n' >"$work/filter"
{
	cat "$work/config"
	echo "lxc.seccomp.profile = $work/filter"
} >"$PCT_ETC/lxc/$ctid/config"
check 'start with a filter that forbids close_range' "$pct" start "$ctid"
# shellcheck disable=SC2016
same 'what enters by a terminal has the terminal alone' 'fd0 fd1 fd2' \
	"$(script -qec "$pct exec $ctid -- sh -c 'for n in 0 1 2 3 4 5 6 7 8 9; do
		[ ! -e /proc/\$\$/fd/\$n ] || echo fd\$n; done'" /dev/null </dev/null |
		grep -o 'fd[0-9]' | xargs)"
finish
