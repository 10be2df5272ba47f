#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Root in a container takes back what has init die with its monitor (PR_SET_PDEATHSIG), and then the
# monitor is killed.  What is in the container's cgroups is its processes, whoever is gone.
. "$(dirname "$0")/../lib.sh"
new_bridge

in_groups() {
	find /sys/fs/cgroup -path "*/lxc.payload.$1*" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -nu
}
end_all() {
	local id pid
	for id in "${ctids[@]}"; do
		for pid in $(in_groups "$id"); do kill -9 "$pid" 2>/dev/null; done
	done
	cleanup
}
trap end_all EXIT

# In the place of busybox's init, which it goes on as; where there is /deaf, as one that never ends.
cat >"$work/init.c" <<'EOS'
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(void)
{
	prctl(PR_SET_PDEATHSIG, 0);
	if (access("/deaf", F_OK) < 0)
		return execl("/bin/busybox", "init", (char *)0), 1;
	for (int n = 1; n < NSIG; n++)
		signal(n, SIG_IGN);
	for (;;)
		pause();
}
EOS
template busybox
mkdir "$work/tree"
tar -C "$work/tree" -xf "$cache/$template"
rm "$work/tree/sbin/init"
check 'an init that stays' cc -static -w -o "$work/tree/sbin/init" "$work/init.c" || finish
tar -C "$work/tree" --zstd -cf "$PCT_VZ/template/cache/stays.tar.zst" .

# created OPTION...
created() {
	new_ctid
	"$pct" create "$ctid" stays.tar.zst --hostname web1 \
		--net0 "name=eth0,bridge=$bridge,ip=$net.20/24,gw=$net.1" "$@" 2>&1 | sed 's/^/# /'
}
# It is out of reach of the monitor's death: it is busybox by now, or the one that is deaf.
settled() {
	[[ $(readlink "/proc/$init/exe") == */busybox ]] || grep -q '^SigIgn:.*[1-9a-f]' "/proc/$init/status"
}
# outlived: start $ctid and kill its monitor; its init in $init.
outlived() {
	check "$1: start" "$pct" start "$ctid" || finish
	init=$("$pct" status "$ctid" | sed -n 's/^pid: //p')
	check "$1: its init has begun" within 10 settled
	kill -9 "$(monitor_pid "$ctid")"
	within 5 no_monitor "$ctid"
	sleep 0.5
	check "$1: its init outlives its monitor" kill -0 "$init" || finish
}
lives() { kill -0 "$init"; }
# One that nobody has waited for yet has ended, too.
ended() { ! grep -q '^State:.[^ZX]' "/proc/$init/status" 2>/dev/null && [ -z "$(in_groups "$ctid")" ]; }
nothing_left() { [ -z "$(leftovers "$ctid")" ]; }

created --rootfs local:0 # a volume that is a folder can be mounted twice
outlived 'running'
check 'it answers' ping -c 1 -W 2 "$net.20"
same 'status' running "$("$pct" status "$ctid" 2>/dev/null | sed -n 's/^status: //p')"
check 'status names the remedy' grep -q "monitor.*gone.*pct stop $ctid" <("$pct" status "$ctid")
same 'status names its init' "$init" "$("$pct" status "$ctid" | sed -n 's/^pid: //p')"
same 'status, in JSON' "running gone $init" "$("$pct" status "$ctid" --output-format json |
	jq -r '"\(.status) \(.monitor) \(.pid)"')"
check 'list' grep -q "^$ctid *running" <("$pct" list 2>/dev/null)
check 'list names the remedy' grep -q "$ctid.*monitor.*gone.*pct stop $ctid" <("$pct" list 2>&1 >/dev/null)
same 'list, in JSON' 'running gone' "$("$pct" list --output-format json 2>/dev/null |
	jq -r ".[] | select(.vmid == $ctid) | \"\(.status) \(.monitor)\"")"
check 'doctor names it' grep -q "container $ctid: .*monitor.*gone.*pct stop $ctid" <("$pct" doctor)
same 'nor is it taken for stale' '' "$("$pct" doctor | grep "container $ctid: is stopped")"
check 'doctor --fix leaves it alone' bash -c '"$1" doctor --fix >/dev/null; kill -0 "$2"' - "$pct" "$init"
refuses 1 'start' "container $ctid: .*monitor.*gone.*pct stop $ctid" "$pct" start "$ctid"
for command in 'exec -- true' enter console 'wait --ip4 --timeout 1'; do
	read -ra words <<<"$command"
	refuses 1 "$command" "container $ctid: .*monitor.*gone.*pct stop $ctid" \
		"$pct" "${words[0]}" "$ctid" "${words[@]:1}"
done
refuses 1 'destroy' "container $ctid: is running.*pct stop $ctid" "$pct" destroy "$ctid"
refuses 1 'setup' "container $ctid is running" "$pct" setup "$ctid"
check 'lxc-start is refused' bash -c '! lxc-start -P "$1" -n "$2"' - "$PCT_LIB" "$ctid"
check 'and the record says why' within 5 grep -q "pct stop $ctid" "$PCT_RUN/pct/$ctid/failure"
check 'it still lives' lives
check 'and answers' ping -c 1 -W 2 "$net.20"
check 'set of what runs' "$pct" set "$ctid" --hostname web2 --memory 300
check 'stop' bash -c '"$1" stop "$2" 2>"$3"' - "$pct" "$ctid" "$work/said"
check 'stop says what it ended' grep -q "container $ctid: .*monitor.*gone.*killed" "$work/said"
check 'it has ended' ended
check 'nothing is left' within 5 nothing_left
check 'start after that' "$pct" start "$ctid"
check 'stop after that' "$pct" stop "$ctid"
check 'status after that' grep -qx 'status: stopped' <("$pct" status "$ctid")

outlived 'shutdown'
check 'shutdown' "$pct" shutdown "$ctid" --timeout 20
check 'it has ended by itself' ended
check 'nothing is left' within 5 nothing_left

"$pct" start "$ctid" && "$pct" exec "$ctid" -- touch /deaf && "$pct" stop "$ctid"
outlived 'one that listens to nothing'
refuses 1 'shutdown of that' 'did not shut down within 1 s' "$pct" shutdown "$ctid" --timeout 1
check 'it lives' lives
check 'shutdown of all' bash -c '"$1" set "$2" --startup down=1 && "$1" shutdown --all' - "$pct" "$ctid"
check 'it has ended' ended

# Where it is by the choice of its root: deep down, among many, under names that are no good in paths.
"$pct" start "$ctid" && "$pct" exec "$ctid" -- rm /deaf && "$pct" stop "$ctid"
check 'one that hides: start' "$pct" start "$ctid"
# shellcheck disable=SC2016
check 'it hides' "$pct" exec "$ctid" -- sh -c 'mkdir /cg && cd /cg && { mount -t cgroup2 none /cg &&
	cd /cg && mkdir g || mount -t cgroup -o freezer none /cg && cd /cg; } &&
	n=0; while [ $n -lt 2000 ]; do mkdir g$n; n=$((n + 1)); done; mkdir "..a b	c" && cd "..a b	c" &&
	while [ $n -lt 2300 ]; do mkdir .d && cd .d || exit 1; n=$((n + 1)); done; echo 1 >cgroup.procs'
init=$("$pct" status "$ctid" | sed -n 's/^pid: //p')
kill -9 "$(monitor_pid "$ctid")"
check 'one that hides is found' within 5 grep -q "^pid: $init" <("$pct" status "$ctid")
check 'stop of that' "$pct" stop "$ctid"
check 'it has ended' ended
check 'nothing is left' within 5 nothing_left

# A process that liblxc, or the container's root, has put anywhere below.
outlived 'groups of its own'
group=$(find /sys/fs/cgroup -maxdepth 2 -path "*/freezer/lxc.payload.$ctid")
[ -n "$group" ] || group=$(find /sys/fs/cgroup -maxdepth 2 -name "lxc.payload.$ctid")
mkdir "$group-7" && mkdir -p "$group-7/.a b/c" "$group-8"
own=()
for n in 1 2 3; do
	sleep 999 &
	own+=("$!")
	disown
done
echo "${own[0]}" >"$group-7/.a b/c/cgroup.procs"
echo "${own[1]}" >"$group-8/cgroup.procs"
check 'destroy, by force' "$pct" destroy "$ctid" --force 1
check 'it has ended' ended
gone() { ! kill -0 "$1" 2>/dev/null; }
check 'and what was in a group with a suffix' within 5 gone "${own[0]}"
check 'and in another' within 5 gone "${own[1]}"
check 'and nothing else' kill -0 "${own[2]}"
kill "${own[2]}"
check 'nothing is left' within 5 nothing_left
same 'and no file' '' "$(files_of "$ctid")"

# One whose init dies with the monitor is never seen as one that outlives it.
new_ctid
"$pct" create "$ctid" "$template" --hostname web1 >/dev/null 2>&1
seen=''
for n in $(seq 10); do
	"$pct" start "$ctid"
	kill -9 "$(monitor_pid "$ctid")"
	for m in 1 2 3 4 5 6; do
		seen+=$("$pct" status "$ctid" 2>&1 | grep monitor)
		seen+=$("$pct" list 2>&1 >/dev/null)
	done
done
same 'one that dies with it is not told of' '' "$seen"
for n in $(seq 10); do
	"$pct" start "$ctid" || break
	kill -9 "$(monitor_pid "$ctid")"
	until no_monitor "$ctid"; do :; done
done 2>"$work/starts"
same 'starts right after the end of the monitor' '' "$(cat "$work/starts")"
"$pct" stop "$ctid" >/dev/null 2>&1
check 'nothing is left' within 5 nothing_left
finish
