#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Limits on cgroup v2: what the config says is what the kernel has, and it holds.
. "$(dirname "$0")/../../lib.sh"
new_bridge

limit() { cat "/sys/fs/cgroup/lxc.payload.$ctid/$1"; }
event() { awk -v name="$2" '$1 == name { print $2 }' "/sys/fs/cgroup/lxc.payload.$ctid/$1"; }

# From outside: at its limit the container can start no killall either.
none_of_them() {
	kill $(pgrep -xf 'sleep 7777')
	[ "$(limit pids.current)" -lt 10 ]
}

for unprivileged in 1 0; do
	kind="unprivileged=$unprivileged"
	new_ct busybox --unprivileged $unprivileged --memory 64 --swap 0 --cpulimit 0.5 --cpuunits 50 \
		--cores 1 >/dev/null 2>&1
	echo 'lxc.cgroup.pids.max = 40' >>"$PCT_ETC/lxc/$ctid/config"
	check "$kind: start" "$pct" start "$ctid" || continue
	same "$kind: memory.max" $((64 << 20)) "$(limit memory.max)"
	same "$kind: memory.swap.max" 0 "$(limit memory.swap.max)"
	same "$kind: cpu.max" '50000 100000' "$(limit cpu.max)"
	same "$kind: cpu.weight, as if of 1024 shares" 4 "$(limit cpu.weight)"
	same "$kind: pids.max" 40 "$(limit pids.max)"
	same "$kind: cpuset of one CPU" 1 "$(limit cpuset.cpus.effective | grep -cx '[01]')"
	same "$kind: seen inside" 1 "$(inside nproc)"

	# dd has a block in memory: one that fits, and one that does not.
	check "$kind: 16 MiB fit" inside dd if=/dev/zero of=/dev/null bs=16M count=1
	same "$kind: and nothing was killed for memory" 0 "$(event memory.events oom_kill)"
	inside dd if=/dev/zero of=/dev/null bs=128M count=1
	same "$kind: what takes 128 MiB is killed" 137 $?
	same "$kind: for memory" 1 "$(event memory.events oom_kill)"
	check "$kind: the container lives on" inside true

	inside sh -c 'for n in $(seq 80); do sleep 7777 & done' >/dev/null
	check "$kind: 80 processes are too many" [ "$(event pids.events max)" -gt 0 ]
	check "$kind: there are at most 40" [ "$(limit pids.current)" -le 40 ]
	check "$kind: they go" within 30 none_of_them

	before=$(event cpu.stat usage_usec) throttled=$(event cpu.stat nr_throttled)
	began=$(date +%s%N)
	inside timeout 6 sh -c 'while :; do :; done'
	used=$(($(event cpu.stat usage_usec) - before)) took=$((($(date +%s%N) - began) / 1000))
	check "$kind: a busy loop gets no more than half a CPU ($used of $took microseconds)" \
		[ $used -le $((took * 6 / 10)) ]
	throttled=$(($(event cpu.stat nr_throttled) - throttled))
	check "$kind: as it was throttled, $throttled times" [ $throttled -gt 10 ]

	same "$kind: other limits while it runs" 'in effect: memory swap cores cpulimit cpuunits' \
		"$("$pct" set "$ctid" --memory 96 --swap 32 --cpulimit 1.5 --cpuunits 512 --cores 2 2>&1)"
	same "$kind: memory.max at once" $((96 << 20)) "$(limit memory.max)"
	same "$kind: memory.swap.max at once" $((32 << 20)) "$(limit memory.swap.max)"
	same "$kind: cpu.max at once" '150000 100000' "$(limit cpu.max)"
	same "$kind: cpu.weight at once" 50 "$(limit cpu.weight)"
	same "$kind: both CPUs at once" 2 "$(inside nproc)"
	same "$kind: no limits while it runs" 'in effect: memory swap cores cpulimit cpuunits' \
		"$("$pct" set "$ctid" --memory 0 --delete swap,cpulimit,cpuunits,cores 2>&1)"
	same "$kind: memory.max is gone" max "$(limit memory.max)"
	same "$kind: cpu.max is gone" 'max 100000' "$(limit cpu.max)"
	same "$kind: cpu.weight as at first" 100 "$(limit cpu.weight)"

	check "$kind: stop" "$pct" stop "$ctid"
	check "$kind: other limits" "$pct" set "$ctid" --memory 128 --swap 64 --cpulimit 0 --cores 2
	check "$kind: start with them" "$pct" start "$ctid" || continue
	same "$kind: memory.max then" $((128 << 20)) "$(limit memory.max)"
	same "$kind: memory.swap.max, without the memory" $((64 << 20)) "$(limit memory.swap.max)"
	same "$kind: cpu.max then" 'max 100000' "$(limit cpu.max)"
	same "$kind: both CPUs" 2 "$(inside nproc)"
	check "$kind: stop it" "$pct" stop "$ctid"
	same "$kind: nothing is left" '' "$(leftovers "$ctid")"
done
finish
