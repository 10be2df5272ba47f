#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# pct cpusets: the CPUs of running containers.
. "$(dirname "$0")/../lib.sh"
template busybox
same 'no container runs' 'no running containers' "$("$pct" cpusets)"
cpus=$(nproc --all)
for wanted in all 0; do
	new_ctid
	"$pct" create "$ctid" "$template" >/dev/null 2>&1
	[ $wanted = all ] || printf '%s\n' 'lxc.cgroup.cpuset.cpus = 0' >>"$PCT_ETC/lxc/$ctid/config"
	check "start, $wanted" "$pct" start "$ctid"
done
"$pct" cpusets >"$work/rows"
cat "$work/rows" | sed 's/^/# /'
same 'two rows in a frame' 4 "$(wc -l <"$work/rows")"
for id in "${ctids[@]}"; do
	same "the CPUs of init, $id" "$(grep -o '^Cpus_allowed_list:.*' "/proc/$(init_pid "$id")/status" | cut -f 2)" \
		"$(sed -n "s/^ *$id: *//p" "$work/rows" | xargs | tr ' ' '\n' | python3 -c '
import itertools, sys
cpus = [int(word) for word in sys.stdin]
parts = [[cpu for _, cpu in group] for _, group in itertools.groupby(enumerate(cpus), lambda p: p[1] - p[0])]
print(",".join(str(p[0]) if len(p) == 1 else "%d-%d" % (p[0], p[-1]) for p in parts))')"
done
same 'one row ends where the other does' 1 "$(sed -n '2,3p' "$work/rows" | awk '{ print length($0) }' | sort -u | wc -l)"
same 'the frame is as wide as a row' 1 "$(awk '{ print length($0) }' "$work/rows" | sort -u | wc -l)"
[ "$cpus" -gt 1 ] && check 'one has CPU 0 alone' grep -q ": *0 *$" "$work/rows"
for id in "${ctids[@]}"; do destroy "$id"; done
same 'nothing is left' '' "$(leftovers "${ctids[@]}")"
finish
